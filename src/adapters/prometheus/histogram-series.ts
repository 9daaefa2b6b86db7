import assert from 'node:assert/strict';

/**
 * The numbers of one histogram series, in typed arrays. prom-client's `observe` costs more than 100 ns a value, since it
 * hashes labels every time; a batch brings hundreds of values that all go to one series. Here a value costs a few
 * comparisons, and the text form is made when Prometheus asks.
 */
export class HistogramSeries {
  /** Ascending; a value belongs to the first bound that is not below it. */
  readonly bounds: Float64Array;
  /** Values per bucket, not cumulative; one more than there are bounds, for what is above them all. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    assert(bounds.length > 0, 'a histogram has a bound');
    for (let index = 1; index < bounds.length; index++) {
      assert(bounds[index - 1]! < bounds[index]!, 'bounds ascend');
    }
    this.bounds = Float64Array.from(bounds);
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Counts one value. NaN is a value that is not known, and is left out. */
  observe(value: number): void {
    if (Number.isNaN(value)) return;
    this.counts[bucketOf(this.bounds, value)]! += 1;
    this.sum += value;
  }

  /**
   * Counts `values / divisor` (1000 turns milliseconds into seconds). What is below 0 counts as 0: a producer whose clock is
   * ahead sends records from the future, and a sum that shrinks is no counter. NaN is left out.
   */
  observeAll(values: Float64Array | Float32Array, divisor: number): void {
    const { bounds, counts } = this;
    let sum = 0;
    for (let index = 0; index < values.length; index++) {
      const raw = values[index]! / divisor;
      if (Number.isNaN(raw)) continue;
      const value = raw > 0 ? raw : 0;
      counts[bucketOf(bounds, value)]! += 1;
      sum += value;
    }
    this.sum += sum;
  }
}

/** Index of the first bound at or above `value`, or `bounds.length`: a binary search, since 24 bounds are searched per event. */
function bucketOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
