import { listKey, type ListEntry } from '../../domain/list-entry.ts';
import { formatCount, formatShare, table } from '../style.ts';
import { judged, type Labels, type PastDecisions } from './past.ts';

const dayMs = 24 * 3_600_000;
/** Days without a hit after which an entry is proposed for its end. */
const silentDaysMax = 90;

export interface ShowOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly asJson: boolean;
}

/** One entry with what it has done, as far as past decisions are given. */
interface Shown {
  readonly key: string;
  readonly kind: string;
  readonly network?: string;
  readonly reason: string;
  readonly author: string;
  readonly created: string;
  readonly expires: string | null;
  readonly reference?: string;
  readonly isOver: boolean;
  readonly hits?: number;
  readonly accounts?: number;
  readonly lastHit?: string | null;
  /** Of the accounts that people have judged, the share that is fake; null where they have judged none. */
  readonly precision?: number | null;
  readonly judged?: number;
  /** Whether it is old and has hit nothing for long. */
  readonly isIdle?: boolean;
}

/** Entries for a person or a program: who put them there, and what they did. */
export function describeEntries(
  entries: readonly ListEntry[],
  past: PastDecisions | null,
  labels: Labels,
  { nowMs, asJson }: ShowOptions,
): string {
  const shown = entries.map((entry) => shownOf(entry, past, labels, nowMs));
  if (asJson) return `${JSON.stringify(shown, null, 2)}\n`;
  if (shown.length === 0) return 'No entry.\n';
  const header = ['entry', 'kind', 'expires', 'author', ...(past === null ? [] : ['hits', 'last hit', 'precision'])];
  const rows = shown.map((one) => [
    `${one.key}${one.network === undefined ? '' : ` (${one.network})`}`,
    one.kind,
    one.expires === null ? 'never' : `${one.expires.slice(0, 10)}${one.isOver ? ', over' : ''}`,
    one.author,
    ...(past === null ? [] : [formatCount(one.hits!), one.lastHit?.slice(0, 10) ?? '-', precisionOf(one)]),
  ]);
  const idle = shown.filter(({ isIdle }) => isIdle);
  const proposal =
    idle.length === 0
      ? ''
      : `\nWithout a hit for ${silentDaysMax} days, better removed or given an end:\n${idle.map(({ key }) => `  ${key}\n`).join('')}`;
  return table([header, ...rows], '') + proposal;
}

function precisionOf({ precision, judged: count }: Shown): string {
  return precision === null || precision === undefined ? '-' : `${formatShare(precision)} of ${formatCount(count!)}`;
}

function shownOf(entry: ListEntry, past: PastDecisions | null, labels: Labels, nowMs: number): Shown {
  const { kind, network, reason, author, createdMs, expiresMs, reference } = entry;
  const own = {
    key: listKey(entry),
    kind,
    ...(network === undefined ? {} : { network: `IPv${network.version}, /${network.length}` }),
    reason,
    author,
    created: new Date(createdMs).toISOString(),
    expires: expiresMs === Infinity ? null : new Date(expiresMs).toISOString(),
    ...(reference === undefined ? {} : { reference }),
    isOver: expiresMs <= nowMs,
  };
  if (past === null) return own;
  const hits = past.hits.get(own.key);
  const { fake, genuine } = judged(hits?.accounts ?? [], labels);
  const silentSinceMs = Math.max(hits?.lastMs ?? -Infinity, createdMs);
  return {
    ...own,
    hits: hits?.count ?? 0,
    accounts: hits?.accounts.size ?? 0,
    lastHit: hits === undefined ? null : new Date(hits.lastMs).toISOString(),
    precision: fake + genuine === 0 ? null : fake / (fake + genuine),
    judged: fake + genuine,
    // By the newest decision of the file: an old one says nothing of today.
    isIdle: past.newestMs - silentSinceMs >= silentDaysMax * dayMs,
  };
}
