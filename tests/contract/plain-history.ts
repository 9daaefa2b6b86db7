import {
  allowedLatenessMs,
  elementCount,
  entityKinds,
  kindLayouts,
  snapshotColumnCount,
  spanBit,
  windows,
  type KindLayout,
} from '../../src/features/state.ts';
import type { ObservationBatch } from '../../src/features/observation.ts';

interface Touch {
  readonly timeMs: number;
  readonly adds: number;
  /** By the kind's distinct counters; 0 for none. */
  readonly elements: readonly number[];
}

/**
 * History as a list of touches, from which every answer is counted anew: slow, unbounded, and plain to see through. What a store
 * answers is held against it.
 */
export class PlainHistory {
  readonly #touches = new Map<string, Touch[]>();
  readonly #watermarks = new Map<string, number>();
  readonly #events = new Map<string, number[]>();

  /** The snapshot rows that a store must answer. */
  observe(batch: ObservationBatch): Float64Array {
    const values = new Float64Array(batch.count * snapshotColumnCount).fill(NaN);
    const partition = `${batch.topic}:${batch.partition}`;
    const watermark = this.#watermarks.get(partition) ?? -1;
    for (let row = 0; row < batch.count; row++) {
      const isNew = batch.offsets[row]! > watermark && !this.#isDuplicate(batch, row);
      for (const layout of kindLayouts) this.#observeKind(batch, row, layout, isNew, values);
    }
    if (batch.count > 0) this.#watermarks.set(partition, Math.max(watermark, batch.offsets[batch.count - 1]!));
    return values;
  }

  #isDuplicate(batch: ObservationBatch, row: number): boolean {
    const account = `${batch.keys[row * entityKinds.length * 2]}:${batch.keys[row * entityKinds.length * 2 + 1]}`;
    const seen = this.#events.get(account) ?? [];
    this.#events.set(account, seen);
    if (seen.includes(batch.eventKeys[row]!)) return true;
    seen.push(batch.eventKeys[row]!);
    return false;
  }

  #observeKind(batch: ObservationBatch, row: number, layout: KindLayout, isNew: boolean, values: Float64Array): void {
    const at = row * entityKinds.length + layout.kindIndex;
    if (batch.keys[at * 2] === 0 && batch.keys[at * 2 + 1] === 0) return;
    const key = `${layout.kind}:${batch.keys[at * 2]}:${batch.keys[at * 2 + 1]}`;
    const touches = this.#touches.get(key) ?? [];
    this.#touches.set(key, touches);
    const timeMs = batch.timesMs[row]!;
    const before = touches.filter(({ adds }) => (adds & spanBit) !== 0).map((touch) => touch.timeMs);
    const elements = layout.distincts.map(({ elementIndex }) => batch.elements[row * elementCount + elementIndex]!);
    if (isNew) touches.push({ timeMs, adds: batch.adds[at]!, elements });

    const start = row * snapshotColumnCount;
    for (const [bit, count] of layout.counts.entries()) {
      for (const [index, name] of count.windows.entries())
        values[start + count.column + index] = countIn(touches, bit, timeMs, name);
    }
    for (const [position, distinct] of layout.distincts.entries()) {
      for (const [index, name] of distinct.windows.entries())
        values[start + distinct.column + index] = distinctIn(touches, position, timeMs, windows[name].spanMs);
    }
    writeSpans(touches, before, timeMs, values, start + layout.spanColumn);
  }
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

/** Elements whose last sight, in whole seconds, lies in the window. */
function distinctIn(touches: readonly Touch[], position: number, timeMs: number, spanMs: number): number {
  const lastSeen = new Map<number, number>();
  for (const touch of touches) {
    const element = touch.elements[position]!;
    if (element !== 0) lastSeen.set(element, Math.max(lastSeen.get(element) ?? 0, Math.floor(touch.timeMs / 1000)));
  }
  const second = Math.floor(timeMs / 1000);
  return [...lastSeen.values()].filter((seen) => seen > second - spanMs / 1000 && seen <= second).length;
}

function writeSpans(
  touches: readonly Touch[],
  before: readonly number[],
  timeMs: number,
  values: Float64Array,
  column: number,
): void {
  const moved = touches.filter(({ adds }) => (adds & spanBit) !== 0).map((touch) => touch.timeMs);
  const gapsS: number[] = [];
  let lastMs = moved[0] ?? 0;
  for (const ms of moved.slice(1)) {
    gapsS.push(Math.max(0, ms - lastMs) / 1000);
    lastMs = Math.max(lastMs, ms);
  }
  const mean = gapsS.reduce((sum, gap) => sum + gap, 0) / gapsS.length;
  const variance = gapsS.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gapsS.length;
  values[column] = moved.length === 0 ? NaN : Math.max(0, timeMs - Math.min(...moved)) / 1000;
  values[column + 1] = before.length === 0 ? NaN : Math.max(0, timeMs - Math.max(...before)) / 1000;
  values[column + 2] = gapsS.length < 1 ? NaN : mean;
  values[column + 3] = gapsS.length < 2 || mean === 0 ? NaN : Math.sqrt(variance) / mean;
}
