import { readDouble, writeDouble } from './doubles.ts';
import { momentsWords, RunningMoments } from './running-moments.ts';

const hasGaps = 1;
/** Words that `save` writes at most. */
export const spansWordsMax = 5 + momentsWords;

/** When an entity was touched first and last, and how its touches are spaced. */
export class EntitySpans {
  /** Milliseconds since the epoch; 0 for none. */
  #firstMs = 0;
  #lastMs = 0;
  /** Seconds. */
  readonly #gaps = new RunningMoments();

  clear(): void {
    this.#firstMs = 0;
    this.#lastMs = 0;
    this.#gaps.clear();
  }

  /** A late touch makes a gap of 0, never a negative one. */
  add(timeMs: number): void {
    if (this.#lastMs === 0) {
      this.#firstMs = timeMs;
      this.#lastMs = timeMs;
      return;
    }
    this.#gaps.add(Math.max(0, timeMs - this.#lastMs) / 1000);
    if (timeMs < this.#firstMs) this.#firstMs = timeMs;
    if (timeMs > this.#lastMs) this.#lastMs = timeMs;
  }

  /** Milliseconds from the last touch to `timeMs`, not below 0; NaN before the first. */
  idleMs(timeMs: number): number {
    return this.#lastMs === 0 ? NaN : Math.max(0, timeMs - this.#lastMs);
  }

  /** Milliseconds from the first touch to `timeMs`, not below 0; NaN before the first. */
  ageMs(timeMs: number): number {
    return this.#firstMs === 0 ? NaN : Math.max(0, timeMs - this.#firstMs);
  }

  /** Writes the columns of `spanNames` from `column` on. `idleMs`: time since the touch before this one, or NaN. */
  read(timeMs: number, idleMs: number, values: Float64Array, column: number): void {
    const { count, mean, deviation } = this.#gaps;
    values[column] = this.ageMs(timeMs) / 1000;
    values[column + 1] = idleMs / 1000;
    values[column + 2] = count < 1 ? NaN : mean;
    values[column + 3] = mean === 0 ? NaN : deviation / mean;
  }

  save(words: Uint32Array, at: number): number {
    const isSpaced = this.#gaps.count > 0;
    words[at++] = isSpaced ? hasGaps : 0;
    at = writeDouble(words, writeDouble(words, at, this.#firstMs), this.#lastMs);
    return isSpaced ? this.#gaps.save(words, at) : at;
  }

  load(words: Uint32Array, at: number): number {
    const header = words[at]!;
    this.#firstMs = readDouble(words, at + 1);
    this.#lastMs = readDouble(words, at + 3);
    return (header & hasGaps) === 0 ? at + 5 : this.#gaps.load(words, at + 5);
  }
}
