/** Ranges of numbers that do not overlap, each with a value above 0: starts, ends and values in typed arrays. */
export class RangeTable {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #values: Uint32Array;

  constructor(ranges: RangeList) {
    this.#starts = Float64Array.from(ranges.starts);
    this.#ends = Float64Array.from(ranges.ends);
    this.#values = Uint32Array.from(ranges.values);
  }

  /** Ranges held. */
  get count(): number {
    return this.#starts.length;
  }

  /** The value of the range that holds the number; 0 when none does. */
  valueAt(number: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= number) low = middle + 1;
      else high = middle;
    }
    return low > 0 && number <= this.#ends[low - 1]! ? this.#values[low - 1]! : 0;
  }
}

/** Takes ranges in the order of their starts. */
export class RangeList {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly values: number[] = [];
  #lastStart = -Infinity;

  /**
   * Adds a range, less what the one before it covers. Throws when it starts before that one: the data are not in order.
   * @param start First number of the range, a safe integer. @param end Its last number. @param value Above 0.
   */
  add(start: number, end: number, value: number): void {
    if (start < this.#lastStart) throw new Error(`the range that starts at ${start} is out of order`);
    this.#lastStart = start;
    const from = Math.max(start, (this.ends.at(-1) ?? -1) + 1);
    if (from > end) return;
    this.starts.push(from);
    this.ends.push(end);
    this.values.push(value);
  }
}
