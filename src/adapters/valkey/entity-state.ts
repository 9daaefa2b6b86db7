import { labelCodes } from '../../features/observation.ts';
import { entityKinds, labelledKinds } from '../../features/state.ts';
import { isYoung, type AccountMemory } from '../../history/account-memory.ts';
import type { Judgement } from '../../history/judgement.ts';
import type { Standing } from '../../domain/standing.ts';
import { EntityRecord } from './entity-record.ts';
import type { KindPlan } from './kind-plan.ts';
import { countsOf, flagsOf, isRecord, recordTypes, typeOf, wordPlace, wordsOf } from './record.ts';
import { StateCodec } from './state-codec.ts';
import { isRecordOf, isTouch, linkWords, touchFlags, TouchReader } from './touch-record.ts';

/** Words before the state proper: its version, and the words of the state, these two included. The log follows the state. */
export const headerWords = 2;

/** What an event made people find of an account. */
export interface JudgementChange {
  readonly former: Judgement;
  readonly judgement: Judgement;
}

/**
 * One entity at a time: read from what the store holds of it (a state, and the log since), brought forward by touches, read as a
 * snapshot, written as a new state. One instance serves all entities of its kind, so that nothing is allocated per event.
 */
export class EntityState {
  readonly plan: KindPlan;
  readonly record: EntityRecord;
  /**
   * Of the last touch of an account: whether its event was here before, whether its label came after a later one, and `touchFlags`
   * that its entities must know.
   */
  wasDuplicate = false;
  wasOutdated = false;
  note = 0;
  /** Whether the entity was ever touched, or something stands alone for it. */
  #isHeld = false;
  /** What of the log is yet to be read. */
  #log: Uint32Array = new Uint32Array(0);
  #logAt = 0;
  #logEnd = 0;
  /** [kind × 2] keys of the entities of a signup, as in `ObservationBatch.keys`. */
  readonly #keys = new Uint32Array(entityKinds.length * 2);
  readonly #codec: StateCodec;
  readonly #reader: TouchReader;

  constructor(plan: KindPlan) {
    this.plan = plan;
    this.record = new EntityRecord(plan);
    this.#codec = new StateCodec(this.record);
    this.#reader = new TouchReader(plan);
  }

  /**
   * Takes what the store holds: `length` words from `at` on, none for a new entity. Its log is yet to be read. False where Winnow
   * cannot have written that: then the entity is new.
   */
  load(words: Uint32Array, at: number, length: number): boolean {
    this.#begin(words, at, at + length);
    if (length === 0 || this.#loadValue(words, at, at + length)) return true;
    this.#begin(words, at, at);
    return false;
  }

  #begin(words: Uint32Array, at: number, end: number): void {
    this.record.clear();
    this.#isHeld = false;
    this.#log = words;
    this.#logAt = at;
    this.#logEnd = end;
  }

  #loadValue(words: Uint32Array, at: number, end: number): boolean {
    const first = at + headerWords;
    this.#logAt = at + words[at + 1]!;
    if (!(first <= this.#logAt && this.#isLog(words, this.#logAt, end))) return false;
    // A log can begin with what only an entity that is there takes in.
    this.#isHeld = this.#logAt > first;
    return !this.#isHeld || this.#codec.load(words, first, this.#logAt);
  }

  /** Whether `words` are records, one behind the other, from `at` to `end`. */
  #isLog(words: Uint32Array, at: number, end: number): boolean {
    while (at < end) {
      const header = words[at]!;
      const next = at + wordsOf(header);
      if (next > end) return false;
      const isWhole = typeOf(header) === recordTypes.touch ? isTouch(words, at, this.plan) : isRecord(words, at);
      if (!isWhole) return false;
      at = next;
    }
    return at === end;
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

  /** Brings the state forward by the record at `at`; returns the record's words. */
  apply(words: Uint32Array, at: number): number {
    const { memory, history, accounts } = this.record;
    const header = words[at]!;
    switch (typeOf(header)) {
      case recordTypes.touch:
        this.#reader.set(words, at);
        if (accounts === null || this.#enter(accounts, words)) history.add(memory, 0, this.#reader.touch);
        this.#isHeld = true;
        break;
      case recordTypes.rejudge:
        if (this.#isHeld) history.rejudge(memory, 0, words[at + 1]! & 0xffff, words[at + 1]! >>> 16);
        break;
      case recordTypes.erase:
        this.record.clear();
        this.#isHeld = false;
        this.wasDuplicate = false;
        this.wasOutdated = false;
        this.note = 0;
        break;
      case recordTypes.forget:
        if (this.#isHeld) history.forget(memory, 0, words[at + 2]!, words[at + 1]!);
        break;
      case recordTypes.standing:
        this.#isHeld ||= countsOf(header) > 0;
        if (this.#isHeld) accounts?.takeStanding(memory, 0, flagsOf(header), words, at + 1, -1);
        break;
      case recordTypes.worded:
        this.#isHeld ||= countsOf(header) > 0;
        if (this.#isHeld) accounts?.takeStanding(memory, 0, flagsOf(header), words, at + 1, wordPlace(at));
        break;
      default:
        // What a later version writes.
        this.#isHeld = true;
    }
    return wordsOf(header);
  }

  /** Of an account that acts at `timeMs`. */
  isYoung(timeMs: number): boolean {
    return isYoung(this.record.history.spans.ageMs(this.record.memory, 0, timeMs));
  }

  /** Milliseconds from the last touch to `timeMs`, not below 0; NaN before the first. */
  idleMs(timeMs: number): number {
    return this.record.history.spans.idleMs(this.record.memory, 0, timeMs);
  }

  /** What stands for an account. */
  standing(): Standing | undefined {
    return this.record.accounts?.standing(this.record.memory, 0);
  }

  /** What this event made people find of an account; null when it brought nothing, or another one came since. */
  judgementChangeBy(eventKey: number): JudgementChange | null {
    const { memory, labelEvent } = this.record;
    const { judgement } = this;
    if (judgement === 0 || memory.words[labelEvent] !== eventKey) return null;
    return { former: memory.words[labelEvent + 1]!, judgement };
  }

  /** What was found of an account, where an entity of a kind is one of its signup's; else 0. */
  judgementAt(link: number, high: number, low: number): Judgement {
    return this.record.accounts!.judgementAt(this.record.memory, 0, link, high, low);
  }

  /** What was found of an account; 0 for nothing. */
  get judgement(): Judgement {
    return this.record.accounts?.judgement(this.record.memory, 0) ?? 0;
  }

  /**
   * Reads the log to its end; returns how many words of the value, from its beginning, an erasure has made meaningless. All of them,
   * where Winnow cannot have written it: nobody knows of whom it is.
   */
  wordsErased(words: Uint32Array, at: number, length: number): number {
    if (!this.load(words, at, length)) return length;
    let erased = 0;
    while (this.#logAt < this.#logEnd) {
      const isErase = typeOf(words[this.#logAt]!) === recordTypes.erase;
      this.#logAt += wordsOf(words[this.#logAt]!);
      if (isErase) erased = this.#logAt - at;
    }
    return erased;
  }

  /** Calls `visit` for each entity that an account remembers from its signup. */
  eachLink(visit: (kind: number, high: number, low: number) => void): void {
    const { accounts, memory } = this.record;
    for (const [link, { kindIndex }] of labelledKinds.entries()) {
      const high = accounts!.link(memory, 0, link, 0);
      const low = accounts!.link(memory, 0, link, 1);
      if (high !== 0 || low !== 0) visit(kindIndex, high, low);
    }
  }

  /** Writes the entity's columns of a snapshot row but its labels, as of `timeMs`. `idleMs`: time since the touch before this one, or NaN. */
  read(timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    this.record.history.read(this.record.memory, 0, timeMs, idleMs, values, row);
  }

  /** As `KindHistory.readLabels`. */
  readLabels(timeMs: number, own: Judgement, values: Float64Array, row: number): void {
    this.record.history.readLabels(this.record.memory, 0, timeMs, own, values, row);
  }

  /** Writes the state as a whole, header included; returns the next place. */
  save(words: Uint32Array, start: number, version: number): number {
    const end = this.#isHeld ? this.#codec.save(words, start + headerWords) : start + headerWords;
    words[start] = version;
    words[start + 1] = end - start;
    return end;
  }

  /** Words that `save` writes at most. */
  get wordsMax(): number {
    return headerWords + this.#codec.wordsMax;
  }

  /** Where the touch by an event at an offset stands in the log; its end when it does not. */
  #placeInLog(eventKey: number, offset: number): number {
    let at = this.#logAt;
    while (at < this.#logEnd && !isRecordOf(this.#log, at, eventKey, offset)) at += wordsOf(this.#log[at]!);
    return at;
  }

  /** An event of an account: whether it is new to it. */
  #enter(accounts: AccountMemory, words: Uint32Array): boolean {
    const { memory, labelEvent } = this.record;
    const { flags, touch, label, eventAt, end } = this.#reader;
    const eventKey = words[eventAt]!;
    this.wasDuplicate = accounts.seen(memory, 0, eventKey);
    if (this.wasDuplicate) return false;
    this.note = this.isYoung(touch.timeMs) ? touchFlags.isYoung : 0;
    if ((flags & touchFlags.joins) !== 0) this.#join(accounts, words, eventAt + 2, end);
    const isLabel = label !== labelCodes.none;
    const former = isLabel ? accounts.takeLabel(memory, 0, label, touch.timeMs) : undefined;
    this.wasOutdated = isLabel && former === undefined;
    if (former !== undefined) {
      memory.words[labelEvent] = eventKey;
      memory.words[labelEvent + 1] = former;
    }
    return true;
  }

  /** The labelled entities of a signup stand in `words` from `at` to `end`. */
  #join(accounts: AccountMemory, words: Uint32Array, at: number, end: number): void {
    this.#keys.fill(0);
    for (; at < end; at += linkWords) {
      // A later version may know more kinds.
      if (words[at]! < entityKinds.length) this.#keys.set(words.subarray(at + 1, at + linkWords), words[at]! * 2);
    }
    accounts.join(this.record.memory, 0, this.#keys, 0);
  }
}
