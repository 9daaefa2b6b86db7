import { spanBit, spanNames, windows, type KindLayout } from '../../features/state.ts';
import { CountRings } from './count-rings.ts';
import { noSketch, type DistinctSketches } from './distinct-sketches.ts';
import { EntityIndex, grown } from './entity-index.ts';

/** All entities of one kind: their counters, their spans, and who was touched when. */
export class KindTable {
  readonly index = new EntityIndex();
  readonly #layout: KindLayout;
  readonly #rings: CountRings;
  readonly #sketches: DistinctSketches;
  /** Per distinct counter: the windows' spans and columns. */
  readonly #distincts: readonly {
    readonly elementIndex: number;
    readonly spansMs: readonly number[];
    readonly spanMsMax: number;
    readonly column: number;
  }[];
  /** [slot × distincts] handles of blocks. */
  #handles: Uint32Array;
  /** [slot × 4] first and last touch (milliseconds since the epoch), mean and sum of squared deviations of the gaps (seconds). */
  #spans: Float64Array;
  /** [slot] gaps seen. */
  #gaps: Uint32Array;

  constructor(layout: KindLayout, sketches: DistinctSketches) {
    const { capacity } = this.index;
    this.#layout = layout;
    this.#sketches = sketches;
    this.#rings = new CountRings(layout, capacity);
    this.#distincts = layout.distincts.map(({ elementIndex, windows: names, column }) => {
      const spansMs = names.map((name) => windows[name].spanMs);
      return { elementIndex, spansMs, spanMsMax: Math.max(...spansMs), column };
    });
    this.#handles = new Uint32Array(capacity * this.#distincts.length);
    this.#spans = new Float64Array(capacity * spanNames.length);
    this.#gaps = new Uint32Array(capacity);
  }

  /** A cleared slot for a new entity. */
  add(high: number, low: number): number {
    const slot = this.index.add(high, low);
    if (this.index.capacity * spanNames.length > this.#spans.length) this.#grow();
    this.#rings.clear(slot);
    this.#spans.fill(0, slot * spanNames.length, (slot + 1) * spanNames.length);
    this.#gaps[slot] = 0;
    return slot;
  }

  /** Forgets the entity touched longest ago, and gives its blocks back. */
  removeOldest(): number {
    const slot = this.index.oldest();
    const first = slot * this.#distincts.length;
    for (let at = first; at < first + this.#distincts.length; at++) {
      this.#sketches.release(this.#handles[at]!);
      this.#handles[at] = noSketch;
    }
    this.index.remove(slot);
    return slot;
  }

  /** Event time of the touch of the entity that was touched longest ago; Infinity when there is none. */
  oldestMs(): number {
    const slot = this.index.oldest();
    return slot < 0 ? Infinity : this.#spans[slot * spanNames.length + 1]!;
  }

  /** Adds one event to an entity. `elements` is the event's row of `ObservationBatch.elements`, starting at `elementRow`. */
  apply(slot: number, bits: number, elements: Uint32Array, elementRow: number, timeMs: number, counts: boolean): void {
    this.index.touch(slot);
    if (counts) {
      this.#rings.add(slot, bits, timeMs);
      for (let index = 0; index < this.#distincts.length; index++) {
        const distinct = this.#distincts[index]!;
        const element = elements[elementRow + distinct.elementIndex]!;
        if (element === 0) continue;
        const at = slot * this.#distincts.length + index;
        this.#handles[at] = this.#sketches.add(this.#handles[at]!, element, timeMs, distinct.spanMsMax);
      }
    }
    if ((bits & spanBit) !== 0) this.#applySpan(slot, timeMs);
  }

  /** Writes the entity's columns of a snapshot row, as of `timeMs`. `idleMs`: time since the touch before this one, or NaN. */
  read(slot: number, timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    this.#rings.read(slot, timeMs, values, row);
    for (let index = 0; index < this.#distincts.length; index++) {
      const distinct = this.#distincts[index]!;
      const handle = this.#handles[slot * this.#distincts.length + index]!;
      for (let window = 0; window < distinct.spansMs.length; window++) {
        values[row + distinct.column + window] = this.#sketches.count(handle, timeMs, distinct.spansMs[window]!);
      }
    }
    const at = slot * spanNames.length;
    const column = row + this.#layout.spanColumn;
    const gaps = this.#gaps[slot]!;
    const meanS = this.#spans[at + 2]!;
    const firstMs = this.#spans[at]!;
    // An entity that is read before it was ever applied (a replayed event after an eviction) has no age.
    values[column] = firstMs === 0 ? NaN : Math.max(0, timeMs - firstMs) / 1000;
    values[column + 1] = idleMs / 1000;
    values[column + 2] = gaps < 1 ? NaN : meanS;
    values[column + 3] = gaps < 2 || meanS === 0 ? NaN : Math.sqrt(this.#spans[at + 3]! / gaps) / meanS;
  }

  /** Milliseconds from the entity's last touch to `timeMs`, not below 0; NaN for a new entity. */
  idleMs(slot: number, timeMs: number): number {
    const lastMs = this.#spans[slot * spanNames.length + 1]!;
    return lastMs === 0 ? NaN : Math.max(0, timeMs - lastMs);
  }

  /** First, last, and Welford's running mean and variance of the gaps. A late event makes a gap of 0, never a negative one. */
  #applySpan(slot: number, timeMs: number): void {
    const at = slot * spanNames.length;
    const lastMs = this.#spans[at + 1]!;
    if (lastMs === 0) {
      this.#spans[at] = timeMs;
      this.#spans[at + 1] = timeMs;
      return;
    }
    const gapS = Math.max(0, timeMs - lastMs) / 1000;
    const gaps = ++this.#gaps[slot]!;
    const deviation = gapS - this.#spans[at + 2]!;
    this.#spans[at + 2]! += deviation / gaps;
    this.#spans[at + 3]! += deviation * (gapS - this.#spans[at + 2]!);
    if (timeMs < this.#spans[at]!) this.#spans[at] = timeMs;
    if (timeMs > lastMs) this.#spans[at + 1] = timeMs;
  }

  #grow(): void {
    const { capacity } = this.index;
    this.#rings.grow(capacity);
    this.#handles = grown(this.#handles, capacity * this.#distincts.length);
    this.#spans = grown(this.#spans, capacity * spanNames.length);
    this.#gaps = grown(this.#gaps, capacity);
  }
}
