import type { KindLayout } from '../features/state.ts';
import { addGap, gapEntropyBits, gapWords } from './gap-histogram.ts';
import { addToMoments, areMoments, deviationOf, doublesPerMoments, meanOf } from './moments.ts';
import type { Memory, RecordLayout } from './record.ts';
import { isHistoryTime } from './time-bounds.ts';

/** When entities of a kind were touched first and last, and how far apart their touches are: as much of it as the kind keeps. */
export class Spans {
  /** Whether any of it is read: of each entity the last touch is kept, and of some no more than that. */
  readonly areRead: boolean;
  /** Columns; undefined where the kind does not keep it. */
  readonly #age: number | undefined;
  readonly #idle: number | undefined;
  readonly #gapMean: number | undefined;
  readonly #gapVariation: number | undefined;
  readonly #gapEntropy: number | null;
  /** Doubles: last touch, milliseconds since the epoch; 0 before the first. */
  readonly #last: number;
  /** Doubles: first touch, likewise; -1 where it is not kept. */
  readonly #first: number;
  /** Doubles: moments of the gaps, seconds; -1 where they are not kept. */
  readonly #gaps: number;
  /** Words: the histogram of the gaps, where the kind keeps one. */
  readonly #histogram: number;

  constructor({ spans, gapColumn }: Pick<KindLayout, 'spans' | 'gapColumn'>, record: RecordLayout) {
    this.#age = spans.age_s;
    this.#idle = spans.idle_s;
    this.#gapMean = spans.gap_mean_s;
    this.#gapVariation = spans.gap_variation;
    this.#gapEntropy = gapColumn;
    this.areRead = Object.keys(spans).length > 0 || gapColumn !== null;
    const keepsGaps = this.#gapMean !== undefined || this.#gapVariation !== undefined;
    this.#last = record.reserve('last touch', 1, 8);
    this.#first = this.#age === undefined ? -1 : record.reserve('first touch', 1, 8);
    this.#gaps = keepsGaps ? record.reserve('gaps', doublesPerMoments, 8) : -1;
    this.#histogram = record.reserve('histogram of gaps', gapColumn === null ? 0 : gapWords, 4);
  }

  /** The entity acted. A late event makes a gap of 0, never a negative one. */
  add({ doubles, words }: Memory, start: number, timeMs: number): void {
    const base = start / 2;
    const lastMs = doubles[base + this.#last]!;
    if (lastMs !== 0) {
      const gapS = Math.max(0, timeMs - lastMs) / 1000;
      if (this.#gaps >= 0) addToMoments(doubles, base + this.#gaps, gapS);
      if (this.#gapEntropy !== null) addGap(words, start + this.#histogram, gapS);
    }
    if (timeMs > lastMs) doubles[base + this.#last] = timeMs;
    if (this.#first < 0) return;
    const firstMs = doubles[base + this.#first]!;
    if (firstMs === 0 || timeMs < firstMs) doubles[base + this.#first] = timeMs;
  }

  /** Writes the columns of the spans and of the gaps. `idleMs`: as `idleMs` returned before this event was added. */
  read(memory: Memory, start: number, timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    if (this.#age !== undefined) values[row + this.#age] = this.ageMs(memory, start, timeMs) / 1000;
    if (this.#idle !== undefined) values[row + this.#idle] = idleMs / 1000;
    if (this.#gaps >= 0) this.#readGaps(memory.doubles, start / 2 + this.#gaps, values, row);
    if (this.#gapEntropy !== null)
      values[row + this.#gapEntropy] = gapEntropyBits(memory.words, start + this.#histogram);
  }

  /** Whether touches can have made this. */
  isSound({ doubles }: Memory, start: number): boolean {
    const base = start / 2;
    const lastMs = doubles[base + this.#last]!;
    const firstMs = this.#first < 0 ? lastMs : doubles[base + this.#first]!;
    if (this.#gaps >= 0 && !areMoments(doubles, base + this.#gaps)) return false;
    if (lastMs === 0) return firstMs === 0;
    return isHistoryTime(firstMs) && isHistoryTime(lastMs) && firstMs <= lastMs;
  }

  /** Milliseconds since the epoch; 0 before the first touch. */
  lastMs({ doubles }: Memory, start: number): number {
    return doubles[start / 2 + this.#last]!;
  }

  /** Milliseconds from the last touch to `timeMs`, not below 0; NaN before the first. */
  idleMs({ doubles }: Memory, start: number, timeMs: number): number {
    const lastMs = doubles[start / 2 + this.#last]!;
    return lastMs === 0 ? NaN : Math.max(0, timeMs - lastMs);
  }

  /** Milliseconds from the first touch to `timeMs`, not below 0; NaN before the first, and where it is not kept. */
  ageMs({ doubles }: Memory, start: number, timeMs: number): number {
    const firstMs = this.#first < 0 ? 0 : doubles[start / 2 + this.#first]!;
    return firstMs === 0 ? NaN : Math.max(0, timeMs - firstMs);
  }

  #readGaps(doubles: Float64Array, gaps: number, values: Float64Array, row: number): void {
    const meanS = meanOf(doubles, gaps);
    if (this.#gapMean !== undefined) values[row + this.#gapMean] = meanS;
    if (this.#gapVariation !== undefined)
      values[row + this.#gapVariation] = meanS === 0 ? NaN : deviationOf(doubles, gaps) / meanS;
  }
}
