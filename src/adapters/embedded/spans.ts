import { addGap, gapEntropyBits, gapWords } from '../../features/gap-histogram.ts';
import type { KindLayout } from '../../features/state.ts';
import { addToMoments, deviationOf, doublesPerMoments, meanOf } from './moments.ts';
import type { Slab } from './slab.ts';

/** When entities of a kind were touched first and last, and how far apart their touches are. */
export class Spans {
  readonly #slab: Slab;
  readonly #column: number;
  /** Doubles: first and last touch, milliseconds since the epoch; 0 before the first. */
  readonly #times: number;
  /** Doubles: moments of the gaps, seconds. */
  readonly #gaps: number;
  /** Words: the histogram of the gaps, where the kind keeps one. */
  readonly #histogram: number;
  readonly #gapColumn: number | null;

  constructor(layout: KindLayout, slab: Slab) {
    this.#slab = slab;
    this.#column = layout.spanColumn;
    this.#times = slab.reserve('first touch, last touch', 2, 8);
    this.#gaps = slab.reserve('gaps', doublesPerMoments, 8);
    this.#gapColumn = layout.gapColumn;
    this.#histogram = slab.reserve('histogram of gaps', layout.gapColumn === null ? 0 : gapWords, 4);
  }

  /** The entity acted. A late event makes a gap of 0, never a negative one. */
  apply(slot: number, timeMs: number): void {
    const { doubles, words } = this.#slab.chunkOf(slot);
    const start = this.#slab.startOf(slot) / 2;
    const first = start + this.#times;
    const lastMs = doubles[first + 1]!;
    if (lastMs === 0) {
      doubles[first] = timeMs;
      doubles[first + 1] = timeMs;
      return;
    }
    const gapS = Math.max(0, timeMs - lastMs) / 1000;
    addToMoments(doubles, start + this.#gaps, gapS);
    if (this.#gapColumn !== null) addGap(words, this.#slab.startOf(slot) + this.#histogram, gapS);
    if (timeMs < doubles[first]!) doubles[first] = timeMs;
    if (timeMs > lastMs) doubles[first + 1] = timeMs;
  }

  /** Writes the columns of `spanNames` and of the gaps. `idleMs`: as `idleMs` answered before this event was applied. */
  read(slot: number, timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    const { doubles, words } = this.#slab.chunkOf(slot);
    const gaps = this.#slab.startOf(slot) / 2 + this.#gaps;
    const firstMs = this.firstMs(slot);
    const meanS = meanOf(doubles, gaps);
    const column = row + this.#column;
    values[column] = firstMs === 0 ? NaN : Math.max(0, timeMs - firstMs) / 1000;
    values[column + 1] = idleMs / 1000;
    values[column + 2] = meanS;
    values[column + 3] = meanS === 0 ? NaN : deviationOf(doubles, gaps) / meanS;
    if (this.#gapColumn !== null)
      values[row + this.#gapColumn] = gapEntropyBits(words, this.#slab.startOf(slot) + this.#histogram);
  }

  /** Milliseconds since the epoch; 0 before the first touch. */
  firstMs(slot: number): number {
    return this.#slab.chunkOf(slot).doubles[this.#slab.startOf(slot) / 2 + this.#times]!;
  }

  lastMs(slot: number): number {
    return this.#slab.chunkOf(slot).doubles[this.#slab.startOf(slot) / 2 + this.#times + 1]!;
  }
}
