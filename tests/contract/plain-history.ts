import { labels } from '../../src/domain/event.ts';
import { judgementEpoch } from '../../src/history/judgement.ts';
import { labelCodes, type ObservationBatch } from '../../src/features/observation.ts';
import {
  allowedLatenessMs,
  elementCount,
  entityKinds,
  kindLayouts,
  labelledKinds,
  measureCount,
  recentEventsMax,
  snapshotColumnCount,
  spanBit,
  spanNames,
  windows,
  youngAgeMsMax,
  type KindLayout,
  type SpanName,
  type WindowName,
} from '../../src/features/state.ts';

interface Judgement {
  readonly label: number;
  readonly epoch: number;
}

interface Said extends Judgement {
  /** Of the latest label that says so. */
  readonly timeMs: number;
}

const windowsBeginMs = Date.UTC(2020, 0, 1);
/** The last second that 32 bits hold, but for one value that means something else. */
const windowsEndMs = windowsBeginMs + (2 ** 32 - 2) * 1_000;

/** In place of an element that was taken back: it is heard of, and not seen. */
const takenBack = -1;

interface Touch {
  readonly timeMs: number;
  readonly adds: number;
  /** By the kind's distinct counters; 0 for none. */
  readonly elements: number[];
  readonly isYoung: boolean;
  /** By the kind's measures; NaN for none. */
  readonly measures: readonly number[];
}

/**
 * History as a list of touches, from which every answer is counted anew: slow, unbounded, and plain to see through. What a store
 * answers is held against it.
 */
export class PlainHistory {
  /** An entity of which nothing is read yet, too: time moves on for it. */
  readonly #remembersAll: boolean;
  readonly #touches = new Map<string, Touch[]>();
  #newestMs = 0;
  readonly #watermarks = new Map<string, number>();
  readonly #events = new Map<string, number[]>();
  /** What people say of an account and since when, the labelled entities of its last signup, and what was said there of whom. */
  readonly #labels = new Map<string, Said>();
  readonly #links = new Map<string, readonly string[]>();
  readonly #judged = new Map<string, Map<string, Judgement>>();

  constructor(remembersAll = false) {
    this.#remembersAll = remembersAll;
  }

  /** The snapshot rows that a store must answer. */
  observe(batch: ObservationBatch): Float64Array {
    const values = new Float64Array(batch.count * snapshotColumnCount).fill(NaN);
    const partition = `${batch.topic}:${batch.partition}`;
    const watermark = this.#watermarks.get(partition) ?? -1;
    for (let row = 0; row < batch.count; row++) {
      const account = keyOf(batch, row, kindLayouts[0]!);
      const erases = batch.erases[row] === 1;
      const mayAdd = (erases || this.#isInTime(batch, row)) && batch.offsets[row]! > watermark;
      if (erases && mayAdd) this.#erase(batch, row);
      const isNew = mayAdd && !erases && !this.#isDuplicate(batch, row);
      if (isNew && batch.joins[row] === 1 && !this.#labels.has(account))
        this.#links.set(
          account,
          labelledKinds.map((layout) => keyOf(batch, row, layout)),
        );
      if (isNew && batch.labels[row] !== labelCodes.none) this.#label(account, batch.labels[row]!, batch.timesMs[row]!);
      const isYoung = this.#isYoung(batch, row);
      for (const layout of kindLayouts) this.#observeKind(batch, row, layout, isNew, isYoung, values);
    }
    if (batch.count > 0) this.#watermarks.set(partition, Math.max(watermark, batch.offsets[batch.count - 1]!));
    return values;
  }

  /** Whether history hears of an event of that time; time itself moves on by it. */
  #isInTime(batch: ObservationBatch, row: number): boolean {
    const timeMs = batch.timesMs[row]!;
    if (timeMs < windowsBeginMs || timeMs > Math.min(windowsEndMs, batch.latestMs)) return false;
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    return timeMs > this.#newestMs - batch.behindMsMax;
  }

  /** The account, as itself and as a target; its label at the entities of its signup, and itself among their elements. */
  #erase(batch: ObservationBatch, row: number): void {
    const account = keyOf(batch, row, kindLayouts[0]!);
    for (const key of this.#links.get(account) ?? []) {
      this.#judged.get(key)?.delete(account);
      const element = Number(account.split(':')[1]);
      for (const touch of this.#touches.get(key) ?? [])
        for (const [position, each] of touch.elements.entries())
          if (each === element) touch.elements[position] = takenBack;
    }
    for (const layout of kindLayouts) {
      const key = keyOf(batch, row, layout);
      for (const known of [this.#touches, this.#events, this.#labels, this.#links, this.#judged]) known.delete(key);
    }
  }

  #isDuplicate(batch: ObservationBatch, row: number): boolean {
    const account = keyOf(batch, row, kindLayouts[0]!);
    const seen = this.#events.get(account) ?? [];
    this.#events.set(account, seen);
    if (seen.includes(batch.eventKeys[row]!)) return true;
    seen.push(batch.eventKeys[row]!);
    if (seen.length > recentEventsMax) seen.shift();
    return false;
  }

  #label(account: string, label: number, timeMs: number): void {
    const former = this.#labels.get(account);
    const isLater = former === undefined || timeMs > former.timeMs;
    // The later one counts, whichever comes first; of two of the same time the genuine one.
    if (!isLater && !(timeMs === former.timeMs && label === labelCodes.genuine)) return;
    const isSame = former?.label === label;
    const judgement = { label, epoch: isSame ? former.epoch : judgementEpoch(timeMs) };
    this.#labels.set(account, { ...judgement, timeMs });
    if (isSame) return;
    for (const key of this.#links.get(account) ?? []) {
      if (!this.#touches.has(key)) continue;
      const judged = this.#judged.get(key) ?? new Map<string, Judgement>();
      this.#judged.set(key, judged.set(account, judgement));
    }
  }

  /** The accounts of an entity that were found so, but for the row's own: each halves with every epoch since. */
  #judgedOthers(key: string, batch: ObservationBatch, row: number, label: number): number {
    const own = keyOf(batch, row, kindLayouts[0]!);
    const others = [...(this.#judged.get(key) ?? [])].filter(
      ([account, judged]) => account !== own && judged.label === label,
    );
    return others.reduce((sum, [, { epoch }]) => sum + 2 ** (epoch - judgementEpoch(batch.timesMs[row]!)), 0);
  }

  /** Whether the row's account was first seen, by its own acts before this one, less than the limit ago; or is new. */
  #isYoung(batch: ObservationBatch, row: number): boolean {
    const times = (this.#touches.get(keyOf(batch, row, kindLayouts[0]!)) ?? []).filter(
      ({ adds }) => (adds & spanBit) !== 0,
    );
    return times.length === 0 || batch.timesMs[row]! - Math.min(...times.map(({ timeMs }) => timeMs)) < youngAgeMsMax;
  }

  #observeKind(
    batch: ObservationBatch,
    row: number,
    layout: KindLayout,
    isNew: boolean,
    isYoung: boolean,
    values: Float64Array,
  ): void {
    const at = row * entityKinds.length + layout.kindIndex;
    if (batch.keys[at * 2] === 0 && batch.keys[at * 2 + 1] === 0) return;
    const key = keyOf(batch, row, layout);
    const touches = this.#touches.get(key) ?? [];
    const timeMs = batch.timesMs[row]!;
    const before = touches.filter(({ adds }) => (adds & spanBit) !== 0).map((touch) => touch.timeMs);
    const elements = layout.distincts.map(({ elementIndex }) => batch.elements[row * elementCount + elementIndex]!);
    const measures = layout.measures.map(({ measureIndex }) => batch.measures[row * measureCount + measureIndex]!);
    const own = { timeMs, adds: batch.adds[at]!, elements, isYoung, measures };
    // What was sent twice brings nobody to life, nor does what leaves nothing.
    const isKept =
      isNew && (touches.length > 0 || this.#remembersAll || layout.kind === 'account' || isRead(own, layout));
    if (isKept) this.#touches.set(key, touches).get(key)!.push(own);

    const start = row * snapshotColumnCount;
    for (const [bit, count] of layout.counts.entries()) {
      for (const [index, name] of count.windows.entries())
        values[start + count.column + index] = countIn(touches, bit, timeMs, name);
    }
    for (const [position, distinct] of layout.distincts.entries()) {
      const shown = touches.filter(({ isYoung: young }) => distinct.shownBy !== (young ? 'established' : 'young'));
      for (const [index, name] of distinct.windows.entries())
        values[start + distinct.column + index] = distinctIn(shown, position, timeMs, name, distinct.windows);
    }
    for (const [index, { column }] of layout.measures.entries())
      writeMeasure(
        touches.map((touch) => touch.measures[index]!),
        values,
        start + column,
      );
    if (layout.labelColumn !== null)
      for (const [index] of labels.entries())
        values[start + layout.labelColumn + index] = this.#judgedOthers(key, batch, row, index + 1);
    writeSpans(touches, before, timeMs, values, start, layout.spans);
    if (layout.gapColumn !== null) values[start + layout.gapColumn] = gapEntropyIn(touches);
  }
}

/** Whether anything of a touch is ever read, of an entity that it is the first one of. */
function isRead({ adds, elements, isYoung, measures }: Touch, layout: KindLayout): boolean {
  const isTimed = layout.gapColumn !== null || Object.values(layout.spans).some((column) => column !== undefined);
  const hidden = isYoung ? 'established' : 'young';
  return (
    (isTimed ? adds : adds & ~spanBit) !== 0 ||
    layout.distincts.some(({ shownBy }, position) => elements[position] !== 0 && shownBy !== hidden) ||
    measures.some((value) => !Number.isNaN(value))
  );
}

function keyOf(batch: ObservationBatch, row: number, { kind, kindIndex }: KindLayout): string {
  const at = (row * entityKinds.length + kindIndex) * 2;
  return `${kind}:${batch.keys[at]}:${batch.keys[at + 1]}`;
}

function writeMeasure(all: readonly number[], values: Float64Array, column: number): void {
  const known = all.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
  values[column] = known.length < 1 ? NaN : mean;
  values[column + 1] = known.length < 2 ? NaN : Math.sqrt(variance);
}

/** The newest `spanMs / bucketMs` buckets, the one of `timeMs` included, as far as they are still kept. */
function countIn(touches: readonly Touch[], bit: number, timeMs: number, name: keyof typeof windows): number {
  const { spanMs, bucketMs } = windows[name];
  const bucketOf = (ms: number): number => Math.floor(ms / bucketMs);
  const newest = Math.max(...touches.map((touch) => bucketOf(touch.timeMs)));
  const oldestKept = newest - spanMs / bucketMs - Math.ceil(allowedLatenessMs / bucketMs) + 1;
  const first = Math.max(bucketOf(timeMs) - spanMs / bucketMs + 1, oldestKept);
  return touches.filter(
    (touch) =>
      ((touch.adds >> bit) & 1) === 1 && bucketOf(touch.timeMs) >= first && bucketOf(touch.timeMs) <= bucketOf(timeMs),
  ).length;
}

/**
 * Elements whose last sight, in whole seconds, lies in the window. What comes later than the counter's longest window and the
 * allowed lateness is not heard, and what has become as old is not seen.
 */
function distinctIn(
  touches: readonly Touch[],
  position: number,
  timeMs: number,
  name: WindowName,
  names: readonly WindowName[],
): number {
  const keptS = (Math.max(...names.map((each) => windows[each].spanMs)) + allowedLatenessMs) / 1000;
  const lastSeen = new Map<number, number>();
  let newest = 0;
  for (const touch of touches) {
    const element = touch.elements[position]!;
    const seen = Math.floor(touch.timeMs / 1000);
    if (element === 0) continue;
    newest = Math.max(newest, seen);
    if (element !== takenBack && seen > newest - keptS)
      lastSeen.set(element, Math.max(lastSeen.get(element) ?? 0, seen));
  }
  // What is read as of a time out of bounds is read as of the bound.
  const second = Math.floor(Math.min(windowsEndMs, Math.max(windowsBeginMs, timeMs)) / 1000);
  const since = Math.max(second - windows[name].spanMs / 1000, newest - keptS);
  return [...lastSeen.values()].filter((seen) => seen > since && seen <= second).length;
}

function writeSpans(
  touches: readonly Touch[],
  before: readonly number[],
  timeMs: number,
  values: Float64Array,
  row: number,
  columns: KindLayout['spans'],
): void {
  const moved = movesOf(touches);
  const gapsS = gapsIn(moved);
  const mean = gapsS.reduce((sum, gap) => sum + gap, 0) / gapsS.length;
  const variance = gapsS.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gapsS.length;
  const spans: Record<SpanName, number> = {
    age_s: moved.length === 0 ? NaN : Math.max(0, timeMs - Math.min(...moved)) / 1000,
    idle_s: before.length === 0 ? NaN : Math.max(0, timeMs - Math.max(...before)) / 1000,
    gap_mean_s: gapsS.length < 1 ? NaN : mean,
    gap_variation: gapsS.length < 2 || mean === 0 ? NaN : Math.sqrt(variance) / mean,
  };
  for (const name of spanNames) if (columns[name] !== undefined) values[row + columns[name]] = spans[name];
}

/** Times of an entity's own acts, in the order in which they were heard of. */
function movesOf(touches: readonly Touch[]): readonly number[] {
  return touches.filter(({ adds }) => (adds & spanBit) !== 0).map((touch) => touch.timeMs);
}

/** Seconds; 0 where an act came late. */
function gapsIn(moved: readonly number[]): readonly number[] {
  return moved.slice(1).map((ms, index) => Math.max(0, ms - Math.max(...moved.slice(0, index + 1))) / 1000);
}

/** Bits, over classes that end at 1, 4, 16 … 4,096 seconds. When a class holds 255, all are halved before it takes another. */
function gapEntropyIn(touches: readonly Touch[]): number {
  const ends = [1, 4, 16, 64, 256, 1_024, 4_096, Infinity];
  let counts = ends.map(() => 0);
  for (const gapS of gapsIn(movesOf(touches))) {
    const gapClass = ends.findIndex((endS) => gapS < endS);
    if (counts[gapClass] === 255) counts = counts.map((count) => Math.floor(count / 2));
    counts[gapClass]!++;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < 4) return NaN;
  return counts
    .filter((count) => count > 0)
    .reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0);
}
