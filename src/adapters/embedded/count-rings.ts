import { allowedLatenessMs, windows, type KindLayout, type WindowName } from '../../features/state.ts';
import type { Slab } from './slab.ts';

interface WindowPlan {
  readonly bucketMs: number;
  /** Buckets that a read sums. */
  readonly bucketsRead: number;
  /** Buckets that are kept: those of a read, and those of the allowed lateness. */
  readonly bucketsKept: number;
  /** Counters with this window: their place among the kind's counts and their snapshot column. */
  readonly counters: readonly { readonly bit: number; readonly column: number }[];
  /** Where this window's buckets start within an entity's. Counter after counter, `bucketsKept` each. */
  readonly offset: number;
}

const wordBytes = 4;
const bucketMax = { 2: 0xffff, 4: 0xffff_ffff } as const;

/**
 * Windowed counters of one kind of entity: for each window a ring of buckets, by event time.
 *
 * All counters of a window share the number of the newest bucket, so moving on costs once per window. A late event lands in
 * its own bucket as long as that is kept, and is read as of its own time. A bucket holds at most 65,535, or 2^32 - 1 of a crowded
 * kind, and stays there.
 */
export class CountRings {
  readonly #slab: Slab;
  readonly #plans: readonly WindowPlan[];
  /** Words, one a plan: number of the newest bucket since the epoch. */
  readonly #newest: number;
  /** Halves, or words of a crowded kind: the buckets of all plans. */
  readonly #buckets: number;
  readonly #bucketBytes: 2 | 4;

  constructor(layout: KindLayout, slab: Slab) {
    let offset = 0;
    this.#plans = (Object.keys(windows) as WindowName[])
      .map((name) => {
        const { spanMs, bucketMs } = windows[name];
        const counters = layout.counts.flatMap((count, bit) => {
          const position = count.windows.indexOf(name);
          return position < 0 ? [] : [{ bit, column: count.column + position }];
        });
        const bucketsRead = spanMs / bucketMs;
        const bucketsKept = bucketsRead + Math.ceil(allowedLatenessMs / bucketMs);
        const plan = { bucketMs, bucketsRead, bucketsKept, counters, offset };
        offset += bucketsKept * counters.length;
        return plan;
      })
      .filter((plan) => plan.counters.length > 0);
    this.#slab = slab;
    this.#newest = slab.reserve('newest buckets', this.#plans.length, 4);
    this.#bucketBytes = layout.isCrowded ? 4 : 2;
    this.#buckets = slab.reserve('buckets', offset, this.#bucketBytes);
  }

  /** Adds 1 to each counter whose bit is set. Too late for a window: that window stays as it is. */
  add(slot: number, bits: number, timeMs: number): void {
    const { words, halves } = this.#slab.chunkOf(slot);
    const start = this.#slab.startOf(slot);
    const buckets = this.#bucketBytes === 4 ? words : halves;
    const base = (start * wordBytes) / this.#bucketBytes + this.#buckets;
    for (let index = 0; index < this.#plans.length; index++) {
      const plan = this.#plans[index]!;
      const bucket = Math.floor(timeMs / plan.bucketMs);
      const newestAt = start + this.#newest + index;
      const newest = words[newestAt]!;
      if (bucket > newest) {
        words[newestAt] = bucket;
        clearBuckets(buckets, base + plan.offset, plan, newest, bucket);
      } else if (bucket <= newest - plan.bucketsKept) continue;
      const position = bucket % plan.bucketsKept;
      for (let counter = 0; counter < plan.counters.length; counter++) {
        if (((bits >>> plan.counters[counter]!.bit) & 1) === 0) continue;
        const at = base + plan.offset + counter * plan.bucketsKept + position;
        const count = buckets[at]!;
        if (count < bucketMax[this.#bucketBytes]) buckets[at] = count + 1;
      }
    }
  }

  /** Writes each counter's windows, as of `timeMs`, into a snapshot row that starts at `row`. */
  read(slot: number, timeMs: number, values: Float64Array, row: number): void {
    const { words, halves } = this.#slab.chunkOf(slot);
    const recordStart = this.#slab.startOf(slot);
    const buckets = this.#bucketBytes === 4 ? words : halves;
    const base = (recordStart * wordBytes) / this.#bucketBytes + this.#buckets;
    for (let index = 0; index < this.#plans.length; index++) {
      const plan = this.#plans[index]!;
      const end = Math.floor(timeMs / plan.bucketMs);
      const newest = words[recordStart + this.#newest + index]!;
      const last = end < newest ? end : newest;
      const kept = newest - plan.bucketsKept;
      // Not below 0: no ring has a place for what is before the epoch.
      const first = Math.max(end - plan.bucketsRead, kept, -1) + 1;
      for (let counter = 0; counter < plan.counters.length; counter++) {
        const start = base + plan.offset + counter * plan.bucketsKept;
        let sum = 0;
        let position = first % plan.bucketsKept;
        for (let bucket = first; bucket <= last; bucket++) {
          sum += buckets[start + position]!;
          if (++position === plan.bucketsKept) position = 0;
        }
        values[row + plan.counters[counter]!.column] = sum;
      }
    }
  }
}

/** Empties the buckets of a plan after `from`, up to `to`: time has moved on. */
function clearBuckets(
  buckets: Uint16Array | Uint32Array,
  start: number,
  plan: WindowPlan,
  from: number,
  to: number,
): void {
  if (to - from >= plan.bucketsKept) {
    buckets.fill(0, start, start + plan.counters.length * plan.bucketsKept);
    return;
  }
  for (let bucket = from + 1; bucket <= to; bucket++) {
    const position = start + (bucket % plan.bucketsKept);
    for (let counter = 0; counter < plan.counters.length; counter++) buckets[position + counter * plan.bucketsKept] = 0;
  }
}
