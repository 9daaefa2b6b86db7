import type { BlockCause } from './block-cause.ts';

/**
 * What became of an account, in the order in which it did. Each has its own time, how far the events had come: a batch may span hours, where a
 * backlog is worked off, and what was blocked over a day is not what was blocked within an hour.
 */
export type GovernorAct =
  | readonly [
      what: 'blocked',
      timeMs: number,
      account: string,
      causes: readonly BlockCause[],
      segments: readonly string[],
      /** Causes in segments where a person let them block. */
      released: readonly string[],
    ]
  | readonly [what: 'overturned' | 'forgotten', timeMs: number, account: string];

/** What one member counted that the others are to count too: keyed hashes of accounts, names of causes and segments, numbers. */
export interface GovernorNews {
  /** Of this form: what is of another is not understood, and passed over. */
  readonly form: 1;
  /** How far the events had come, by their own time. */
  readonly nowMs: number;
  readonly signups: readonly (readonly [segment: string, bucket: number, count: number])[];
  readonly acts: readonly GovernorAct[];
}

/** Acts that wait to be told at a time, while nobody can be told; the oldest go first. */
const actsMax = 5_000;
/** Quarters of an hour of signups that wait: no cap looks further back than a day. */
const bucketsMax = 100;

/** What one member counted and has told nobody yet. */
export class Untold {
  /** By bucket, then segment. */
  readonly #signups = new Map<number, Map<string, number>>();
  readonly #blocks = new Map<string, number>();
  readonly #acts: GovernorAct[] = [];

  signup(segment: string, bucket: number): void {
    const counts = this.#signups.get(bucket) ?? new Map<string, number>();
    this.#signups.set(bucket, counts);
    counts.set(segment, (counts.get(segment) ?? 0) + 1);
    if (this.#signups.size > bucketsMax) this.#signups.delete(this.#signups.keys().next().value!);
  }

  act(act: GovernorAct): void {
    this.#acts.push(act);
    if (this.#acts.length > actsMax) this.#acts.shift();
  }

  /** @param mark names a cause in a segment. */
  block(mark: string): void {
    this.#blocks.set(mark, (this.#blocks.get(mark) ?? 0) + 1);
  }

  /** Blocks of a cause in a segment that nobody else can have counted. */
  blocksOf(mark: string): number {
    return this.#blocks.get(mark) ?? 0;
  }

  /** Whether somebody waits to be told of an account: signups can be told later. */
  get isPressing(): boolean {
    return this.#acts.length > 0;
  }

  /** All that there is; null where there is nothing. */
  peek(nowMs: number): GovernorNews | null {
    if (this.#acts.length === 0 && this.#signups.size === 0) return null;
    const signups = [...this.#signups].flatMap(([bucket, counts]) =>
      Array.from(counts, ([segment, count]) => [segment, bucket, count] as const),
    );
    return { form: 1, nowMs, signups, acts: [...this.#acts] };
  }

  /** It is told. */
  clear(): void {
    this.#signups.clear();
    this.#blocks.clear();
    this.#acts.length = 0;
  }
}
