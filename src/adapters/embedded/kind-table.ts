import { labels } from '../../domain/event.ts';
import { labelCodes, type ObservationBatch } from '../../features/observation.ts';
import {
  elementCount,
  entityKinds,
  measureCount,
  spanBit,
  spanNames,
  windows,
  type KindLayout,
} from '../../features/state.ts';
import { CountRings } from './count-rings.ts';
import { noSketch, type DistinctSketches } from './distinct-sketches.ts';
import { EntityIndex, grown } from './entity-index.ts';

/** Values seen, mean, sum of squared deviations. */
const figuresPerMeasure = 3;

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
    readonly isYoungOnly: boolean;
  }[];
  /** [slot × distincts] handles of blocks. */
  #handles: Uint32Array;
  /** [slot × 4] first and last touch (milliseconds since the epoch), mean and sum of squared deviations of the gaps (seconds). */
  #spans: Float64Array;
  /** [slot] gaps seen. */
  #gaps: Uint32Array;
  /** [slot × measures × 3] values seen, their mean, and the sum of squared deviations. */
  #measures: Float64Array;
  /** [slot × 2] accounts labelled fake, and genuine; empty where the kind keeps none. */
  #labels: Uint32Array;

  constructor(layout: KindLayout, sketches: DistinctSketches) {
    const { capacity } = this.index;
    this.#layout = layout;
    this.#sketches = sketches;
    this.#rings = new CountRings(layout, capacity);
    this.#distincts = layout.distincts.map(({ elementIndex, windows: names, column, isYoungOnly }) => {
      const spansMs = names.map((name) => windows[name].spanMs);
      return { elementIndex, spansMs, spanMsMax: Math.max(...spansMs), column, isYoungOnly };
    });
    this.#handles = new Uint32Array(capacity * this.#distincts.length);
    this.#spans = new Float64Array(capacity * spanNames.length);
    this.#gaps = new Uint32Array(capacity);
    this.#measures = new Float64Array(capacity * layout.measures.length * figuresPerMeasure);
    this.#labels = new Uint32Array(layout.labelColumn === null ? 0 : capacity * labels.length);
  }

  /** A cleared slot for a new entity. */
  add(high: number, low: number): number {
    const slot = this.index.add(high, low);
    if (this.index.capacity * spanNames.length > this.#spans.length) this.#grow();
    this.#rings.clear(slot);
    this.#spans.fill(0, slot * spanNames.length, (slot + 1) * spanNames.length);
    this.#gaps[slot] = 0;
    const measures = this.#layout.measures.length * figuresPerMeasure;
    this.#measures.fill(0, slot * measures, (slot + 1) * measures);
    if (this.#layout.labelColumn !== null) this.#labels.fill(0, slot * labels.length, (slot + 1) * labels.length);
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

  /**
   * Adds row `row` of a batch to an entity. `counts`: whether windows take it (not when it is too far behind); `isYoung`: whether
   * its account is.
   */
  apply(slot: number, batch: ObservationBatch, row: number, counts: boolean, isYoung: boolean): void {
    const timeMs = batch.timesMs[row]!;
    const bits = batch.adds[row * entityKinds.length + this.#layout.kindIndex]!;
    this.index.touch(slot);
    if (counts) {
      this.#rings.add(slot, bits, timeMs);
      this.#addElements(slot, batch.elements, row * elementCount, timeMs, isYoung);
    }
    for (let index = 0; index < this.#layout.measures.length; index++) {
      const value = batch.measures[row * measureCount + this.#layout.measures[index]!.measureIndex]!;
      if (!Number.isNaN(value))
        this.#addMeasure((slot * this.#layout.measures.length + index) * figuresPerMeasure, value);
    }
    if ((bits & spanBit) !== 0) this.#applySpan(slot, timeMs);
  }

  /** One of the entity's accounts is labelled, or labelled otherwise. Codes as in `ObservationBatch.labels`. */
  relabel(slot: number, former: number, label: number): void {
    const at = slot * labels.length - 1;
    // A former label that fell to an eviction is not there to be taken back.
    if (former !== labelCodes.none && this.#labels[at + former]! > 0) this.#labels[at + former]!--;
    this.#labels[at + label]!++;
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
    this.#readMeasures(slot, values, row);
    if (this.#layout.labelColumn !== null) {
      for (let label = 0; label < labels.length; label++)
        values[row + this.#layout.labelColumn + label] = this.#labels[slot * labels.length + label]!;
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

  /** Milliseconds from the entity's first touch to `timeMs`; 0 for a new one. */
  ageMs(slot: number, timeMs: number): number {
    const firstMs = this.#spans[slot * spanNames.length]!;
    return firstMs === 0 ? 0 : Math.max(0, timeMs - firstMs);
  }

  #addElements(slot: number, elements: Uint32Array, elementRow: number, timeMs: number, isYoung: boolean): void {
    for (let index = 0; index < this.#distincts.length; index++) {
      const distinct = this.#distincts[index]!;
      const element = elements[elementRow + distinct.elementIndex]!;
      if (element === 0 || (distinct.isYoungOnly && !isYoung)) continue;
      const at = slot * this.#distincts.length + index;
      this.#handles[at] = this.#sketches.add(this.#handles[at]!, element, timeMs, distinct.spanMsMax);
    }
  }

  /** Welford's running mean and variance. */
  #addMeasure(at: number, value: number): void {
    const count = ++this.#measures[at]!;
    const deviation = value - this.#measures[at + 1]!;
    this.#measures[at + 1]! += deviation / count;
    this.#measures[at + 2]! += deviation * (value - this.#measures[at + 1]!);
  }

  #readMeasures(slot: number, values: Float64Array, row: number): void {
    for (let index = 0; index < this.#layout.measures.length; index++) {
      const at = (slot * this.#layout.measures.length + index) * figuresPerMeasure;
      const count = this.#measures[at]!;
      const { column } = this.#layout.measures[index]!;
      values[row + column] = count < 1 ? NaN : this.#measures[at + 1]!;
      values[row + column + 1] = count < 2 ? NaN : Math.sqrt(this.#measures[at + 2]! / count);
    }
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
    this.#measures = grown(this.#measures, capacity * this.#layout.measures.length * figuresPerMeasure);
    if (this.#layout.labelColumn !== null) this.#labels = grown(this.#labels, capacity * labels.length);
  }
}
