import { readLabels } from '../../adapters/file/labels.ts';
import { readRecords } from '../../adapters/file/records.ts';
import type { Label } from '../../domain/event.ts';
import { listKey } from '../../domain/list-entry.ts';
import { offlineReference, offlineTopic } from '../../evaluation/offline.ts';
import { readFacts } from '../../features/facts.ts';
import type { ListMatcher } from '../../lists/match.ts';
import { decodeEvent } from '../../wire/decode-event.ts';
import { decisionsOf } from '../decisions-file.ts';
import { offlineSettings } from '../offline-settings.ts';

const recordsMax = 256;

/** What an entry has hit. */
export interface Hits {
  /** Events, or decisions. */
  count: number;
  readonly accounts: Set<string>;
  /** Time of the last, milliseconds since the epoch. */
  lastMs: number;
}

export type HitsByEntry = Map<string, Hits>;

/** What people said of accounts, the last word of each. */
export type Labels = Map<string, Label>;

/**
 * What entries would have hit in past events, as if all had been in force then. Labels among the events are taken along. Throws
 * `FailureError`.
 */
export async function hitsInEvents(
  path: string,
  matcher: ListMatcher,
  labels: Labels,
  configFile: string | undefined,
): Promise<HitsByEntry> {
  const { reference } = await offlineReference(offlineSettings(configFile));
  const hits: HitsByEntry = new Map();
  const batches = readRecords({ path, recordsMax, topic: offlineTopic, nowMs: () => NaN });
  for await (const { records } of batches)
    for (const record of records) {
      const decoded = decodeEvent(record);
      if (!decoded.ok) continue;
      const event = decoded.value;
      if (event.type === 'account.labelled') labels.set(event.subject, event.data.label);
      // An entry that ends counts as one that holds now: the question is whom it would touch.
      for (const entry of matcher.match(readFacts(event, reference), -Infinity)?.entries ?? [])
        addHit(hits, listKey(entry), event.subject, event.timeMs);
    }
  return hits;
}

export interface PastDecisions {
  /** Of the entries that decisions name. */
  readonly hits: HitsByEntry;
  /** Decisions by account and, of each, the last action. */
  readonly byAccount: Map<string, { count: number; action: string }>;
  /** Time of the last, milliseconds since the epoch; -Infinity where there is none. */
  readonly newestMs: number;
}

/** Reads past decisions, and what people said by them. Throws `FailureError`. */
export async function readDecisions(path: string, labels: Labels): Promise<PastDecisions> {
  const hits: HitsByEntry = new Map();
  const byAccount: PastDecisions['byAccount'] = new Map();
  let newestMs = -Infinity;
  for await (const { subject, time, data } of decisionsOf(path)) {
    const timeMs = Date.parse(time);
    newestMs = Math.max(newestMs, timeMs);
    if (data.mode !== 'enforce') continue;
    const former = byAccount.get(subject)?.count ?? 0;
    byAccount.set(subject, { count: former + 1, action: data.action });
    if (data.cause.kind === 'label') labels.set(subject, data.action === 'allow' ? 'genuine' : 'fake');
    for (const { list, type, entry } of data.listed ?? [])
      addHit(hits, listKey({ list, type, hash: entry }), subject, timeMs);
  }
  return { hits, byAccount, newestMs };
}

export async function readKnownLabels(path: string, labels: Labels): Promise<void> {
  for (const [account, { label }] of await readLabels(path)) labels.set(account, label);
}

/** Of the accounts, how many people have found fake, and genuine. */
export function judged(accounts: Iterable<string>, labels: ReadonlyMap<string, Label>): Record<Label, number> {
  const counts = { fake: 0, genuine: 0 };
  for (const account of accounts) {
    const label = labels.get(account);
    if (label !== undefined) counts[label]++;
  }
  return counts;
}

function addHit(hits: HitsByEntry, key: string, account: string, timeMs: number): void {
  const known = hits.get(key) ?? { count: 0, accounts: new Set<string>(), lastMs: -Infinity };
  known.count++;
  known.accounts.add(account);
  known.lastMs = Math.max(known.lastMs, timeMs);
  hits.set(key, known);
}
