import { readDouble, writeDouble } from './doubles.ts';

/** Words that `save` writes. */
export const momentsWords = 5;

/** Mean and spread of numbers as they come, without keeping them (Welford, 1962). */
export class RunningMoments {
  count = 0;
  mean = 0;
  #squares = 0;

  clear(): void {
    this.count = 0;
    this.mean = 0;
    this.#squares = 0;
  }

  add(value: number): void {
    this.count++;
    const deviation = value - this.mean;
    this.mean += deviation / this.count;
    this.#squares += deviation * (value - this.mean);
  }

  /** Standard deviation of all values seen; NaN before the second. */
  get deviation(): number {
    return this.count < 2 ? NaN : Math.sqrt(this.#squares / this.count);
  }

  save(words: Uint32Array, at: number): number {
    words[at] = this.count;
    return writeDouble(words, writeDouble(words, at + 1, this.mean), this.#squares);
  }

  load(words: Uint32Array, at: number): number {
    this.count = words[at]!;
    this.mean = readDouble(words, at + 1);
    this.#squares = readDouble(words, at + 3);
    return at + momentsWords;
  }
}
