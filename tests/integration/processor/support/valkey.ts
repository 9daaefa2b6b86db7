import { uniquePrefix } from '../../valkey/support.ts';

/** A history in Valkey that nobody else has, and how `winnow run` is told of it. */
export interface SharedHistory {
  readonly nodes: readonly string[];
  readonly keyPrefix: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** @param through where the processor finds the server, if not at the server itself: a proxy. */
export function sharedHistory(nodes: readonly string[], through: readonly string[] = nodes): SharedHistory {
  const keyPrefix = uniquePrefix();
  const variables = {
    WINNOW_STATE_STORE: 'valkey',
    WINNOW_VALKEY_NODES: through.join(','),
    WINNOW_VALKEY_KEY_PREFIX: keyPrefix,
  };
  return { nodes, keyPrefix, variables };
}
