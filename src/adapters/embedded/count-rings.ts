import { allowedLatenessMs, windows, type KindLayout, type WindowName } from '../../features/state.ts';
import { grown } from './entity-index.ts';

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

const bucketMax = 0xffff;

/**
 * Windowed counters of one kind of entity: for each window a ring of buckets, by event time.
 *
 * All counters of a window share the number of the newest bucket, so moving on costs once per window. A late event lands in
 * its own bucket as long as that is kept, and is read as of its own time. A bucket holds at most 65,535 and stays there.
 */
export class CountRings {
  readonly #plans: readonly WindowPlan[];
  readonly #bucketsPerEntity: number;
  #buckets: Uint16Array;
  /** [slot × plans] number of the newest bucket since the epoch. */
  #newest: Uint32Array;

  constructor(layout: KindLayout, capacity: number) {
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
    this.#bucketsPerEntity = offset;
    this.#buckets = new Uint16Array(capacity * offset);
    this.#newest = new Uint32Array(capacity * this.#plans.length);
  }

  grow(capacity: number): void {
    this.#buckets = grown(this.#buckets, capacity * this.#bucketsPerEntity);
    this.#newest = grown(this.#newest, capacity * this.#plans.length);
  }

  clear(slot: number): void {
    this.#buckets.fill(0, slot * this.#bucketsPerEntity, (slot + 1) * this.#bucketsPerEntity);
    this.#newest.fill(0, slot * this.#plans.length, (slot + 1) * this.#plans.length);
  }

  /** Adds 1 to each counter whose bit is set. Too late for a window: that window stays as it is. */
  add(slot: number, bits: number, timeMs: number): void {
    const base = slot * this.#bucketsPerEntity;
    for (let index = 0; index < this.#plans.length; index++) {
      const plan = this.#plans[index]!;
      const bucket = Math.floor(timeMs / plan.bucketMs);
      const newest = this.#newest[slot * this.#plans.length + index]!;
      if (bucket > newest) this.#moveOn(plan, base, slot * this.#plans.length + index, newest, bucket);
      else if (bucket <= newest - plan.bucketsKept) continue;
      const position = bucket % plan.bucketsKept;
      for (let counter = 0; counter < plan.counters.length; counter++) {
        if (((bits >>> plan.counters[counter]!.bit) & 1) === 0) continue;
        const at = base + plan.offset + counter * plan.bucketsKept + position;
        const count = this.#buckets[at]!;
        if (count < bucketMax) this.#buckets[at] = count + 1;
      }
    }
  }

  /** Writes each counter's windows, as of `timeMs`, into a snapshot row that starts at `row`. */
  read(slot: number, timeMs: number, values: Float64Array, row: number): void {
    const base = slot * this.#bucketsPerEntity;
    for (let index = 0; index < this.#plans.length; index++) {
      const plan = this.#plans[index]!;
      const end = Math.floor(timeMs / plan.bucketMs);
      const newest = this.#newest[slot * this.#plans.length + index]!;
      const last = end < newest ? end : newest;
      const kept = newest - plan.bucketsKept;
      // Not below 0: no ring has a place for what is before the epoch.
      const first = Math.max(end - plan.bucketsRead, kept, -1) + 1;
      for (let counter = 0; counter < plan.counters.length; counter++) {
        const start = base + plan.offset + counter * plan.bucketsKept;
        let sum = 0;
        let position = first % plan.bucketsKept;
        for (let bucket = first; bucket <= last; bucket++) {
          sum += this.#buckets[start + position]!;
          if (++position === plan.bucketsKept) position = 0;
        }
        values[row + plan.counters[counter]!.column] = sum;
      }
    }
  }

  #moveOn(plan: WindowPlan, base: number, newestAt: number, from: number, to: number): void {
    this.#newest[newestAt] = to;
    const start = base + plan.offset;
    if (to - from >= plan.bucketsKept) {
      this.#buckets.fill(0, start, start + plan.counters.length * plan.bucketsKept);
      return;
    }
    for (let bucket = from + 1; bucket <= to; bucket++) {
      const position = start + (bucket % plan.bucketsKept);
      for (let counter = 0; counter < plan.counters.length; counter++)
        this.#buckets[position + counter * plan.bucketsKept] = 0;
    }
  }
}
