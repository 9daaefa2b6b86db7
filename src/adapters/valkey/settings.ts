import type { HiddenText, TlsSettings } from '../../net/tls.ts';

/**
 * What the adapter wants to know. The configuration's section `valkey` has this shape; it is repeated here because an adapter
 * does not import the configuration.
 */
export interface ValkeySettings {
  /** `host:port`. Of a cluster, some of its nodes; else one server, and what stands in for it. */
  readonly nodes: readonly string[];
  readonly cluster: boolean;
  readonly username?: string | undefined;
  readonly password?: HiddenText | undefined;
  readonly tls: TlsSettings;
  /** Beginning of every key. */
  readonly keyPrefix: string;
  /** By which the secret is known under which the keys are hashed (`secretCheckOf`): no other one may use them. Nobody asks, unless given. */
  readonly secretCheck?: string;
  /**
   * Whether a history that does not say by which secret it was made is refused, and not taken for one's own: who builds another one beside it would write
   * into the one that serves.
   */
  readonly refusesUnstamped?: boolean;
  /** Logical shards: fixed as long as the history is to be found again. */
  readonly shards: number;
  /** Until a call without an answer fails, opening a connection included. */
  readonly timeoutMs: number;
  /** Accounts, and entities that count labels, are forgotten when they were not touched for this long, days. */
  readonly retentionDays: number;
  /** Days for which an account is kept whose standing action no time ends. */
  readonly standingDays: number;
}

export type ValkeyLogger = (level: 'warn' | 'info', message: string, fields: Readonly<Record<string, unknown>>) => void;
