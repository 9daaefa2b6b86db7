import { readRecords, refuseWithoutEvents } from '../../adapters/file/records.ts';
import type { ReferenceOptions } from '../../adapters/reference/load.ts';
import { FailureError, type FailureCode } from '../../domain/failure.ts';
import { isScored } from '../../domain/event.ts';
import type { EventFacts } from '../../features/facts.ts';
import type { ListMatcher } from '../../lists/match.ts';
import { limits } from '../../domain/limits.ts';
import { featureBatches } from '../feature-batches.ts';
import { offlineHasher, offlineReference, offlineStore, offlineTopic } from '../offline.ts';
import type { FrameAccount } from './draw.ts';
import { Likeness } from './likeness.ts';

/** Accounts of a stream that a queue is drawn from: some 300 bytes of memory each. */
const accountsMax = 4_000_000;

/** Probabilities [rows] of features [rows × featureCount]. */
export type Score = (features: Float32Array, rows: number) => Promise<Float32Array>;

export interface Frame {
  /** With the score of the first model; 0 where none was asked. */
  readonly accounts: readonly FrameAccount[];
  /** By model, the highest score of each account's events, in the order of `accounts`. */
  readonly highest: readonly (readonly number[])[];
  readonly events: number;
  readonly leftOut: Readonly<Partial<Record<FailureCode, number>>>;
}

/**
 * Takes a stream through the path up to the score, and returns its accounts with the highest score of their events, by each model, and their group.
 * Throws `FailureError` `INPUT_UNREADABLE`, also when no line is an event or there are more accounts than are kept.
 */
export async function gatherFrame(
  path: string,
  models: readonly Score[],
  reference: ReferenceOptions | undefined,
  onProgress: (events: number) => void = () => undefined,
  lists: ListMatcher | null = null,
): Promise<Frame> {
  const watched = new Set<number>();
  const indexes = new Map<string, number>();
  const highest = models.map((): number[] => []);
  const likeness = new Likeness();
  const leftOut: Partial<Record<FailureCode, number>> = {};
  let [events, lines] = [0, 0];
  for await (const batch of batchesOf(path, reference)) {
    for (const code of batch.leftOut) leftOut[code] = (leftOut[code] ?? 0) + 1;
    const { facts, features } = batch;
    events += facts.length;
    lines += facts.length + batch.leftOut.length;
    const scores: Float32Array[] = [];
    if (facts.length > 0) for (const score of models) scores.push(await score(features, facts.length));
    for (const [row, each] of facts.entries()) {
      if (!isScored(each.event.type)) continue;
      const index = indexes.get(each.event.subject) ?? indexes.size;
      if (index === indexes.size) indexes.set(each.event.subject, index);
      for (const [model, own] of highest.entries()) own[index] = Math.max(own[index] ?? 0, scores[model]![row]!);
      likeness.add(index, each);
      if (lists !== null && isWatched(lists, each)) watched.add(index);
    }
    if (indexes.size > accountsMax) refuse(path, `it has more than ${accountsMax} accounts: take a shorter time`);
    onProgress(events);
  }
  if (events === 0) refuseWithoutEvents(path, lines);
  const ids = [...indexes.keys()];
  const groups = likeness.groups(ids.length);
  const accounts = ids.map((accountId, index) => ({
    accountId,
    score: highest[0]?.[index] ?? 0,
    group: ids[groups[index]!]!,
    ...(watched.has(index) ? { isWatched: true } : {}),
  }));
  return { accounts, highest, events, leftOut };
}

/** Whether something of an event is watched, as lists are held against past events: by the events' own time. */
function isWatched(lists: ListMatcher, facts: EventFacts): boolean {
  const listed = lists.match(facts, facts.event.timeMs);
  return listed !== undefined && listed.entries.some(({ kind }) => kind === 'watch');
}

/** The facts of all events, in order, read again: what a person is shown of the few that were drawn. */
export async function* factsOf(path: string, reference: ReferenceOptions | undefined): AsyncGenerator<EventFacts> {
  for await (const { facts } of batchesOf(path, reference)) yield* facts;
}

async function* batchesOf(path: string, options: ReferenceOptions | undefined) {
  const { reference } = await offlineReference(options);
  const records = readRecords({
    path,
    topic: offlineTopic,
    recordsMax: limits.batchRecordsMax,
    nowMs: Date.now,
  });
  yield* featureBatches(records, offlineStore(), offlineHasher(), reference);
}

function refuse(path: string, message: string): never {
  throw new FailureError({ code: 'INPUT_UNREADABLE', message: `${message}.`, path });
}
