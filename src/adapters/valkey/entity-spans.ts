import { addGap, gapEntropyBits, gapWords } from '../../features/gap-histogram.ts';
import type { KindLayout } from '../../features/state.ts';
import { readDouble, writeDouble } from './doubles.ts';
import { momentsWords, RunningMoments } from './running-moments.ts';

const hasGaps = 1;
const hasHistogram = 2;
/** Words that `save` writes at most. */
export const spansWordsMax = 5 + momentsWords + gapWords;

/** When an entity was touched first and last, and how its touches are spaced. */
export class EntitySpans {
  /** Milliseconds since the epoch; 0 for none. */
  #firstMs = 0;
  #lastMs = 0;
  /** Seconds. */
  readonly #gaps = new RunningMoments();
  readonly #histogram = new Uint32Array(gapWords);
  readonly #column: number;
  readonly #gapColumn: number | null;

  constructor({ spanColumn, gapColumn }: Pick<KindLayout, 'spanColumn' | 'gapColumn'>) {
    this.#column = spanColumn;
    this.#gapColumn = gapColumn;
  }

  clear(): void {
    this.#firstMs = 0;
    this.#lastMs = 0;
    this.#gaps.clear();
    this.#histogram.fill(0);
  }

  /** A late touch makes a gap of 0, never a negative one. */
  add(timeMs: number): void {
    if (this.#lastMs === 0) {
      this.#firstMs = timeMs;
      this.#lastMs = timeMs;
      return;
    }
    const gapS = Math.max(0, timeMs - this.#lastMs) / 1000;
    this.#gaps.add(gapS);
    if (this.#gapColumn !== null) addGap(this.#histogram, 0, gapS);
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

  /** Writes the columns of `spanNames` and of the gaps into a snapshot row. `idleMs`: time since the touch before, or NaN. */
  read(timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    const column = row + this.#column;
    const { count, mean, deviation } = this.#gaps;
    values[column] = this.ageMs(timeMs) / 1000;
    values[column + 1] = idleMs / 1000;
    values[column + 2] = count < 1 ? NaN : mean;
    values[column + 3] = mean === 0 ? NaN : deviation / mean;
    if (this.#gapColumn !== null) values[row + this.#gapColumn] = gapEntropyBits(this.#histogram, 0);
  }

  save(words: Uint32Array, at: number): number {
    const isSpaced = this.#gaps.count > 0;
    words[at++] = !isSpaced ? 0 : this.#gapColumn === null ? hasGaps : hasGaps | hasHistogram;
    at = writeDouble(words, writeDouble(words, at, this.#firstMs), this.#lastMs);
    if (!isSpaced) return at;
    at = this.#gaps.save(words, at);
    if (this.#gapColumn === null) return at;
    words.set(this.#histogram, at);
    return at + gapWords;
  }

  load(words: Uint32Array, at: number): number {
    const header = words[at]!;
    this.#firstMs = readDouble(words, at + 1);
    this.#lastMs = readDouble(words, at + 3);
    at += 5;
    if ((header & hasGaps) !== 0) at = this.#gaps.load(words, at);
    if ((header & hasHistogram) === 0) return at;
    for (let word = 0; word < gapWords; word++) this.#histogram[word] = words[at + word]!;
    return at + gapWords;
  }
}
