import { isLabelEvent, isScored, type EventType } from '../domain/event.ts';
import type { EventFacts } from '../features/facts.ts';
import type { ObservationBatch } from '../features/observation.ts';
import { observationFates } from '../ports.ts';
import type { Outcome } from './outcome.ts';

/** What of a batch says whether its rows are decided. */
export interface DecidableBatch {
  readonly facts: readonly EventFacts[];
  readonly observations: ObservationBatch;
  /** What became of each observation, as in `SnapshotBatch`; null when the store did not answer. */
  readonly fates: Uint8Array | null;
  /** Records up to this one have had their fate: they get no other. -1 for none. */
  readonly settledOffset: number;
  /** Outcomes from before of records that come again, by offset: they are not decided again. */
  readonly known: ReadonlyMap<number, Outcome>;
  /** Records of events that are past: they are history, and not decided. */
  readonly pastOffsets: ReadonlySet<number>;
}

const duplicate = observationFates.indexOf('duplicate');

/** Whether the record of a row has had its fate, or gets none but its place in history. */
export function isOver({ observations, settledOffset, pastOffsets }: DecidableBatch, row: number): boolean {
  const offset = observations.offsets[row]!;
  return offset <= settledOffset || pastOffsets.has(offset);
}

/** Whether a row is history and nothing else, and comes for the first time. */
export function isPast(batch: DecidableBatch, row: number): boolean {
  const { observations, settledOffset, pastOffsets, known, fates } = batch;
  const offset = observations.offsets[row]!;
  return pastOffsets.has(offset) && offset > settledOffset && !known.has(offset) && fates?.[row] !== duplicate;
}

/** Whether events of a type say anything for or against an account. A wish to forget it, or to keep it for a court, does not. */
function isDecided(type: EventType): boolean {
  return !isLabelEvent(type) || type === 'account.labelled' || type === 'account.listed';
}

/**
 * Whether a row is to be decided: an event by its evidence, a label and an entry of a list by what they say. Nothing is decided twice: neither what was settled, nor what this process decided and could not
 * settle, nor what a producer sent twice, for the second decision would have the first one's id and perhaps another action.
 */
export function isToDecide(batch: DecidableBatch, row: number): boolean {
  const { facts, observations, fates, known } = batch;
  if (isOver(batch, row) || known.has(observations.offsets[row]!)) return false;
  return isDecided(facts[row]!.event.type) && fates?.[row] !== duplicate;
}

/**
 * The rows that a model is asked about, in order: events that are to be decided, and what a producer sent twice. That is rare, and the
 * training matrix, which knows no fates, has it too: so what serving feeds a model stays, row by row, what training does.
 */
export function rowsToScore(batch: DecidableBatch): readonly number[] {
  const { facts, observations, known } = batch;
  return [...facts.keys()].filter((row) => {
    const isKnown = known.has(observations.offsets[row]!);
    return !isOver(batch, row) && !isKnown && isScored(facts[row]!.event.type);
  });
}
