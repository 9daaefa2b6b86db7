import type { Delays, Fates } from '../judge/outcome.ts';

/** What a reader saw of one output. */
export interface Output {
  /** Of the event that caused it. */
  readonly eventId: string;
  /** Names the output: the same again has the same one. */
  readonly outputId: string;
  /** Where the event stood, `partition:offset`; null where that is not told. */
  readonly place: string | null;
  /** What it says, as far as it must be the same each time. */
  readonly said: string;
}

interface First {
  readonly outputId: string;
  readonly place: string | null;
  readonly said: string;
}

/** When each event was due, in the order of the stream. Shared by all who get the same events. */
export class Schedule {
  readonly #dueMs: Float64Array;
  readonly #indexById: ReadonlyMap<string, number>;
  #sent = 0;

  /** @param ids of all events that may be sent, in their order */
  constructor(ids: readonly string[]) {
    this.#dueMs = new Float64Array(ids.length);
    this.#indexById = new Map(ids.map((id, index) => [id, index]));
  }

  get capacity(): number {
    return this.#dueMs.length;
  }

  /** Events that were due so far. */
  get sent(): number {
    return this.#sent;
  }

  /** The next event of the stream is due at this instant, which is no earlier than the one before. */
  add(dueMs: number): void {
    this.#dueMs[this.#sent++] = dueMs;
  }

  dueMs(index: number): number {
    return this.#dueMs[index]!;
  }

  /** Null for an event that was not sent. */
  indexOf(eventId: string): number | null {
    const index = this.#indexById.get(eventId) ?? Infinity;
    return index < this.#sent ? index : null;
  }

  /** The first event that was due at this instant or later. */
  firstFrom(atMs: number): number {
    let [low, high] = [0, this.#sent];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#dueMs[middle]! < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What came out of one processor, held against what was due. Milliseconds on one clock throughout. */
export class Deliveries {
  readonly #schedule: Schedule;
  /** When the first output of each event was read; 0: not yet. */
  readonly #outputMs: Float64Array;
  readonly #first: (First | undefined)[] = [];
  #received = 0;
  #repeated = 0;
  #conflicting = 0;
  #sentTwice = 0;
  #unknown = 0;
  /** All events before it have an output. */
  #oldest = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#outputMs = new Float64Array(schedule.capacity);
  }

  receive({ eventId, outputId, place, said }: Output, atMs: number): void {
    const index = this.#schedule.indexOf(eventId);
    if (index === null) {
      this.#unknown += 1;
      return;
    }
    const first = this.#first[index];
    if (first === undefined) {
      this.#first[index] = { outputId, place, said };
      this.#outputMs[index] = atMs;
      this.#received += 1;
    } else if (first.place === place) {
      this.#repeated += 1;
      if (first.outputId === outputId && first.said !== said) this.#conflicting += 1;
    } else this.#sentTwice += 1;
  }

  get fates(): Fates {
    const { sent } = this.#schedule;
    return {
      sent,
      lost: sent - this.#received,
      repeated: this.#repeated,
      conflicting: this.#conflicting,
      sentTwice: this.#sentTwice,
      unknown: this.#unknown,
    };
  }

  /** Age of the oldest event that is due and has no output: lag, in milliseconds. 0 where there is none. */
  oldestAgeMs(nowMs: number): number {
    const { sent } = this.#schedule;
    while (this.#oldest < sent && this.#outputMs[this.#oldest]! > 0) this.#oldest += 1;
    return this.#oldest === sent ? 0 : Math.max(0, nowMs - this.#schedule.dueMs(this.#oldest));
  }

  /** Of the events that were due in a span and have an output. Null where there is none. */
  delaysMs(fromMs: number, toMs: number, isMeant: (index: number) => boolean = () => true): Delays | null {
    const delays: number[] = [];
    for (let index = this.#schedule.firstFrom(fromMs); index < this.#schedule.firstFrom(toMs); index += 1) {
      if (this.#outputMs[index]! > 0 && isMeant(index)) {
        delays.push(this.#outputMs[index]! - this.#schedule.dueMs(index));
      }
    }
    if (delays.length === 0) return null;
    const sorted = Float64Array.from(delays).toSorted();
    const at = (quantile: number): number =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))]! * 10) / 10;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
