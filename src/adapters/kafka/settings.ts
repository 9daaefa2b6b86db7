import type { TopicNames } from '../../domain/topics.ts';
import type { HiddenText, TlsSettings } from '../../net/tls.ts';

/**
 * What this adapter wants to know, in plain values. The `kafka` section of the configuration has this very shape, and
 * explains each setting; here stands only what the types need.
 */
export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly groupId: string;
  readonly topics: TopicNames;
  readonly tls: TlsSettings;
  readonly sasl: SaslSettings;
  readonly consumer: ConsumerSettings;
  readonly producer: ProducerSettings;
  readonly retry: RetrySettings;
  readonly connectionTimeoutMs: number;
  /** How long a start waits for brokers that are not there yet. */
  readonly startWaitMs: number;
}

export interface SaslSettings {
  readonly mechanism: 'none' | 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer';
  readonly username?: string | undefined;
  readonly password?: HiddenText | undefined;
  readonly oauth: OauthSettings;
}

export interface OauthSettings {
  readonly tokenUrl?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: HiddenText | undefined;
  readonly scope?: string | undefined;
}

export interface ConsumerSettings {
  readonly fetchWaitMsMax: number;
  readonly fetchBytesMin: number;
  readonly fetchBytesMax: number;
  readonly partitionFetchBytesMax: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly partitionsConcurrent: number;
  readonly startFrom: 'earliest' | 'latest';
  readonly unreadable: 'hold' | 'skip';
  readonly metadataAgeMsMax: number;
}

export interface ProducerSettings {
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly requestTimeoutMs: number;
}

export interface RetrySettings {
  readonly initialMs: number;
  readonly maxMs: number;
  /** Repetitions inside the client before it reports a failure. */
  readonly retriesMax: number;
}

/** Where the client's own log lines go. */
export type KafkaLogger = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;
