import assert from 'node:assert/strict';
import { limits } from '../../domain/limits.ts';
import type { ObservationBatch } from '../../features/observation.ts';
import { elementCount, entityKinds, labelledKinds, measureCount, spanBit } from '../../features/state.ts';
import { readDouble, writeDouble } from './doubles.ts';
import { kindPlans, type KindPlan } from './kind-plan.ts';
import { countsOf, elementsOf, flagsOf, headerOf, measuresOf, recordTypes, typeOf, wordsOf } from './record.ts';

/**
 * The record of a touch. After the header: time (a double) · ids of the counts, two in a word · ids of the elements, two in a word ·
 * the elements · ids of the measures, two in a word · the measures (doubles). An account's goes on: key of the event · low half of
 * its offset · for a signup, the labelled entities that it touches, `linkWords` each.
 */

export const touchFlags = {
  /** The event's account is young. */
  isYoung: 1,
  /** The event counts in windows: it is not too far behind. */
  counts: 2,
  /** The entity acted itself, so that its spans move. */
  spanMoves: 4,
  /** The account remembers the entities that its signup touches. */
  joins: 8,
} as const;
/** Of an account's touch: what people say of it stands above the flags. */
const labelShift = 4;

/** Words of an entity that an account remembers: kind, high and low half of its key. */
export const linkWords = 3;
const offsetModulus = 2 ** 32;
/** An item of a request says in 16 bits how long it is. */
const itemWordsMax = 0xffff;

/** Words of so many ids. */
function idWords(ids: number): number {
  return (ids + 1) >>> 1;
}

/** Words of the longest touch of a kind. */
function touchWordsMax({ isAccount, counts, distincts, layout }: KindPlan): number {
  const measures = layout.measures.length;
  const event = isAccount ? 2 + labelledKinds.length * linkWords : 0;
  const ids = idWords(counts.length) + idWords(distincts.length) + idWords(measures);
  return 3 + ids + distincts.length + measures * 2 + event;
}

export const recordWordsMax = Math.max(...kindPlans.map(touchWordsMax));
assert(recordWordsMax <= 0xff, 'a header says in 8 bits how long its record is');
assert(recordWordsMax * limits.batchRecordsMax <= itemWordsMax, 'all touches of a batch fit the item of one entity');

/**
 * Writes row `row` of a batch as the touch of its entity of one kind; answers the next place.
 * @param note `touchFlags.isYoung` and `counts`; the other flags are the batch's to say.
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

  let counts = 0;
  for (let bit = 0; bit < plan.counts.length; bit++)
    if (((adds >>> bit) & 1) !== 0) writeId(words, at, counts++, plan.countIds.ids[bit]!);
  at += idWords(counts);

  let elements = 0;
  for (let index = 0; index < plan.distincts.length; index++)
    if (batch.elements[row * elementCount + plan.distincts[index]!.elementIndex] !== 0)
      writeId(words, at, elements++, plan.distinctIds.ids[index]!);
  at += idWords(elements);
  for (let index = 0; index < plan.distincts.length; index++) {
    const element = batch.elements[row * elementCount + plan.distincts[index]!.elementIndex]!;
    if (element !== 0) words[at++] = element;
  }

  let measures = 0;
  const { measures: declared } = plan.layout;
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
    words[at++] = batch.offsets[row]! % offsetModulus;
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

/** Where the parts of a touch are. One instance is set to one record after the other. */
export class TouchReader {
  flags = 0;
  timeMs = 0;
  counts = 0;
  elements = 0;
  measures = 0;
  /** Of an account's touch: where its event's key stands. */
  eventAt = 0;
  end = 0;
  #words!: Uint32Array;
  #countIds = 0;
  #elementIds = 0;
  #firstElement = 0;
  #measureIds = 0;
  #firstMeasure = 0;

  set(words: Uint32Array, at: number): void {
    const header = words[at]!;
    this.#words = words;
    this.flags = flagsOf(header);
    this.timeMs = readDouble(words, at + 1);
    this.counts = countsOf(header);
    this.elements = elementsOf(header);
    this.measures = measuresOf(header);
    this.#countIds = at + 3;
    this.#elementIds = this.#countIds + idWords(this.counts);
    this.#firstElement = this.#elementIds + idWords(this.elements);
    this.#measureIds = this.#firstElement + this.elements;
    this.#firstMeasure = this.#measureIds + idWords(this.measures);
    this.eventAt = this.#firstMeasure + this.measures * 2;
    this.end = at + wordsOf(header);
  }

  countId(index: number): number {
    return idAt(this.#words, this.#countIds, index);
  }

  elementId(index: number): number {
    return idAt(this.#words, this.#elementIds, index);
  }

  element(index: number): number {
    return this.#words[this.#firstElement + index]!;
  }

  measureId(index: number): number {
    return idAt(this.#words, this.#measureIds, index);
  }

  measure(index: number): number {
    return readDouble(this.#words, this.#firstMeasure + index * 2);
  }

  /** What people say of the account. */
  get label(): number {
    return this.flags >>> labelShift;
  }
}

const reader = new TouchReader();

/** Whether the record at `at` is the touch of an account by this event at this offset. */
export function isTouchBy(words: Uint32Array, at: number, eventKey: number, offset: number): boolean {
  if (typeOf(words[at]!) !== recordTypes.touch) return false;
  reader.set(words, at);
  return words[reader.eventAt] === eventKey && words[reader.eventAt + 1] === offset % offsetModulus;
}

function idAt(words: Uint32Array, at: number, index: number): number {
  return (words[at + (index >>> 1)]! >>> ((index & 1) * 16)) & 0xffff;
}
