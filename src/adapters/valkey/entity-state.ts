import { labels } from '../../domain/event.ts';
import { labelCodes } from '../../features/observation.ts';
import { youngAgeMsMax } from '../../features/state.ts';
import { AccountMemory, memoryWordsMax } from './account-memory.ts';
import { DistinctSamples } from './distinct-samples.ts';
import { EntitySpans, spansWordsMax } from './entity-spans.ts';
import type { KindPlan } from './kind-plan.ts';
import { flagsOf, recordTypes, typeOf, wordsOf } from './record.ts';
import { momentsWords, RunningMoments } from './running-moments.ts';
import { isTouchBy, touchFlags, TouchReader } from './touch-record.ts';
import { WindowedCounts } from './windowed-counts.ts';

/** Words before the state proper: its version, and the words of the state, these two included. The log follows the state. */
export const headerWords = 2;

/** In the first word of a state: whether labels follow, and how many measures. */
const hasLabels = 1;
const measureShift = 8;

/** The value under an entity's key is not what Winnow writes there. */
export class DamagedEntity extends Error {
  override readonly name = 'DamagedEntity';
}

/**
 * One entity at a time: read from what the store holds of it (a state, and the log since), brought forward by touches, read as a
 * snapshot, written as a new state. One instance serves all entities of its kind, so that nothing is allocated per event.
 */
export class EntityState {
  readonly plan: KindPlan;
  /** Accounts alone have one. */
  readonly memory: AccountMemory | null;
  readonly spans: EntitySpans;
  /** Of the last touch of an account: whether its event was here before, and `touchFlags` that its entities must know. */
  wasDuplicate = false;
  note = 0;
  /** Whether the entity was ever touched. */
  #isHeld = false;
  /** What of the log is yet to be read. */
  #log: Uint32Array = new Uint32Array(0);
  #logAt = 0;
  #logEnd = 0;
  readonly #touch = new TouchReader();
  readonly #counts: WindowedCounts;
  readonly #distincts: DistinctSamples;
  readonly #measures: readonly RunningMoments[];
  /** [label] accounts labelled so. */
  readonly #labels = new Uint32Array(labels.length);

  constructor(plan: KindPlan) {
    this.plan = plan;
    this.memory = plan.isAccount ? new AccountMemory() : null;
    this.spans = new EntitySpans(plan.layout);
    this.#counts = new WindowedCounts(plan);
    this.#distincts = new DistinctSamples(plan);
    this.#measures = plan.layout.measures.map(() => new RunningMoments());
  }

  /** Takes what the store holds: `length` words from `at` on, none for a new entity. Its log is yet to be read. */
  load(words: Uint32Array, at: number, length: number): void {
    this.#clear();
    this.#log = words;
    this.#logAt = at;
    this.#logEnd = at + length;
    if (length === 0) return;
    this.#logAt = at + words[at + 1]!;
    if (!(this.#logAt >= at + headerWords && this.#logAt <= this.#logEnd)) throw this.#damaged();
    // A log can begin with what only an entity that is there takes in.
    this.#isHeld = this.#logAt > at + headerWords;
    if (this.#isHeld) this.#loadState(words, at + headerWords);
  }

  /** Brings the state forward by the rest of its log. */
  readLog(): void {
    while (this.#logAt < this.#logEnd) this.readNext();
  }

  /**
   * Brings an account's state forward by its log up to just before this event at this offset, so that all is as it was then.
   * False, and nothing done, when the log does not have it: then it is part of the state.
   */
  readLogBefore(eventKey: number, offset: number): boolean {
    const at = this.#placeInLog(eventKey, offset);
    if (at >= this.#logEnd) return false;
    while (this.#logAt < at) this.readNext();
    return true;
  }

  /** Whether what is yet to be read of an account's log has this event at this offset. */
  isInLog(eventKey: number, offset: number): boolean {
    return this.#placeInLog(eventKey, offset) < this.#logEnd;
  }

  /** Brings the state forward by the next record of its log. */
  readNext(): void {
    this.#logAt += this.apply(this.#log, this.#logAt);
  }

  /** Brings the state forward by the record at `at`; answers the record's words. */
  apply(words: Uint32Array, at: number): number {
    const header = words[at]!;
    const length = this.#wordsAt(words, at);
    switch (typeOf(header)) {
      case recordTypes.touch:
        this.#touch.set(words, at);
        if (this.memory === null || this.#enter(this.memory, words)) this.#add();
        this.#isHeld = true;
        break;
      case recordTypes.relabel:
        if (this.#isHeld) this.#relabel(flagsOf(header) & 0x3, flagsOf(header) >>> 2);
        break;
      case recordTypes.standing:
        this.memory?.settle(words, at + 1, flagsOf(header));
        break;
      default:
        // What a later version writes.
        this.#isHeld = true;
    }
    return length;
  }

  /** Whether an account that acts at `timeMs` is young. A new one is: it is as old as it is after its first event. */
  isYoung(timeMs: number): boolean {
    return !(this.spans.ageMs(timeMs) >= youngAgeMsMax);
  }

  /** Writes the entity's columns of a snapshot row, as of `timeMs`. `idleMs`: time since the touch before this one, or NaN. */
  read(timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    const { measures, labelColumn } = this.plan.layout;
    this.#counts.read(timeMs, values, row);
    this.#distincts.read(timeMs, values, row);
    for (let index = 0; index < measures.length; index++) {
      const { count, mean, deviation } = this.#measures[index]!;
      values[row + measures[index]!.column] = count < 1 ? NaN : mean;
      values[row + measures[index]!.column + 1] = deviation;
    }
    if (labelColumn !== null)
      for (let label = 0; label < labels.length; label++) values[row + labelColumn + label] = this.#labels[label]!;
    this.spans.read(timeMs, idleMs, values, row);
  }

  /** Writes the state as a whole, header included; answers the next place. */
  save(words: Uint32Array, start: number, version: number): number {
    const isLabelled = this.#labels.some((count) => count > 0);
    const measures = this.#measures.filter(({ count }) => count > 0).length;
    let at = start + headerWords;
    words[at++] = (isLabelled ? hasLabels : 0) | (measures << measureShift);
    at = this.spans.save(words, at);
    for (const [index, moments] of this.#measures.entries()) {
      if (moments.count === 0) continue;
      words[at++] = this.plan.measureIds.ids[index]!;
      at = moments.save(words, at);
    }
    if (isLabelled) {
      words.set(this.#labels, at);
      at += labels.length;
    }
    if (this.memory !== null) at = this.memory.save(words, at);
    at = this.#distincts.save(words, this.#counts.save(words, at));
    words[start] = version;
    words[start + 1] = at - start;
    return at;
  }

  /** Words that `save` writes at most. */
  get wordsMax(): number {
    const fixed = headerWords + 1 + spansWordsMax + this.#measures.length * (1 + momentsWords) + labels.length;
    return fixed + memoryWordsMax + this.#counts.wordsMax + this.#distincts.wordsMax;
  }

  /** Where the touch by an event at an offset stands in the log; its end when it does not. */
  #placeInLog(eventKey: number, offset: number): number {
    let at = this.#logAt;
    while (at < this.#logEnd && !isTouchBy(this.#log, at, eventKey, offset)) at += this.#wordsAt(this.#log, at);
    return at;
  }

  #clear(): void {
    this.#isHeld = false;
    this.spans.clear();
    for (const moments of this.#measures) moments.clear();
    this.#labels.fill(0);
    this.memory?.clear();
    this.#counts.clear();
    this.#distincts.clear();
  }

  #loadState(words: Uint32Array, at: number): void {
    const header = words[at++]!;
    at = this.spans.load(words, at);
    for (let measure = header >>> measureShift; measure > 0; measure--) {
      const index = this.plan.measureIds.indexOf(words[at++]!);
      if (index >= 0) this.#measures[index]!.load(words, at);
      at += momentsWords;
    }
    if ((header & hasLabels) !== 0) {
      for (let label = 0; label < labels.length; label++) this.#labels[label] = words[at + label]!;
      at += labels.length;
    }
    if (this.memory !== null) at = this.memory.load(words, at);
    this.#distincts.load(words, this.#counts.load(words, at));
  }

  /** An event of an account: whether it is new to it. */
  #enter(memory: AccountMemory, words: Uint32Array): boolean {
    const { flags, timeMs, label, eventAt, end } = this.#touch;
    this.wasDuplicate = memory.seen(words[eventAt]!);
    if (this.wasDuplicate) return false;
    this.note = (this.isYoung(timeMs) ? touchFlags.isYoung : 0) | (flags & touchFlags.counts);
    if ((flags & touchFlags.joins) !== 0) memory.join(words, eventAt + 2, end);
    if (label !== labelCodes.none) memory.relabel(label, words[eventAt]!);
    return true;
  }

  #add(): void {
    const { flags, timeMs, counts, elements, measures } = this.#touch;
    if ((flags & touchFlags.counts) !== 0) {
      this.#counts.move(timeMs);
      for (let index = 0; index < counts; index++) {
        const counter = this.plan.countIds.indexOf(this.#touch.countId(index));
        if (counter >= 0) this.#counts.add(counter, timeMs);
      }
      for (let index = 0; index < elements; index++) {
        const counter = this.plan.distinctIds.indexOf(this.#touch.elementId(index));
        if (counter < 0) continue;
        if (this.plan.distincts[counter]!.shownBy === ((flags & touchFlags.isYoung) === 0 ? 'young' : 'established'))
          continue;
        this.#distincts.add(counter, this.#touch.element(index), timeMs);
      }
    }
    for (let index = 0; index < measures; index++) {
      const measure = this.plan.measureIds.indexOf(this.#touch.measureId(index));
      if (measure >= 0) this.#measures[measure]!.add(this.#touch.measure(index));
    }
    if ((flags & touchFlags.spanMoves) !== 0) this.spans.add(timeMs);
  }

  /** A former label that fell to an expiry is not there to be taken back. */
  #relabel(former: number, label: number): void {
    if (former !== labelCodes.none && this.#labels[former - 1]! > 0) this.#labels[former - 1]!--;
    this.#labels[label - 1]!++;
  }

  #wordsAt(words: Uint32Array, at: number): number {
    const length = wordsOf(words[at]!);
    if (length === 0) throw this.#damaged();
    return length;
  }

  #damaged(): DamagedEntity {
    return new DamagedEntity(`a value of the kind ${this.plan.kind}`);
  }
}
