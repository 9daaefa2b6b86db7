import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { limits } from '../../domain/limits.ts';

/** What a turn is about: some records of a partition. */
export interface Due {
  /** Of the first of them; NaN where it has none. */
  readonly timestampMs: number;
  readonly records: number;
  /** Of what was fetched of the partition beyond them; undefined where nothing was, NaN where that has none. */
  readonly nextMs?: number | undefined;
}

interface Waiting {
  readonly due: Due;
  /** Of the first of its records; -Infinity where that has none. */
  readonly timestampMs: number;
  readonly records: number;
  /** It rests, and is to be decided once more: it takes the place of nobody who has not begun. */
  readonly isResting: boolean;
  readonly begin: () => void;
}

/**
 * A turn may wait for a store. Were it two at a time whatever there is to do, each of 64 partitions with a few records would wait for 32
 * others, one after the other; so never for more than these. Of a few partitions no more go at a time, since the order between them is then
 * nobody's any more.
 */
const partitionsPerTurnMax = 8;
/** With a turn or at rest, however many of either may be: of so many it is remembered what was decided (`UnsettledOutcomes`). */
const { partitionsUnsettledMax } = limits;

/**
 * Who goes next among the partitions in hand: the one whose next records are the oldest. Accounts of several partitions see each other in
 * shared addresses and devices, so the order between partitions is part of what is decided; whole fetches in turn, as a
 * client hands them over, would put minutes of one partition before the same minutes of the next. A catch-up is so read nearly as its
 * events came about.
 */
export class Turns {
  readonly #atOnceMin: number;
  #atOnceMax: number;
  readonly #recordsAtOnce: number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  #runningRecords = 0;
  readonly #resting = new Set<Due>();
  #isChoosing = false;

  /**
   * @param atOnce turns that run at a time, of few partitions: while one waits for a store, another computes
   * @param recordsAtOnce of which together more turns may run. At a rate that a process keeps up with, a partition has a record or two at a time: what each turn
   *   costs and waits for is then most of it, and is less where they go step by step together; nor is the order looser for it than within one batch.
   */
  constructor(atOnce: number, recordsAtOnce = 0) {
    assert(atOnce >= 1, 'somebody may have a turn');
    this.#atOnceMin = atOnce;
    this.#atOnceMax = atOnce;
    this.#recordsAtOnce = recordsAtOnce;
  }

  /** The process has so many partitions from now on: of many, an eighth may have a turn at a time. */
  set partitions(count: number) {
    this.#atOnceMax = Math.max(this.#atOnceMin, Math.ceil(count / partitionsPerTurnMax));
    this.#choose();
  }

  /** The turns of one partition, one after the other; disposed of when it has no more. */
  enter(): Turn {
    return new Turn(
      (due, signal, isResting) => this.#wait(due, signal, isResting),
      (due, from, to) => this.#move(due, from, to),
    );
  }

  async #wait(due: Due, signal: AbortSignal, isResting: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { timestampMs, records } = due;
    const waiting = { due, timestampMs: orFirst(timestampMs), records, isResting, begin: resolve };
    const giveUp = (): void => {
      if (this.#waiting.has(waiting)) this.#begin(waiting);
    };
    this.#waiting.add(waiting);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    this.#choose();
    await promise;
    signal.removeEventListener('abort', giveUp);
  }

  #begin(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (waiting.isResting) this.#resting.delete(waiting.due);
    this.#running += 1;
    this.#runningRecords += waiting.records;
    waiting.begin();
  }

  #move(due: Due, from: TurnState, to: 'resting' | 'over'): void {
    if (from === 'running') {
      this.#running -= 1;
      this.#runningRecords -= due.records;
    }
    if (from === 'resting') this.#resting.delete(due);
    if (to === 'resting') this.#resting.add(due);
    this.#choose();
  }

  /**
   * Whose turn is next, and may begin now. What was fetched of a partition that rests goes before newer records of others, as if it
   * waited: or in a catch-up those would be read far ahead whose brokers answer soonest.
   */
  #next(): Waiting | undefined {
    const unsettled = this.#running + this.#resting.size;
    const isFull = unsettled >= partitionsUnsettledMax;
    const next = oldest(isFull ? this.#waiting.values().filter(({ isResting }) => isResting) : this.#waiting.values());
    if (next === undefined) return undefined;
    const hasRoom = this.#running < this.#atOnceMax || this.#runningRecords + next.records <= this.#recordsAtOnce;
    const isNext = next.isResting || unsettled < this.#atOnceMax || this.#isOldest(next);
    return hasRoom && isNext ? next : undefined;
  }

  /** Whether nothing older was fetched of partitions that rest. */
  #isOldest({ timestampMs }: Waiting): boolean {
    return this.#resting.values().every(({ nextMs = Infinity }) => timestampMs <= orFirst(nextMs));
  }

  /** Once all that came in the same turn of the loop are there, the sockets and timers having had theirs. */
  #choose(): void {
    if (this.#isChoosing) return;
    this.#isChoosing = true;
    void nextTurn().then(() => {
      this.#isChoosing = false;
      for (let next = this.#next(); next !== undefined; next = this.#next()) this.#begin(next);
    });
  }
}

type TurnState = 'over' | 'running' | 'resting';
type Wait = (due: Due, signal: AbortSignal, isResting: boolean) => Promise<void>;

/** Given by `Turns.enter`. */
class Turn {
  readonly #wait: Wait;
  readonly #move: (due: Due, from: TurnState, to: 'resting' | 'over') => void;
  #due: Due = { timestampMs: NaN, records: 0 };
  #state: TurnState = 'over';

  constructor(wait: Wait, move: (due: Due, from: TurnState, to: 'resting' | 'over') => void) {
    this.#wait = wait;
    this.#move = move;
  }

  /** Ends the turn before, if there was one, and resolves when the next one begins; at once where the signal is aborted. */
  async begin(due: Due, signal: AbortSignal): Promise<void> {
    const begun = this.#wait(due, signal, false);
    // After it has taken its place: the oldest records may be its own again.
    this[Symbol.dispose]();
    await begun;
    this.#due = due;
    this.#state = 'running';
  }

  /**
   * Does work in this turn, which may come to rest by it. What is tried once more after that is computed once more, so it waits for a turn
   * again, as all do; rejects where the signal is aborted meanwhile.
   */
  async take<T>(signal: AbortSignal, work: (rest: () => void) => Promise<T>): Promise<T> {
    if (this.#state === 'resting') {
      await this.#wait(this.#due, signal, true);
      this.#state = 'running';
      signal.throwIfAborted();
    }
    try {
      return await work(() => this.rest());
    } catch (error) {
      this.#letOthersPass();
      throw error;
    }
  }

  /** What was sent was refused, and is tried again some time: until then nobody waits behind what was fetched beyond it. */
  #letOthersPass(): void {
    if (this.#state !== 'resting') return;
    this.#move(this.#due, 'resting', 'over');
    this.#due = { ...this.#due, nextMs: undefined };
    this.#move(this.#due, 'over', 'resting');
  }

  /** Nothing is left but to wait for what was sent, and to settle: others may have a turn meanwhile. Changes nothing where none runs. */
  rest(): void {
    if (this.#state !== 'running') return;
    this.#state = 'resting';
    this.#move(this.#due, 'running', 'resting');
  }

  [Symbol.dispose](): void {
    const from = this.#state;
    this.#state = 'over';
    if (from !== 'over') this.#move(this.#due, from, 'over');
  }
}

/** What has no timestamp goes first: nothing may wait behind a time that nobody knows. */
function orFirst(timestampMs: number): number {
  return Number.isNaN(timestampMs) ? -Infinity : timestampMs;
}

/** The first of those that began waiting, where several are as old; undefined where nobody waits. */
function oldest(waiting: Iterable<Waiting>): Waiting | undefined {
  let found: Waiting | undefined;
  for (const each of waiting) if (found === undefined || each.timestampMs < found.timestampMs) found = each;
  return found;
}
