import assert from 'node:assert/strict';
import { labels } from '../domain/event.ts';
import { spanBit, windows, type KindLayout, type ShownBy } from '../features/state.ts';
import { countDistinct, dropElement, secondOf } from './distinct-counts.ts';
import { fadedSum, forwardWeight, labelOf, withoutJudgement, type Judgement } from './judgement.ts';
import { addToMoments, areMoments, deviationOf, doublesPerMoments, meanOf } from './moments.ts';
import type { Memory, RecordLayout } from './record.ts';
import { counterWords, countSingle, isSingle, showSingle, singleSecond } from './single-element.ts';
import { Spans } from './spans.ts';
import { isHistoryTime } from './time-bounds.ts';
import { countBits, WindowedCounts } from './windowed-counts.ts';

/**
 * Where the blocks of distinct counters lie (`distinct-counts.ts`). A record holds two words for each of its counters: a handle, or
 * the one element that it has seen (`single-element.ts`).
 */
export interface DistinctBlocks {
  /** Adds an element; returns the handle to keep, which may be another. `second` and `spanS` as of `addDistinct`. */
  add(handle: number, element: number, second: number, spanS: number): number;
  wordsOf(handle: number): Uint32Array;
  placeOf(handle: number): number;
}

/** No handle: the counter has seen nothing. */
export const noBlock = 0;

/** What an event adds to an entity. One instance is filled again and again. */
export interface Touch {
  timeMs: number;
  /** As in `ObservationBatch.adds`. */
  bits: number;
  /** Elements shown to the distinct counters, by `elementIndex` from `elementRow` on; 0 for none. */
  elements: Uint32Array;
  elementRow: number;
  /** By `measureIndex` from `measureRow` on; NaN for none. */
  measures: Float64Array;
  measureRow: number;
  /** Whether the event's account is young. */
  isYoung: boolean;
}

interface DistinctPlan {
  readonly elementIndex: number;
  readonly spansS: readonly number[];
  readonly spanSMax: number;
  readonly column: number;
  readonly shownBy: ShownBy;
}

/** What is remembered of the entities of one kind, and what touches do to it. Works on one record at a time. */
export class KindHistory {
  readonly layout: KindLayout;
  readonly counts: WindowedCounts;
  readonly spans: Spans;
  readonly distincts: readonly DistinctPlan[];
  readonly #blocks: DistinctBlocks;
  /** Words: `counterWords` for each distinct counter. */
  readonly #handles: number;
  /** [measure] place of its moments among the doubles. */
  readonly #measures: readonly number[];
  /** Doubles: forward weights of accounts found fake, and genuine; none where the kind keeps no labels. */
  readonly #labels: number;

  /** @param handles the place of `counterWords` words for each distinct counter. */
  constructor(layout: KindLayout, record: RecordLayout, handles: number, blocks: DistinctBlocks) {
    this.layout = layout;
    this.#blocks = blocks;
    this.#handles = handles;
    this.distincts = layout.distincts.map(({ elementIndex, windows: names, column, shownBy }) => {
      const spansS = names.map((name) => windows[name].spanMs / 1000);
      return { elementIndex, spansS, spanSMax: Math.max(...spansS), column, shownBy };
    });
    this.spans = new Spans(layout, record);
    this.#measures = layout.measures.map(({ name }) => record.reserve(`measure ${name}`, doublesPerMoments, 8));
    this.#labels = record.reserve('labels', layout.labelColumn === null ? 0 : labels.length, 8);
    this.counts = new WindowedCounts(layout, record);
  }

  add(memory: Memory, start: number, touch: Touch): void {
    // What is not would empty windows, and be an age for good. A branch, since this runs some twenty times an event.
    if (!isHistoryTime(touch.timeMs)) assert.fail('stores hold times to their bounds');
    this.counts.add(memory, start, touch.bits, touch.timeMs);
    this.#addElements(memory.words, start, touch);
    for (let index = 0; index < this.layout.measures.length; index++) {
      const value = touch.measures[touch.measureRow + this.layout.measures[index]!.measureIndex]!;
      if (!Number.isNaN(value)) addToMoments(memory.doubles, start / 2 + this.#measures[index]!, value);
    }
    if ((touch.bits & spanBit) !== 0) this.spans.add(memory, start, touch.timeMs);
  }

  /**
   * Whether anything of a touch is read some time, of an entity that was never touched. A signup that fails counts for nobody's name or
   * mailbox: what it names and nobody else did need not be remembered for it.
   */
  takes(touch: Touch): boolean {
    if ((touch.bits & (this.spans.areRead ? ~0 : countBits)) !== 0) return true;
    for (let index = 0; index < this.distincts.length; index++) if (isShown(this.distincts[index]!, touch)) return true;
    for (let index = 0; index < this.layout.measures.length; index++)
      if (!Number.isNaN(touch.measures[touch.measureRow + this.layout.measures[index]!.measureIndex]!)) return true;
    return false;
  }

  /** Whether touches can have made this record, its distinct counters aside: for what comes from outside the process. */
  isSound(memory: Memory, start: number): boolean {
    const base = start / 2;
    const labelSums = this.layout.labelColumn === null ? 0 : labels.length;
    for (let label = 0; label < labelSums; label++) {
      const sum = memory.doubles[base + this.#labels + label]!;
      if (!(sum >= 0 && sum < Infinity)) return false;
    }
    return (
      this.counts.isSound(memory, start) &&
      this.spans.isSound(memory, start) &&
      this.#measures.every((place) => areMoments(memory.doubles, base + place))
    );
  }

  /** Writes the entity's columns of a snapshot row but its labels, as of `timeMs`. `idleMs`: time since the touch before this one, or NaN. */
  read(memory: Memory, start: number, timeMs: number, idleMs: number, values: Float64Array, row: number): void {
    this.counts.read(memory, start, timeMs, values, row);
    this.#readElements(memory.words, start, timeMs, values, row);
    for (let index = 0; index < this.layout.measures.length; index++) {
      const { column } = this.layout.measures[index]!;
      const at = start / 2 + this.#measures[index]!;
      values[row + column] = meanOf(memory.doubles, at);
      values[row + column + 1] = deviationOf(memory.doubles, at);
    }
    this.spans.read(memory, start, timeMs, idleMs, values, row);
  }

  /**
   * Writes the label columns: what was found of the entity's accounts, faded, without what was found of the reader itself.
   * @param own the judgement of the reader where it is one of those that the entity counts; else 0.
   */
  readLabels(
    { doubles }: Memory,
    start: number,
    timeMs: number,
    own: Judgement,
    values: Float64Array,
    row: number,
  ): void {
    const { labelColumn } = this.layout;
    if (labelColumn === null) return;
    const at = start / 2 + this.#labels;
    for (let label = 0; label < labels.length; label++) {
      const sum = doubles[at + label]!;
      const others = labelOf(own) === label + 1 ? withoutJudgement(sum, own) : sum;
      values[row + labelColumn + label] = fadedSum(others, timeMs);
    }
  }

  /** One of the entity's accounts is found to be something, or something else than before; 0 for nothing. */
  rejudge({ doubles }: Memory, start: number, former: Judgement, judgement: Judgement): void {
    if (this.layout.labelColumn === null) return;
    const at = start / 2 + this.#labels - 1;
    if (former !== 0) doubles[at + labelOf(former)] = withoutJudgement(doubles[at + labelOf(former)]!, former);
    if (judgement !== 0) doubles[at + labelOf(judgement)]! += forwardWeight(judgement);
  }

  /** One of the entity's accounts is forgotten: what was found of it counts no more, nor does it among the distinct elements. */
  forget(memory: Memory, start: number, judgement: Judgement, element: number): void {
    this.rejudge(memory, start, judgement, 0);
    for (let index = 0; index < this.distincts.length; index++) {
      const at = start + this.#handles + index * counterWords;
      if (isSingle(memory.words, at) && memory.words[at] !== element) continue;
      const handle = this.#blockOf(memory.words, at, this.distincts[index]!.spanSMax);
      if (handle !== noBlock) dropElement(this.#blocks.wordsOf(handle), this.#blocks.placeOf(handle), element);
    }
  }

  #addElements(words: Uint32Array, start: number, touch: Touch): void {
    const first = start + this.#handles;
    const second = secondOf(touch.timeMs);
    for (let index = 0; index < this.distincts.length; index++) {
      const distinct = this.distincts[index]!;
      if (!isShown(distinct, touch)) continue;
      const element = touch.elements[touch.elementRow + distinct.elementIndex]!;
      const at = first + index * counterWords;
      const isSmall = words[at] === noBlock || isSingle(words, at);
      if (isSmall && showSingle(words, at, element, second, distinct.spanSMax)) continue;
      words[at] = this.#blocks.add(this.#blockOf(words, at, distinct.spanSMax), element, second, distinct.spanSMax);
    }
  }

  /** The block of a counter. One that is a single element gets one, which says since when its windows are counted: its newest second. */
  #blockOf(words: Uint32Array, at: number, spanSMax: number): number {
    if (isSingle(words, at)) {
      words[at] = this.#blocks.add(noBlock, words[at]!, singleSecond(words, at), spanSMax);
      words[at + 1] = 0;
    }
    return words[at]!;
  }

  #readElements(words: Uint32Array, start: number, timeMs: number, values: Float64Array, row: number): void {
    const second = secondOf(timeMs);
    for (let index = 0; index < this.distincts.length; index++) {
      const { spansS, spanSMax, column } = this.distincts[index]!;
      const counter = start + this.#handles + index * counterWords;
      const handle = words[counter]!;
      if (handle === noBlock || isSingle(words, counter)) {
        for (let window = 0; window < spansS.length; window++)
          values[row + column + window] = countSingle(words, counter, second, spansS[window]!);
        continue;
      }
      const block = this.#blocks.wordsOf(handle);
      const at = this.#blocks.placeOf(handle);
      for (let window = 0; window < spansS.length; window++)
        values[row + column + window] = countDistinct(block, at, second, spansS[window]!, spanSMax);
    }
  }
}

/** Whether a touch shows an element to a distinct counter, and that takes it. */
function isShown({ elementIndex, shownBy }: DistinctPlan, { elements, elementRow, isYoung }: Touch): boolean {
  return elements[elementRow + elementIndex] !== 0 && shownBy !== (isYoung ? 'established' : 'young');
}
