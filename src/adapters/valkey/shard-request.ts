import { elementOfKey, type ObservationBatch } from '../../features/observation.ts';
import { entityKinds } from '../../features/state.ts';
import type { StandingChange } from '../../ports.ts';
import { isAttempt } from '../../history/attempt.ts';
import { newVersion } from './compactions.ts';
import { headerWords } from './entity-state.ts';
import type { Expiry } from './expiry.ts';
import { accountPlan, kindPlans, type KindPlan } from './kind-plan.ts';
import { standingRecordWords, writeErase, writeForget, writeRejudge, writeStandingRecord } from './record.ts';
import { itemFlags, itemHeaderWords, longerExpiry } from './shard-script.ts';
import { recordWordsMax, writeTouch } from './touch-record.ts';
import { eraseCode, forgottenJudgement, touchCode, type TouchTable } from './touch-table.ts';
import { markWords, writeMark, type ValueMark } from './value-mark.ts';

/** Of a row, what an entity must know: `touchFlags.isYoung`. Negative: it adds nothing (`rowNotes`). */
export type RowNotes = Int8Array;

const wordsAtFirst = 1024;

/** An entity, by its kind and key. */
export interface EntityName {
  readonly kind: number;
  readonly high: number;
  readonly low: number;
}

/** What one shard is asked in one phase of a batch. Made once and written again and again: large arrays are dear to throw away. */
export class ShardRequest {
  /** As the script reads it, `length` words: the header of new values, and the items. */
  words = new Uint32Array(wordsAtFirst);
  length = 0;
  /** Version of values that come to be by this request. */
  version = 0;
  /** First and last offset among the records; both -1 when there are none, so that nothing is applied. */
  first = -1;
  last = -1;

  begin(): void {
    this.version = newVersion();
    this.words[0] = this.version;
    this.words[1] = headerWords;
    this.length = headerWords;
    this.first = -1;
    this.last = -1;
  }

  /** Makes room for `count` more words. */
  reserve(count: number): void {
    if (this.length + count <= this.words.length) return;
    const longer = new Uint32Array(Math.max(this.words.length * 2, this.length + count));
    longer.set(this.words);
    this.words = longer;
  }

  append(item: Uint32Array): void {
    this.reserve(item.length);
    this.words.set(item, this.length);
    this.length += item.length;
  }

  /** Begins an item; returns what `endItem` wants, which says how long the body is. `newDays`, `heldDays`: as the script has them. */
  beginItem(kind: number, high: number, low: number, flags: number, newDays: number, heldDays: number): number {
    this.reserve(itemHeaderWords);
    const start = this.length;
    this.words[start] = high;
    this.words[start + 1] = low;
    this.words[start + 2] = kind | (flags << 8);
    this.words[start + 3] = newDays | (heldDays << 16);
    this.length += itemHeaderWords;
    return start;
  }

  /** The value of an entity begins anew behind what the mark is of, unless that is no longer what it begins with. Nothing is left of no more. */
  startAnew({ kind, high, low }: EntityName, mark: ValueMark): void {
    const start = this.beginItem(kind, high, low, itemFlags.replace, 0, 0);
    const body = new Uint32Array(markWords + headerWords);
    writeMark(body, 0, mark);
    body.set([newVersion(), headerWords], markWords);
    this.append(body);
    this.endItem(start);
  }

  endItem(start: number): void {
    this.words[start + 2]! |= (this.length - start - itemHeaderWords) << 16;
  }
}

/**
 * The request for some entities of a table: one item each, with the records of those rows whose offset is above `floor`. Notes in
 * the table where each record stands.
 *
 * @param leading items of replaced states, which go first.
 * @param expiries [kind] how long an entity is kept.
 */
export function writeShardRequest(
  out: ShardRequest,
  table: TouchTable,
  entities: readonly number[],
  batch: ObservationBatch,
  notes: RowNotes,
  floor: number,
  leading: readonly Uint32Array[],
  expiries: readonly Expiry[],
): void {
  out.begin();
  for (const item of leading) out.append(item);
  for (const entity of entities) {
    const plan = kindPlans[table.kinds[entity]!]!;
    const { attemptedDays, newDays, heldDays } = expiries[plan.kindIndex]!;
    const acts = actsOn(table, entity, batch);
    const start = out.beginItem(
      plan.kindIndex,
      table.highs[entity]!,
      table.lows[entity]!,
      isTouched(table, entity, notes) ? itemFlags.append : itemFlags.appendIfHeld,
      acts === 0 ? attemptedDays : acts === 1 ? newDays : heldDays,
      // What stands may keep an account for years: a touch does not cut that short.
      acts === 0 || plan.isAccount ? longerExpiry : heldDays,
    );
    for (let entry = table.firstEntries[entity]!; entry >= 0; entry = table.nextEntries[entry]!) {
      const row = table.rows[entry]!;
      const offset = batch.offsets[row]!;
      table.records[entry] = 0;
      if (offset <= floor) continue;
      if (out.first < 0 || offset < out.first) out.first = offset;
      if (offset > out.last) out.last = offset;
      const code = table.codes[entry]!;
      const note = notes[row]!;
      if (code === touchCode && note < 0) continue;
      out.reserve(recordWordsMax);
      table.records[entry] = out.length;
      out.length = writeRecord(out.words, out.length, code, plan, batch, row, note);
    }
    out.endItem(start);
  }
}

/** The record by which a row does to an entity what a code says; returns the next place. */
function writeRecord(
  words: Uint32Array,
  at: number,
  code: number,
  plan: KindPlan,
  batch: ObservationBatch,
  row: number,
  note: number,
): number {
  if (code === touchCode) return writeTouch(words, at, plan, batch, row, note);
  if (code === eraseCode) return writeErase(words, at, batch.eventKeys[row]!, batch.offsets[row]!);
  const forgotten = forgottenJudgement(code);
  if (forgotten === undefined) return writeRejudge(words, at, code);
  const account = (row * entityKinds.length + accountPlan.kindIndex) * 2;
  return writeForget(words, at, forgotten, elementOfKey(batch.keys[account]!));
}

/** The request that takes away what was erased of one entity, where that is known yet, and then reads it. */
export function writePurge(out: ShardRequest, entity: EntityName, erased: ValueMark | undefined): void {
  const { kind, high, low } = entity;
  out.begin();
  if (erased !== undefined) out.startAnew(entity, erased);
  out.endItem(out.beginItem(kind, high, low, itemFlags.appendIfHeld, 0, 0));
}

/** The request that writes what stands for accounts that are there, or stands alone, after everything up to `offset` was delivered. */
export function writeStandings(
  out: ShardRequest,
  offset: number,
  changes: readonly StandingChange[],
  expiries: readonly Expiry[],
): void {
  out.begin();
  for (const { keyHigh, keyLow, standing, standsAlone } of changes) {
    const { kindIndex } = accountPlan;
    const { heldDays, lastingDays } = expiries[kindIndex]!;
    const days = standing.lasts === true ? lastingDays : heldDays;
    const flags = standsAlone === true ? itemFlags.append : itemFlags.appendIfHeldQuietly;
    const start = out.beginItem(kindIndex, keyHigh, keyLow, flags, days, days);
    out.reserve(standingRecordWords);
    out.length = writeStandingRecord(out.words, out.length, standing, standsAlone);
    out.endItem(start);
  }
  out.first = offset;
  out.last = offset;
}

/** Whether a row touches the entity itself, so that it comes to be if it is not there. */
function isTouched(table: TouchTable, entity: number, notes: RowNotes): boolean {
  for (let entry = table.firstEntries[entity]!; entry >= 0; entry = table.nextEntries[entry]!)
    if (table.codes[entry] === touchCode && notes[table.rows[entry]!]! >= 0) return true;
  return false;
}

/** Of the rows that touch an entity or move its labels, those that did not only try something. */
function actsOn(table: TouchTable, entity: number, batch: ObservationBatch): number {
  let acts = 0;
  for (let entry = table.firstEntries[entity]!; entry >= 0; entry = table.nextEntries[entry]!)
    if (table.codes[entry] !== touchCode || !isAttempt(batch, table.rows[entry]!)) acts++;
  return acts;
}
