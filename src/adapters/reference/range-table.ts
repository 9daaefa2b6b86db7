/** Two doubles and a number of 32 bits. */
const rangeBytes = 20;
/** Pieces into which all numbers are divided: so many that few ranges start in one. */
const pieces = 65_536;

/** Ranges of numbers that do not overlap, each with a value above 0: starts, ends and values in typed arrays. */
export class RangeTable {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #values: Uint32Array;
  /** Numbers of a piece. */
  readonly #pieceWidth: number;
  /** [piece] ranges that start before it: a search begins there, and not with looks that are far apart in memory. */
  readonly #before = new Uint32Array(pieces + 1);

  private constructor(starts: Float64Array, ends: Float64Array, values: Uint32Array) {
    this.#starts = starts;
    this.#ends = ends;
    this.#values = values;
    this.#pieceWidth = Math.ceil(((starts.at(-1) ?? 0) + 1) / pieces);
    for (let piece = 0, before = 0; piece <= pieces; piece++) {
      while (starts[before]! < piece * this.#pieceWidth) before++;
      this.#before[piece] = before;
    }
  }

  /** What a list holds; it may be added to afterwards. */
  static from({ starts, ends, values, count }: RangeList): RangeTable {
    return new RangeTable(starts.slice(0, count), ends.slice(0, count), values.slice(0, count));
  }

  /** The table whose `bytes` these were, on this machine. They are not copied, and begin at a multiple of eight in their buffer. */
  static of({ buffer, byteOffset, byteLength }: Uint8Array): RangeTable {
    const count = byteLength / rangeBytes;
    return new RangeTable(
      new Float64Array(buffer, byteOffset, count),
      new Float64Array(buffer, byteOffset + count * 8, count),
      new Uint32Array(buffer, byteOffset + count * 16, count),
    );
  }

  /** A copy of all that is held. */
  bytes(): Uint8Array {
    const arrays = [this.#starts, this.#ends, this.#values];
    return Buffer.concat(
      arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    );
  }

  /** Ranges held. */
  get count(): number {
    return this.#starts.length;
  }

  /** The value of the range that holds the number; 0 when none does. */
  valueAt(number: number): number {
    const starts = this.#starts;
    const piece = Math.min(pieces - 1, Math.floor(number / this.#pieceWidth));
    let low = this.#before[piece]!;
    let high = this.#before[piece + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= number) low = middle + 1;
      else high = middle;
    }
    return low > 0 && number <= this.#ends[low - 1]! ? this.#values[low - 1]! : 0;
  }
}

const firstCapacity = 1_024;

/** Takes ranges in the order of their starts. What is behind the first `count` of its arrays is not used yet. */
export class RangeList {
  starts = new Float64Array(firstCapacity);
  ends = new Float64Array(firstCapacity);
  values = new Uint32Array(firstCapacity);
  count = 0;
  #lastStart = -Infinity;
  #lastEnd = -1;

  /**
   * Adds a range, less what the one before it covers. Throws when it starts before that one: the data are not in order.
   * @param start First number of the range, a safe integer. @param end Its last number. @param value Above 0.
   */
  add(start: number, end: number, value: number): void {
    if (start < this.#lastStart) throw new Error(`the range that starts at ${start} is out of order`);
    this.#lastStart = start;
    const from = Math.max(start, this.#lastEnd + 1);
    if (from > end) return;
    if (this.count === this.starts.length) this.#double();
    this.starts[this.count] = from;
    this.ends[this.count] = end;
    this.values[this.count] = value;
    this.count += 1;
    this.#lastEnd = end;
  }

  #double(): void {
    const [starts, ends, values] = [this.starts, this.ends, this.values];
    this.starts = new Float64Array(this.count * 2);
    this.ends = new Float64Array(this.count * 2);
    this.values = new Uint32Array(this.count * 2);
    this.starts.set(starts);
    this.ends.set(ends);
    this.values.set(values);
  }
}
