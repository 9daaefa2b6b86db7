import assert from 'node:assert/strict';
import { verdictsPerBatchMax, type GroupVerdict } from '../domain/group-verdict.ts';
import type { Standing } from '../domain/standing.ts';
import type { GroupFinder, GroupFindings } from '../group-ports.ts';
import { observationFates, type OutgoingRecord, type SnapshotBatch } from '../ports.ts';
import { encodeVerdict } from '../wire/group-verdict.ts';
import type { DecidedBatch } from './decide-batch.ts';
import { isOver, type DecidableBatch } from './rows-to-decide.ts';

/** A batch that was decided with all that history knows. */
export interface DecidedRows extends DecidableBatch, Pick<DecidedBatch, 'changes'>, Pick<SnapshotBatch, 'fates'> {
  /** What stood for each event's account before the batch. */
  readonly standings: readonly (Standing | undefined)[];
  /** [count × featureCount] */
  readonly features: Float32Array;
  readonly scores: Float32Array | null;
  readonly fates: Uint8Array;
}

const duplicate = observationFates.indexOf('duplicate');

/** Asks whether the accounts of a batch belong to groups: of the rows that this batch settles and nobody has asked of before. */
export async function findGroups(finder: GroupFinder, batch: DecidedRows, signal: AbortSignal): Promise<GroupFindings> {
  const { facts, observations, features, scores, fates } = batch;
  const rows = [...facts.keys()].filter((row) => isAsked(batch, row));
  const standings = standingsAfter(batch);
  const found = await finder.find({ facts, observations, rows, fates, features, scores, standings }, signal);
  assert(found.verdicts.length <= verdictsPerBatchMax, 'what is beyond is found by a later call');
  return found;
}

/** What comes twice was asked of when it came first, and a verdict says nothing new of anybody. */
function isAsked(batch: DecidedRows, row: number): boolean {
  const { facts, observations, fates, known } = batch;
  if (isOver(batch, row) || known.has(observations.offsets[row]!) || fates[row] === duplicate) return false;
  return facts[row]!.event.type !== 'account.group_verdict';
}

function standingsAfter({ facts, standings, changes }: DecidedRows): readonly (Standing | undefined)[] {
  if (changes.length === 0) return standings;
  const latest = new Map(changes.map(({ row, standing }) => [facts[row]!.event.subject, standing]));
  return standings.map((standing, row) => latest.get(facts[row]!.event.subject) ?? standing);
}

const verdictHeaders = [{ name: 'content-type', value: 'application/cloudevents+json; charset=UTF-8' }];

/**
 * A verdict as a record, keyed by the account as its events are: one partition, one order.
 * @param source where the record stood by which it was found.
 */
export function verdictRecord(verdict: GroupVerdict, source: NonNullable<OutgoingRecord['source']>): OutgoingRecord {
  return { key: verdict.subject, value: encodeVerdict(verdict), headers: verdictHeaders, source };
}
