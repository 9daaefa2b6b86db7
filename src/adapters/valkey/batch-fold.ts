import assert from 'node:assert/strict';
import type { Standing } from '../../domain/standing.ts';
import { labelCodes, type ObservationBatch } from '../../features/observation.ts';
import type { SnapshotValues } from '../../features/snapshot-values.ts';
import { entityKinds, labelledKinds, snapshotColumnCount } from '../../features/state.ts';
import { HistoryBounds } from '../../history/time-bounds.ts';
import { observationFates, type SnapshotBatch } from '../../ports.ts';
import type { Compactions } from './compactions.ts';
import type { EntityState } from './entity-state.ts';
import { accountPlan } from './kind-plan.ts';
import { rejudgeCode } from './record.ts';
import type { EntityName, RowNotes, ShardRequest } from './shard-request.ts';
import { damagedLength, replyHeaderWords } from './shard-script.ts';
import { touchFlags } from './touch-record.ts';
import { eraseCode, forgetCode, touchCode, type TouchTable } from './touch-table.ts';
import { markOf, type ValueMark } from './value-mark.ts';

const kindCount = entityKinds.length;
const bytesPerWord = 4;
const [applied, replayed, duplicate, outside] = observationFates.keys().toArray() as [number, number, number, number];
/** Notes of rows that add nothing. */
const sentTwice = -1;
const outOfBounds = -2;

/**
 * Words of log from which on an entity gets a new state. A longer log is read with every touch; a shorter one is written anew more
 * often.
 */
const logWordsMax = 64;

/** What a row does to an entity that its account remembers from its signup: a label moves, or the account is forgotten. */
interface Echo extends EntityName {
  readonly row: number;
  readonly code: number;
}

/** A value that Winnow cannot have written. Its entity counts as new. */
export interface DamagedValue extends EntityName {
  /** Of what was there; undefined where the script has taken it away already. */
  readonly mark: ValueMark | undefined;
}

/**
 * One batch on its way through the store: which entities it touches, phase by phase, and what their values, as the shards answer
 * them, make of its rows. All arithmetic, no waiting.
 */
export class BatchFold {
  readonly answer: Omit<SnapshotBatch, 'settledOffset'> & { readonly standings: (Standing | undefined)[] };
  /** What entities must know of each row. Complete after the accounts' phase. */
  readonly notes: RowNotes;
  /** With the newest event time, this batch among it. */
  readonly bounds: HistoryBounds;
  readonly #batch: ObservationBatch;
  readonly #states: readonly EntityState[];
  readonly #compactions: Compactions;
  /** [count × kinds] the judgement of the row's own account where it touches an entity of its signup; else 0. */
  readonly #ownJudgements: Uint16Array;
  readonly #echoes: Echo[] = [];
  /** Entities that go. */
  readonly erased: readonly EntityName[];

  /** @param newestMs the newest event time before this batch; `states`: one for each kind. */
  constructor(
    batch: ObservationBatch,
    newestMs: number,
    states: readonly EntityState[],
    compactions: Compactions,
    pool: SnapshotValues,
  ) {
    this.#batch = batch;
    this.#ownJudgements = new Uint16Array(batch.count * kindCount);
    this.#states = states;
    this.#compactions = compactions;
    this.notes = new Int8Array(batch.count);
    this.bounds = new HistoryBounds(newestMs);
    for (let row = 0; row < batch.count; row++)
      // Whoever asks to be forgotten is, whatever their clock says.
      if (batch.erases[row] !== 1 && !this.bounds.admit(batch.timesMs[row]!, batch)) this.notes[row] = outOfBounds;
    this.erased = entitiesErased(batch);
    const values = pool.take(batch.count);
    this.answer = {
      values,
      fates: new Uint8Array(batch.count),
      standings: new Array<Standing | undefined>(batch.count).fill(undefined),
      release: () => pool.give(values),
    };
  }

  /** The first phase: what is known of an account decides what becomes of an event elsewhere. */
  accounts(table: TouchTable): void {
    const { count, keys } = this.#batch;
    table.reset(count);
    const { kindIndex } = accountPlan;
    for (let row = 0; row < count; row++) {
      const at = (row * kindCount + kindIndex) * 2;
      table.add(kindIndex, keys[at]!, keys[at + 1]!, row, this.#codeOf(row));
    }
  }

  /** The second phase: everything else, and the labels that move. */
  entities(table: TouchTable): void {
    const { count, keys } = this.#batch;
    table.reset(countTouches(this.#batch) + this.#echoes.length);
    // Accounts were answered shard by shard, and each entity wants its rows in order.
    const echoes = this.#echoes.toSorted((first, second) => first.row - second.row).values();
    let echo = echoes.next();
    for (let row = 0; row < count; row++) {
      // A label moves before its event touches anything.
      for (; echo.value?.row === row; echo = echoes.next()) {
        const { kind, high, low, code } = echo.value;
        table.add(kind, high, low, row, code);
      }
      for (let kind = 0; kind < kindCount; kind++) {
        const at = (row * kindCount + kind) * 2;
        if (kind === accountPlan.kindIndex || (keys[at] === 0 && keys[at + 1] === 0)) continue;
        table.add(kind, keys[at]!, keys[at + 1]!, row, this.#codeOf(row));
      }
    }
  }

  /** What a row does to the entities that it names. */
  #codeOf(row: number): number {
    return this.#batch.erases[row] === 1 ? eraseCode : touchCode;
  }

  /**
   * Takes in what a shard answered; returns what of it was damaged.
   * @param entities those that it was asked for, in that order. `isApplied`: whether it took the records of the request.
   */
  fold(
    table: TouchTable,
    shard: number,
    entities: readonly number[],
    request: ShardRequest,
    reply: Uint32Array,
    isApplied: boolean,
  ): readonly DamagedValue[] {
    const damaged: DamagedValue[] = [];
    let at = replyHeaderWords;
    for (const entity of entities) {
      const kind = table.kinds[entity]!;
      const state = this.#states[kind]!;
      const bytes = reply[at++]!;
      const length = bytes === damagedLength ? 0 : bytes / bytesPerWord;
      const isWhole = state.load(reply, at, length) && bytes !== damagedLength;
      if (!isWhole) {
        const [high, low] = [table.highs[entity]!, table.lows[entity]!];
        damaged.push({ kind, high, low, mark: length === 0 ? undefined : markOf(reply, at, length) });
      }
      const held = isWhole ? length : 0;
      // An account's rows that were applied before stay in its log: what came of them elsewhere may have to be known again.
      const hasReplayed = state.plan.isAccount && !(isApplied && areAllWritten(table, entity));
      if (!hasReplayed) {
        state.readLog();
        if (held > 0 && held - reply[at + 1]! > logWordsMax)
          this.#compactions.add(shard, table.highs[entity]!, table.lows[entity]!, state, markOf(reply, at, held));
      }
      if (!state.plan.isAccount) this.#foldEntity(table, entity, state, request.words, isApplied);
      else this.#foldAccount(table, entity, state, request.words, isApplied);
      at += length;
    }
    assert(at === reply.length, 'each entity that was asked for has its answer, and nothing is behind them');
    return damaged;
  }

  /** Brings an entity forward row by row, and reads it after each. */
  #foldEntity(table: TouchTable, entity: number, state: EntityState, words: Uint32Array, isApplied: boolean): void {
    for (let entry = table.firstEntries[entity]!; entry >= 0; entry = table.nextEntries[entry]!) {
      const row = table.rows[entry]!;
      const record = isApplied ? table.records[entry]! : 0;
      const timeMs = this.#batch.timesMs[row]!;
      const idleMs = state.idleMs(timeMs);
      if (record !== 0) state.apply(words, record);
      if (table.codes[entry] !== this.#codeOf(row)) continue;
      const own = this.#ownJudgements[row * kindCount + state.plan.kindIndex]!;
      state.read(timeMs, idleMs, this.answer.values, row * snapshotColumnCount);
      state.readLabels(timeMs, own, this.answer.values, row * snapshotColumnCount);
    }
  }

  /** The same for an account; what becomes of each row is decided here. */
  #foldAccount(table: TouchTable, entity: number, state: EntityState, words: Uint32Array, isApplied: boolean): void {
    const { timesMs, eventKeys, offsets, labels, erases } = this.#batch;
    for (let entry = table.firstEntries[entity]!; entry >= 0; entry = table.nextEntries[entry]!) {
      const row = table.rows[entry]!;
      const record = isApplied ? table.records[entry]! : 0;
      const timeMs = timesMs[row]!;
      const isInLog = record === 0 && state.readLogBefore(eventKeys[row]!, offsets[row]!);
      // A row that became part of the state, before others of this batch that are yet in the log: what came of those is in there.
      if (!isInLog && (record !== 0 || !this.#isInLogLater(table, entry, state))) state.readLog();
      const isKnown = record !== 0 || isInLog;
      const isErased = erases[row] === 1;
      if (isErased && isKnown) this.#forget(row, state);
      const idleMs = isErased ? NaN : state.idleMs(timeMs);
      const isYoung = state.isYoung(timeMs) ? touchFlags.isYoung : 0;
      if (!isErased) this.answer.standings[row] = state.standing();
      if (record !== 0) state.apply(words, record);
      else if (isInLog) state.readNext();
      const isDuplicate = isKnown && state.wasDuplicate;
      const isOutside = !isKnown && this.notes[row] === outOfBounds;
      this.answer.fates[row] = isOutside ? outside : record === 0 ? replayed : isDuplicate ? duplicate : applied;
      // A row that is part of the state was done with, or its batch was left half done and the account has been busy since.
      if (!isOutside) this.notes[row] = isDuplicate ? sentTwice : isKnown ? state.note : isYoung;
      // What a label changed when it first came, it does not change again when its event comes once more.
      const mayRelabel = !isDuplicate && !isOutside && !(isKnown && state.wasOutdated);
      if (mayRelabel && labels[row] !== labelCodes.none) this.#relabel(row, state);
      this.#noteOwnJudgement(row, state);
      state.read(timeMs, idleMs, this.answer.values, row * snapshotColumnCount);
    }
  }

  /** Whether a later row of the same account is in its log. */
  #isInLogLater(table: TouchTable, entry: number, state: EntityState): boolean {
    for (let later = table.nextEntries[entry]!; later >= 0; later = table.nextEntries[later]!) {
      const row = table.rows[later]!;
      if (state.isInLog(this.#batch.eventKeys[row]!, this.#batch.offsets[row]!)) return true;
    }
    return false;
  }

  /** What was found of an account is nothing that it is shown at the entities of its own signup. */
  #noteOwnJudgement(row: number, state: EntityState): void {
    for (let link = 0; link < labelledKinds.length; link++) {
      const at = row * kindCount + labelledKinds[link]!.kindIndex;
      this.#ownJudgements[at] = state.judgementAt(link, this.#batch.keys[at * 2]!, this.#batch.keys[at * 2 + 1]!);
    }
  }

  /** The label that a row brought moves at the entities of the account's signup. */
  #relabel(row: number, state: EntityState): void {
    // If another one came since, a label that moved now would overtake it.
    const change = state.judgementChangeBy(this.#batch.eventKeys[row]!);
    if (change === null || change.judgement === change.former) return;
    this.#echo(row, state, rejudgeCode(change.former, change.judgement));
  }

  /** The account of a row is forgotten where its signup was. */
  #forget(row: number, state: EntityState): void {
    this.#echo(row, state, forgetCode(state.judgement));
  }

  #echo(row: number, state: EntityState, code: number): void {
    state.eachLink((kind, high, low) => this.#echoes.push({ row, kind, high, low, code }));
  }
}

/** Whether the request has a record for each of an entity's rows. */
function areAllWritten(table: TouchTable, entity: number): boolean {
  for (let entry = table.firstEntries[entity]!; entry >= 0; entry = table.nextEntries[entry]!)
    if (table.records[entry] === 0) return false;
  return true;
}

function entitiesErased({ count, erases, keys }: ObservationBatch): readonly EntityName[] {
  const erased: EntityName[] = [];
  for (let row = 0; row < count; row++) {
    for (let kind = 0; erases[row] === 1 && kind < kindCount; kind++) {
      const at = (row * kindCount + kind) * 2;
      if (keys[at] !== 0 || keys[at + 1] !== 0) erased.push({ kind, high: keys[at]!, low: keys[at + 1]! });
    }
  }
  return erased;
}

function countTouches({ count, keys }: ObservationBatch): number {
  let touches = 0;
  for (let at = 0; at < count * kindCount * 2; at += 2) if (keys[at] !== 0 || keys[at + 1] !== 0) touches++;
  return touches;
}
