import assert from 'node:assert/strict';
import { eventTypes } from '../../domain/event.ts';
import { limits } from '../../domain/limits.ts';
import { featureColumn } from '../catalogue.ts';
import { featureCount } from '../extract.ts';
import type { Distribution, Norms } from './norms.ts';

/** Places of one table: the cuts, before them one that is below all values, and behind them one that is above. */
const places = limits.normsCutsMax + 2;

/** Events of a type below which its own distributions say little: those of all types together stand in. */
export const typeEventsMin = 100;

/** Every feature of every type: which column of the catalogue says the type. */
const typeColumn = featureColumn('event_type')!;

/**
 * Turns values into ranks among the platform's own events of the same type, for some features.
 *
 * The rank of a value that is a cut is the middle of those that share it; between two cuts ranks go up in a line; below all it is 0
 * and above all 1. What is missing stays so, and so does what was missing in all events of the norms: nothing is known of its order.
 * A type that the norms hardly saw has the ranks of all types together: they say less than its own would, and more than nothing, which a
 * model would take for an event without a trait.
 *
 * A table over the first bits of a value says where to begin in the cuts, and nearly always the place itself: a search by halves would
 * be guessed wrong by the processor at every other step.
 */
export class Ranker {
  /** The catalogue's columns that are ranked. */
  readonly #columns: Int32Array;
  /** [types × features × places] the cuts of each feature, ascending; Infinity where there is none. */
  readonly #cuts: Float32Array;
  /** [types × features × places × 4] the rank of the cut, that right above it, how ranks go up from there, and where they end. */
  readonly #lines: Float32Array;
  /** [types × features × 3] the key of the first bucket of values, the number of buckets after it, and where they are in `starts`. */
  readonly #buckets: Int32Array;
  /** The place in the cuts that no value of the bucket is below. */
  readonly #starts: Uint8Array;

  /** @param columns of the catalogue, each described by the norms. */
  constructor(norms: Norms, columns: Int32Array) {
    const size = eventTypes.length * columns.length;
    this.#columns = columns;
    this.#cuts = new Float32Array(size * places).fill(Infinity);
    this.#lines = new Float32Array(size * places * line.length).fill(NaN);
    this.#buckets = new Int32Array(size * bucketNumbers);
    const starts: number[] = [];
    const place = new Map(norms.features.map(({ name }, at) => [featureColumn(name), at]));
    for (const [code, type] of eventTypes.entries()) {
      const own = norms.types[type];
      const { distributions } = own !== undefined && own.sampledEvents >= typeEventsMin ? own : norms.all;
      for (const [index, column] of columns.entries()) {
        const described = place.get(column);
        assert(described !== undefined, 'a feature that is ranked is described');
        this.#fill(code * columns.length + index, distributions[described]!, starts);
      }
    }
    this.#starts = Uint8Array.from(starts);
  }

  /**
   * The ranks of some events of a batch: [count × columns].
   * @param features catalogue rows. @param row the first of them.
   */
  rank(features: Float32Array, row: number, count: number): Float32Array {
    const width = this.#columns.length;
    const ranks = new Float32Array(count * width);
    const bits = new Int32Array(features.buffer, features.byteOffset, features.length);
    for (let index = 0; index < count; index++)
      this.#rankOne(features, bits, (row + index) * featureCount, ranks, index * width);
    return ranks;
  }

  #rankOne(features: Float32Array, bits: Int32Array, row: number, ranks: Float32Array, start: number): void {
    const columns = this.#columns;
    const cuts = this.#cuts;
    const lines = this.#lines;
    const buckets = this.#buckets;
    const starts = this.#starts;
    let feature = (features[row + typeColumn]! | 0) * columns.length;
    for (let index = 0; index < columns.length; index++, feature++) {
      const from = row + columns[index]!;
      const value = features[from]!;
      if (Number.isNaN(value)) {
        ranks[start + index] = NaN;
        continue;
      }
      const bucket = feature * bucketNumbers;
      const key = keyOf(bits[from]!) - buckets[bucket]!;
      let at = feature * places + starts[buckets[bucket + 2]! + Math.max(0, Math.min(key, buckets[bucket + 1]!))]!;
      while (cuts[at + 1]! <= value) at++;
      const cut = cuts[at]!;
      // NaN where the table is empty.
      const rises = lines[at * 4 + line.above]! + (value - cut) * lines[at * 4 + line.slope]!;
      const end = lines[at * 4 + line.end]!;
      ranks[start + index] = cut === value ? lines[at * 4 + line.at]! : rises > end ? end : rises;
    }
  }

  #fill(feature: number, { values, below, upTo }: Distribution, starts: number[]): void {
    const [first, bucket] = [feature * places, feature * bucketNumbers];
    this.#buckets[bucket + 2] = starts.length;
    if (values.length === 0) {
      starts.push(0);
      return;
    }
    // Below all values: the difference to it would be infinite, so that it is the least finite number.
    this.#set(first, -float32Max, { at: 0, above: 0, slope: 0, end: 0 });
    const cuts = values.map(Math.fround);
    for (const [index, value] of cuts.entries()) {
      const next = cuts[index + 1];
      this.#set(first + 1 + index, value, {
        at: (below[index]! + upTo[index]!) / 2,
        above: next === undefined ? 1 : upTo[index]!,
        slope: next === undefined ? 0 : (below[index + 1]! - upTo[index]!) / (next - value),
        end: next === undefined ? 1 : below[index + 1]!,
      });
    }
    const keys = Array.from(new Int32Array(Float32Array.from(cuts).buffer), keyOf);
    const [low, high] = [keys[0]!, keys.at(-1)!];
    this.#buckets[bucket] = low - 1;
    this.#buckets[bucket + 1] = high - low + 1;
    // Whatever is lower than the bucket of the lowest cut.
    starts.push(0);
    // The cuts that no value of the bucket is below: for a small count, it is among them.
    for (let key = low, before = 0; key <= high; key++) {
      while (before < cuts.length && cuts[before]! <= lowestOf(key)) before++;
      starts.push(before);
    }
  }

  #set(place: number, cut: number, numbers: Readonly<Record<Exclude<keyof typeof line, 'length'>, number>>): void {
    this.#cuts[place] = cut;
    for (const [name, number] of Object.entries(numbers))
      this.#lines[place * line.length + line[name as keyof typeof numbers]] = number;
  }
}

/** Numbers of a feature in `buckets`. */
const bucketNumbers = 3;

/** Bits of a float that a bucket leaves open: it has the sign, the exponent and three more. */
const openBits = 20;

/** The bucket of a float, by its bits: never lower for a higher value. */
function keyOf(bits: number): number {
  return (bits ^ ((bits >> 31) & 0x7fff_ffff)) >> openBits;
}

const scratch = new DataView(new ArrayBuffer(4));

/** The lowest float of a bucket. */
function lowestOf(key: number): number {
  const ordered = key << openBits;
  scratch.setInt32(0, ordered ^ ((ordered >> 31) & 0x7fff_ffff));
  return scratch.getFloat32(0);
}

/** Where the numbers of a line are. */
const line = { at: 0, above: 1, slope: 2, end: 3, length: 4 } as const;

const float32Max = 2 ** 127 * (2 - 2 ** -23);
