/** What is known of accounts by other means than decisions. */
export interface Known {
  readonly labels: ReadonlyMap<string, 'fake' | 'genuine'>;
  /** `campaign:bulk-script:2`, `honest:traveller`; empty where nothing is known. */
  readonly segmentOf: (accountId: string) => string;
  /** The group of accounts made alike; undefined where it stands alone. */
  readonly groupOf: (accountId: string) => string | undefined;
  /** With which an account came to be labelled; 1 where all are, or nobody drew them. */
  readonly probabilityOf: (accountId: string) => number;
  /** The smallest of those. */
  readonly rarest: number;
  /** Whether labels are of all accounts, or of a random sample whose probabilities are known. */
  readonly isRandom: boolean;
}

/** Accounts of one campaign are one cluster: its segment where that is one, else its group. */
export function clusterOf(accountId: string, known: Known): string {
  const segment = known.segmentOf(accountId);
  return segment.startsWith('campaign:') ? segment : (known.groupOf(accountId) ?? accountId);
}

interface LabelOfFile {
  readonly label: 'fake' | 'genuine';
  readonly segment: string;
}

/** @param queue of each account that was drawn, its probability and group; absent where nobody was drawn. */
export function knownOf(
  labels: ReadonlyMap<string, LabelOfFile>,
  queue: ReadonlyMap<string, { readonly probability: number; readonly group: string }> | null,
  accounts: number,
): Known {
  const rarest = [...(queue?.values() ?? [])].reduce((least, { probability }) => Math.min(least, probability), 1);
  return {
    labels: new Map(Array.from(labels, ([accountId, { label }]) => [accountId, label])),
    segmentOf: (accountId) => labels.get(accountId)?.segment ?? '',
    groupOf: (accountId) => queue?.get(accountId)?.group,
    probabilityOf: (accountId) => queue?.get(accountId)?.probability ?? 1,
    rarest,
    isRandom: queue !== null || labels.size >= accounts,
  };
}
