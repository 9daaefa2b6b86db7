import { labels } from '../../domain/event.ts';
import { labelCodes, type ObservationBatch } from '../../features/observation.ts';
import {
  elementCount,
  entityKinds,
  measureCount,
  spanBit,
  windows,
  type KindLayout,
  type ShownBy,
} from '../../features/state.ts';
import { CountRings } from './count-rings.ts';
import { DistinctSketches, savedSketchWordsMax } from './distinct-sketches.ts';
import { EntityIndex } from './entity-index.ts';
import { addToMoments, deviationOf, doublesPerMoments, meanOf } from './moments.ts';
import { Slab } from './slab.ts';
import { Spans } from './spans.ts';

/** In place of a dump's number: a record that no dump is to have. */
const never = 0xffff_ffff;

/** All entities of one kind: their counters, their spans, and who was touched when. */
export class KindTable {
  /** A record an entity. Its fields up to the key are of this process alone; from there on they are what `save` writes. */
  readonly slab = new Slab();
  readonly index: EntityIndex;
  readonly spans: Spans;
  /** The last dump that was begun. */
  dump = 0;
  readonly #layout: KindLayout;
  readonly #rings: CountRings;
  readonly #sketches: DistinctSketches;
  /** Per distinct counter: the windows' spans and columns. */
  readonly #distincts: readonly {
    readonly elementIndex: number;
    readonly spansMs: readonly number[];
    readonly spanMsMax: number;
    readonly column: number;
    readonly shownBy: ShownBy;
  }[];
  /** Word: the last dump that has this entity, or that began before there was one. */
  readonly #dumped: number;
  /** Words: handles of blocks, one a distinct counter. */
  readonly #handles: number;
  /** Doubles: moments, one set a measure. */
  readonly #measures: number;
  /** Words: accounts labelled fake, and genuine; none where the kind keeps no labels. */
  readonly #labels: number;
  #blank = -1;

  constructor(layout: KindLayout, sketches: DistinctSketches) {
    const { slab } = this;
    this.#layout = layout;
    this.#sketches = sketches;
    this.#distincts = layout.distincts.map(({ elementIndex, windows: names, column, shownBy }) => {
      const spansMs = names.map((name) => windows[name].spanMs);
      return { elementIndex, spansMs, spanMsMax: Math.max(...spansMs), column, shownBy };
    });
    this.#dumped = slab.reserve('dumped', 1, 4);
    this.#handles = slab.reserve('handles', layout.distincts.length, 4);
    this.index = new EntityIndex(slab);
    this.spans = new Spans(layout, slab);
    this.#measures = slab.reserve('measures', layout.measures.length * doublesPerMoments, 8);
    this.#labels = slab.reserve('labels', layout.labelColumn === null ? 0 : labels.length, 4);
    this.#rings = new CountRings(layout, slab);
  }

  /** A slot for an entity that is not held. */
  add(high: number, low: number): number {
    const slot = this.index.add(high, low);
    this.#setDumped(slot, this.dump);
    return slot;
  }

  /** Forgets the entity in a slot, and gives its blocks back. */
  remove(slot: number): void {
    for (let index = 0; index < this.#distincts.length; index++) this.#sketches.release(this.#handle(slot, index));
    this.index.remove(slot);
    this.#setDumped(slot, never);
  }

  /** The slot of a record that is all zeros, and stays so: what is read of an entity that is not held. */
  blank(): number {
    if (this.#blank < 0) {
      this.#blank = this.slab.take();
      this.#setDumped(this.#blank, never);
    }
    return this.#blank;
  }

  /** Event time of the touch of the entity that was touched longest ago; Infinity when there is none. */
  oldestMs(): number {
    const slot = this.index.oldest();
    return slot < 0 ? Infinity : this.spans.lastMs(slot);
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
      if (!Number.isNaN(value)) addToMoments(this.slab.chunkOf(slot).doubles, this.#measureAt(slot, index), value);
    }
    if ((bits & spanBit) !== 0) this.spans.apply(slot, timeMs);
  }

  /** One of the entity's accounts is labelled, or labelled otherwise. Codes as in `ObservationBatch.labels`. */
  relabel(slot: number, former: number, label: number): void {
    const { words } = this.slab.chunkOf(slot);
    const at = this.slab.startOf(slot) + this.#labels - 1;
    // A former label that fell to an eviction is not there to be taken back.
    if (former !== labelCodes.none && words[at + former]! > 0) words[at + former]!--;
    words[at + label]!++;
  }

  /** Writes the entity's columns of a snapshot row, as of `timeMs`. `idleMs`: time since the touch before this one, or NaN. */
  read(slot: number, timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    this.#rings.read(slot, timeMs, values, row);
    for (let index = 0; index < this.#distincts.length; index++) {
      const distinct = this.#distincts[index]!;
      const handle = this.#handle(slot, index);
      for (let window = 0; window < distinct.spansMs.length; window++) {
        values[row + distinct.column + window] = this.#sketches.count(
          handle,
          timeMs,
          distinct.spansMs[window]!,
          distinct.spanMsMax,
        );
      }
    }
    const { words, doubles } = this.slab.chunkOf(slot);
    for (let index = 0; index < this.#layout.measures.length; index++) {
      const { column } = this.#layout.measures[index]!;
      const at = this.#measureAt(slot, index);
      values[row + column] = meanOf(doubles, at);
      values[row + column + 1] = deviationOf(doubles, at);
    }
    if (this.#layout.labelColumn !== null) {
      const at = this.slab.startOf(slot) + this.#labels;
      for (let label = 0; label < labels.length; label++)
        values[row + this.#layout.labelColumn + label] = words[at + label]!;
    }
    this.spans.read(slot, timeMs, idleMs, values, row);
  }

  /** Milliseconds from the entity's last touch to `timeMs`, not below 0; NaN for a new entity. */
  idleMs(slot: number, timeMs: number): number {
    const lastMs = this.spans.lastMs(slot);
    return lastMs === 0 ? NaN : Math.max(0, timeMs - lastMs);
  }

  /** Milliseconds from the entity's first touch to `timeMs`; 0 for a new one. */
  ageMs(slot: number, timeMs: number): number {
    const firstMs = this.spans.firstMs(slot);
    return firstMs === 0 ? 0 : Math.max(0, timeMs - firstMs);
  }

  /** Whether the dump of the moment is to have the entity in a slot and does not yet. Once asked, it counts as dumped. */
  takeForDump(slot: number): boolean {
    if (this.slab.chunkOf(slot).words[this.slab.startOf(slot) + this.#dumped]! >= this.dump) return false;
    this.#setDumped(slot, this.dump);
    return true;
  }

  /** Words that `save` writes at most. */
  get savedWordsMax(): number {
    return this.slab.recordWords - this.index.keyPlace + this.#distincts.length * savedSketchWordsMax;
  }

  /** Copies an entity to `target`, from `at` on: key, last touch, all that is counted. Answers where it ends. */
  save(slot: number, target: Uint32Array, at: number): number {
    const { words } = this.slab.chunkOf(slot);
    const end = this.slab.startOf(slot) + this.slab.recordWords;
    let to = at;
    for (let from = this.slab.startOf(slot) + this.index.keyPlace; from < end; from++) target[to++] = words[from]!;
    for (let index = 0; index < this.#distincts.length; index++)
      to = this.#sketches.save(this.#handle(slot, index), target, to);
    return to;
  }

  /** Adds the entity that `save` wrote at `at`; answers where it ends. `index.relink` completes the table. */
  restore(source: Uint32Array, at: number): number {
    const slot = this.slab.take();
    const { words } = this.slab.chunkOf(slot);
    const start = this.slab.startOf(slot);
    let from = at;
    for (let word = this.index.keyPlace; word < this.slab.recordWords; word++) words[start + word] = source[from++]!;
    for (let index = 0; index < this.#distincts.length; index++) {
      words[start + this.#handles + index] = this.#sketches.restore(source, from);
      from += DistinctSketches.savedWords(source, from);
    }
    this.index.adopt(slot);
    return from;
  }

  #setDumped(slot: number, dump: number): void {
    this.slab.chunkOf(slot).words[this.slab.startOf(slot) + this.#dumped] = dump;
  }

  #handle(slot: number, index: number): number {
    return this.slab.chunkOf(slot).words[this.slab.startOf(slot) + this.#handles + index]!;
  }

  #measureAt(slot: number, index: number): number {
    return this.slab.startOf(slot) / 2 + this.#measures + index * doublesPerMoments;
  }

  #addElements(slot: number, elements: Uint32Array, elementRow: number, timeMs: number, isYoung: boolean): void {
    const { words } = this.slab.chunkOf(slot);
    const first = this.slab.startOf(slot) + this.#handles;
    for (let index = 0; index < this.#distincts.length; index++) {
      const distinct = this.#distincts[index]!;
      const element = elements[elementRow + distinct.elementIndex]!;
      if (element === 0 || distinct.shownBy === (isYoung ? 'established' : 'young')) continue;
      words[first + index] = this.#sketches.add(words[first + index]!, element, timeMs, distinct.spanMsMax);
    }
  }
}
