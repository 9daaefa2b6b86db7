import type { KindLayout } from '../features/state.ts';
import { addGap, gapEntropyBits, gapWords } from './gap-histogram.ts';
import { addToMoments, deviationOf, doublesPerMoments, meanOf } from './moments.ts';
import type { Memory, RecordLayout } from './record.ts';

/** When entities of a kind were touched first and last, and how far apart their touches are. */
export class Spans {
  readonly #column: number;
  readonly #gapColumn: number | null;
  /** Doubles: first and last touch, milliseconds since the epoch; 0 before the first. */
  readonly #times: number;
  /** Doubles: moments of the gaps, seconds. */
  readonly #gaps: number;
  /** Words: the histogram of the gaps, where the kind keeps one. */
  readonly #histogram: number;

  constructor(layout: Pick<KindLayout, 'spanColumn' | 'gapColumn'>, record: RecordLayout) {
    this.#column = layout.spanColumn;
    this.#gapColumn = layout.gapColumn;
    this.#times = record.reserve('first touch, last touch', 2, 8);
    this.#gaps = record.reserve('gaps', doublesPerMoments, 8);
    this.#histogram = record.reserve('histogram of gaps', layout.gapColumn === null ? 0 : gapWords, 4);
  }

  /** The entity acted. A late event makes a gap of 0, never a negative one. */
  add({ doubles, words }: Memory, start: number, timeMs: number): void {
    const first = start / 2 + this.#times;
    const lastMs = doubles[first + 1]!;
    if (lastMs === 0) {
      doubles[first] = timeMs;
      doubles[first + 1] = timeMs;
      return;
    }
    const gapS = Math.max(0, timeMs - lastMs) / 1000;
    addToMoments(doubles, start / 2 + this.#gaps, gapS);
    if (this.#gapColumn !== null) addGap(words, start + this.#histogram, gapS);
    if (timeMs < doubles[first]!) doubles[first] = timeMs;
    if (timeMs > lastMs) doubles[first + 1] = timeMs;
  }

  /** Writes the columns of `spanNames` and of the gaps. `idleMs`: as `idleMs` returned before this event was added. */
  read(memory: Memory, start: number, timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    const { doubles, words } = memory;
    const gaps = start / 2 + this.#gaps;
    const meanS = meanOf(doubles, gaps);
    const column = row + this.#column;
    values[column] = this.ageMs(memory, start, timeMs) / 1000;
    values[column + 1] = idleMs / 1000;
    values[column + 2] = meanS;
    values[column + 3] = meanS === 0 ? NaN : deviationOf(doubles, gaps) / meanS;
    if (this.#gapColumn !== null) values[row + this.#gapColumn] = gapEntropyBits(words, start + this.#histogram);
  }

  /** Milliseconds since the epoch; 0 before the first touch. */
  lastMs({ doubles }: Memory, start: number): number {
    return doubles[start / 2 + this.#times + 1]!;
  }

  /** Milliseconds from the last touch to `timeMs`, not below 0; NaN before the first. */
  idleMs({ doubles }: Memory, start: number, timeMs: number): number {
    const lastMs = doubles[start / 2 + this.#times + 1]!;
    return lastMs === 0 ? NaN : Math.max(0, timeMs - lastMs);
  }

  /** Milliseconds from the first touch to `timeMs`, not below 0; NaN before the first. */
  ageMs({ doubles }: Memory, start: number, timeMs: number): number {
    const firstMs = doubles[start / 2 + this.#times]!;
    return firstMs === 0 ? NaN : Math.max(0, timeMs - firstMs);
  }
}
