import assert from 'node:assert/strict';
import { labels } from '../../domain/event.ts';
import { limits } from '../../domain/limits.ts';
import type { ObservationBatch } from '../../features/observation.ts';
import { elementCount, entityKinds, labelledKinds, measureCount, spanBit } from '../../features/state.ts';
import { readDouble, writeDouble } from '../../history/doubles.ts';
import type { Touch } from '../../history/kind-history.ts';
import { isHistoryTime } from '../../history/time-bounds.ts';
import { kindPlans, type KindPlan } from './kind-plan.ts';
import {
  countsOf,
  elementsOf,
  flagsOf,
  headerOf,
  lowOffset,
  measuresOf,
  recordTypes,
  typeOf,
  wordsOf,
} from './record.ts';

/**
 * The record of a touch. After the header: time (a double) · ids of the counts, two in a word · ids of the elements, two in a word ·
 * the elements · ids of the measures, two in a word · the measures (doubles). An account's goes on: key of the event · low half of
 * its offset · for a signup, the labelled entities that it touches, `linkWords` each.
 */

export const touchFlags = {
  /** The event's account is young. */
  isYoung: 1,
  /** The entity acted itself, so that its spans move. */
  spanMoves: 2,
  /** The account remembers the entities that its signup touches. */
  joins: 4,
} as const;
/** Of an account's touch: what people say of it stands above the flags. */
const labelShift = 3;

/** Words of an entity that an account remembers: kind, high and low half of its key. */
export const linkWords = 3;
/** An item of a request says in 16 bits how long it is. */
const itemWordsMax = 0xffff;

/** Words of so many ids. */
function idWords(ids: number): number {
  return (ids + 1) >>> 1;
}

/** Words of the longest touch of a kind. */
function touchWordsMax({ isAccount, layout: { counts, distincts, measures: declared } }: KindPlan): number {
  const measures = declared.length;
  const event = isAccount ? 2 + labelledKinds.length * linkWords : 0;
  const ids = idWords(counts.length) + idWords(distincts.length) + idWords(measures);
  return 3 + ids + distincts.length + measures * 2 + event;
}

export const recordWordsMax = Math.max(...kindPlans.map(touchWordsMax));
assert(recordWordsMax <= 0xff, 'a header says in 8 bits how long its record is');
assert(recordWordsMax * limits.batchRecordsMax <= itemWordsMax, 'all touches of a batch fit the item of one entity');

/**
 * Writes row `row` of a batch as the touch of its entity of one kind; returns the next place.
 * @param note `touchFlags.isYoung`, or 0; the other flags are the batch's to say.
 */
export function writeTouch(
  words: Uint32Array,
  start: number,
  plan: KindPlan,
  batch: ObservationBatch,
  row: number,
  note: number,
): number {
  const adds = batch.adds[row * entityKinds.length + plan.kindIndex]!;
  let flags = note | ((adds & spanBit) === 0 ? 0 : touchFlags.spanMoves);
  let at = writeDouble(words, start + 1, batch.timesMs[row]!);

  const { counts: counters, distincts, measures: declared } = plan.layout;
  let counts = 0;
  for (let bit = 0; bit < counters.length; bit++)
    if (((adds >>> bit) & 1) !== 0) writeId(words, at, counts++, plan.countIds.ids[bit]!);
  at += idWords(counts);

  let elements = 0;
  for (let index = 0; index < distincts.length; index++)
    if (batch.elements[row * elementCount + distincts[index]!.elementIndex] !== 0)
      writeId(words, at, elements++, plan.distinctIds.ids[index]!);
  at += idWords(elements);
  for (let index = 0; index < distincts.length; index++) {
    const element = batch.elements[row * elementCount + distincts[index]!.elementIndex]!;
    if (element !== 0) words[at++] = element;
  }

  let measures = 0;
  for (let index = 0; index < declared.length; index++)
    if (!Number.isNaN(batch.measures[row * measureCount + declared[index]!.measureIndex]!))
      writeId(words, at, measures++, plan.measureIds.ids[index]!);
  at += idWords(measures);
  for (let index = 0; index < declared.length; index++) {
    const value = batch.measures[row * measureCount + declared[index]!.measureIndex]!;
    if (!Number.isNaN(value)) at = writeDouble(words, at, value);
  }

  if (plan.isAccount) {
    words[at++] = batch.eventKeys[row]!;
    words[at++] = lowOffset(batch.offsets[row]!);
    flags |= batch.labels[row]! << labelShift;
    if (batch.joins[row] === 1) {
      flags |= touchFlags.joins;
      at = writeLinks(words, at, batch, row);
    }
  }
  words[start] = headerOf({ type: recordTypes.touch, words: at - start, counts, elements, measures, flags });
  return at;
}

function writeLinks(words: Uint32Array, at: number, batch: ObservationBatch, row: number): number {
  for (const { kindIndex } of labelledKinds) {
    const key = (row * entityKinds.length + kindIndex) * 2;
    if (batch.keys[key] === 0 && batch.keys[key + 1] === 0) continue;
    words[at++] = kindIndex;
    words[at++] = batch.keys[key]!;
    words[at++] = batch.keys[key + 1]!;
  }
  return at;
}

function writeId(words: Uint32Array, at: number, index: number, id: number): void {
  if ((index & 1) === 0) words[at + (index >>> 1)] = id;
  else words[at + (index >>> 1)]! |= id << 16;
}

/** Reads touches, one after the other, into what `KindHistory` takes. What fits no counter of this version is left out. */
export class TouchReader {
  flags = 0;
  /** Of an account's touch: where its event's key stands. */
  eventAt = 0;
  end = 0;
  readonly touch: Touch = {
    timeMs: 0,
    bits: 0,
    elements: new Uint32Array(elementCount),
    elementRow: 0,
    measures: new Float64Array(measureCount).fill(NaN),
    measureRow: 0,
    isYoung: false,
  };
  readonly #plan: KindPlan;

  constructor(plan: KindPlan) {
    this.#plan = plan;
  }

  set(words: Uint32Array, at: number): void {
    const header = words[at]!;
    this.flags = flagsOf(header);
    this.eventAt = eventPlace(header, at);
    this.end = at + wordsOf(header);
    const { touch } = this;
    touch.timeMs = readDouble(words, at + 1);
    touch.isYoung = (this.flags & touchFlags.isYoung) !== 0;
    touch.bits = (this.flags & touchFlags.spanMoves) === 0 ? 0 : spanBit;
    const counts = countsOf(header);
    for (let index = 0; index < counts; index++) {
      const counter = this.#plan.countIds.indexOf(idAt(words, at + 3, index));
      if (counter >= 0) touch.bits |= 1 << counter;
    }
    at = this.#setElements(words, at + 3 + idWords(counts), elementsOf(header));
    this.#setMeasures(words, at, measuresOf(header));
  }

  /** What people say of the account. */
  get label(): number {
    return this.flags >>> labelShift;
  }

  #setElements(words: Uint32Array, ids: number, count: number): number {
    const { distincts } = this.#plan.layout;
    for (let index = 0; index < distincts.length; index++) this.touch.elements[distincts[index]!.elementIndex] = 0;
    const first = ids + idWords(count);
    for (let index = 0; index < count; index++) {
      const counter = this.#plan.distinctIds.indexOf(idAt(words, ids, index));
      if (counter >= 0) this.touch.elements[distincts[counter]!.elementIndex] = words[first + index]!;
    }
    return first + count;
  }

  #setMeasures(words: Uint32Array, ids: number, count: number): void {
    const { measures } = this.#plan.layout;
    for (let index = 0; index < measures.length; index++) this.touch.measures[measures[index]!.measureIndex] = NaN;
    const first = ids + idWords(count);
    for (let index = 0; index < count; index++) {
      const measure = this.#plan.measureIds.indexOf(idAt(words, ids, index));
      if (measure >= 0) this.touch.measures[measures[measure]!.measureIndex] = readDouble(words, first + index * 2);
    }
  }
}

/** Whether the touch at `at` is as `writeTouch` writes it for an entity of this kind. */
export function isTouch(words: Uint32Array, at: number, { isAccount }: KindPlan): boolean {
  const header = words[at]!;
  const event = eventPlace(header, at);
  const rest = at + wordsOf(header) - event;
  const isComplete = isAccount ? rest >= 2 && (rest - 2) % linkWords === 0 : rest === 0;
  if (!isComplete || !isHistoryTime(readDouble(words, at + 1))) return false;
  if (flagsOf(header) >>> labelShift > labels.length) return false;
  for (let measure = event - measuresOf(header) * 2; measure < event; measure += 2)
    if (!Number.isFinite(readDouble(words, measure))) return false;
  return true;
}

/** Whether the record at `at` was written for an account by this event at this offset. */
export function isRecordOf(words: Uint32Array, at: number, eventKey: number, offset: number): boolean {
  const header = words[at]!;
  const type = typeOf(header);
  if (type !== recordTypes.touch && type !== recordTypes.erase) return false;
  const event = type === recordTypes.erase ? at + 1 : eventPlace(header, at);
  return words[event] === eventKey && words[event + 1] === lowOffset(offset);
}

/** Where an account's touch has the key of its event. */
function eventPlace(header: number, at: number): number {
  const counts = countsOf(header);
  const elements = elementsOf(header);
  const measures = measuresOf(header);
  return at + 3 + idWords(counts) + idWords(elements) + elements + idWords(measures) + measures * 2;
}

function idAt(words: Uint32Array, at: number, index: number): number {
  return (words[at + (index >>> 1)]! >>> ((index & 1) * 16)) & 0xffff;
}
