import assert from 'node:assert/strict';
import { eventTypes } from '../../domain/event.ts';
import { featureColumn } from '../catalogue.ts';
import { featureCount } from '../extract.ts';
import type { Distribution, Norms } from './norms.ts';
import { openBits, rankTable } from './rank-tables.ts';
import { ranksModule } from './ranks-module.ts';

/** Events of a type below which its own distributions say little: those of all types together stand in. */
export const typeEventsMin = 100;

/** Every feature of every type: which column of the catalogue says the type. */
const typeColumn = featureColumn('event_type')!;

/** Events that are ranked in one call. More of them would not stay in the processor's cache. */
const tileRows = 64;

/**
 * Turns values into ranks among the platform's own events of the same type, for some features.
 *
 * The rank of a value that is a cut is the middle of those that share it; between two cuts ranks go up in a line; below all it is 0
 * and above all 1. What is missing stays so, and so does what was missing in all events of the norms: nothing is known of its order.
 * A type that the norms hardly saw has the ranks of all types together: they say less than its own would, and more than nothing, which a
 * model would take for an event without a trait.
 *
 * ranks.wat finds them, in a memory of its own of some two megabytes.
 */
export class Ranker {
  readonly #kernel: Kernel;
  /** [tileRows × featureCount] */
  readonly #rows: Float32Array;
  /** [tileRows × width] */
  readonly #ranks: Float32Array;
  readonly #width: number;
  readonly #isAllRanks: boolean;
  readonly #types: number;

  /**
   * @param columns of the catalogue, each described by the norms.
   * @param places [columns] where the rank of each goes in a row of `width`; one after the other unless given.
   */
  constructor(
    norms: Norms,
    columns: Int32Array,
    places: Int32Array = Int32Array.from(columns.keys()),
    width = columns.length,
  ) {
    const memory = new MemoryPlan();
    const rows = memory.add(new Uint32Array(tileRows * featureCount));
    const ranks = memory.add(new Uint32Array(tileRows * width));
    this.#types = memory.add(typeRecords(norms, columns, places, memory));
    this.#kernel = memory.instantiate();
    const { buffer } = this.#kernel.memory;
    this.#rows = new Float32Array(buffer, rows, tileRows * featureCount);
    this.#ranks = new Float32Array(buffer, ranks, tileRows * width);
    this.#width = width;
    this.#isAllRanks = columns.length === width;
  }

  /**
   * Writes the ranks of some events of a batch, and returns where they are: [count × width].
   * @param features catalogue rows. @param row the first of them. @param ranks columns that are no rank stay as they are.
   */
  rank(
    features: Float32Array,
    row: number,
    count: number,
    ranks: Float32Array = new Float32Array(count * this.#width),
  ): Float32Array {
    for (let first = 0; first < count; first += tileRows) {
      const tile = Math.min(tileRows, count - first);
      const into = ranks.subarray(first * this.#width, (first + tile) * this.#width);
      this.#rows.set(features.subarray((row + first) * featureCount, (row + first + tile) * featureCount));
      if (!this.#isAllRanks) this.#ranks.set(into);
      this.#rankTile(tile);
      into.set(this.#ranks.subarray(0, into.length));
    }
    return ranks;
  }

  #rankTile(rows: number): void {
    const { byteOffset, BYTES_PER_ELEMENT: bytes } = this.#rows;
    const rowBytes = featureCount * bytes;
    this.#kernel.rank(
      byteOffset,
      byteOffset + rows * rowBytes,
      rowBytes,
      typeColumn * bytes,
      this.#ranks.byteOffset,
      this.#width * bytes,
      this.#types,
      openBits,
    );
  }
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  rank(...numbers: readonly number[]): void;
}

/** What is used of the global of that name: its types come with those of browsers, which are not in scope here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const module = new WebAssembly.Module(Buffer.from(ranksModule, 'base64'));
const pageBytes = 65_536;

/** Lays out a memory: what is added gets its address at once, and its bytes when all is known. */
class MemoryPlan {
  readonly #parts: { readonly at: number; readonly words: Uint32Array }[] = [];
  #bytes = 0;

  /** Returns its address. */
  add(words: Uint32Array): number {
    const at = this.#bytes;
    this.#parts.push({ at, words });
    this.#bytes += words.byteLength;
    return at;
  }

  instantiate(): Kernel {
    const kernel = new WebAssembly.Instance(module).exports as Kernel;
    kernel.memory.grow(Math.ceil(this.#bytes / pageBytes));
    for (const { at, words } of this.#parts) new Uint32Array(kernel.memory.buffer, at).set(words);
    return kernel;
  }
}

/** [types × 4] where the columns of each type begin and end, and those of which nothing is known. */
function typeRecords(norms: Norms, columns: Int32Array, places: Int32Array, memory: MemoryPlan): Uint32Array {
  const described = describedColumns(norms, columns);
  const recordsOf = new Map<unknown, readonly number[]>();
  return Uint32Array.from(
    eventTypes.flatMap((type) => {
      const own = norms.types[type];
      const { distributions } = own !== undefined && own.sampledEvents >= typeEventsMin ? own : norms.all;
      let records = recordsOf.get(distributions);
      if (records === undefined) {
        const ofColumns = described.map((at) => distributions[at]!);
        recordsOf.set(distributions, (records = columnRecords(ofColumns, columns, places, memory)));
      }
      return records;
    }),
  );
}

/** Where each column is among those that the norms describe. */
function describedColumns({ features }: Norms, columns: Int32Array): readonly number[] {
  const places = new Map(features.map(({ name }, at) => [featureColumn(name), at]));
  return Array.from(columns, (column) => {
    const at = places.get(column);
    assert(at !== undefined, 'a feature that is ranked is described');
    return at;
  });
}

const numberBytes = Uint32Array.BYTES_PER_ELEMENT;
const cutNumbers = 5;

/** The record of a type. */
function columnRecords(
  distributions: readonly Distribution[],
  columns: Int32Array,
  places: Int32Array,
  memory: MemoryPlan,
): readonly number[] {
  const known: number[] = [];
  const unknown: number[] = [];
  for (const [index, distribution] of distributions.entries()) {
    const place = places[index]! * numberBytes;
    if (distribution.values.length === 0) {
      unknown.push(place);
      continue;
    }
    const { lowest, buckets, cuts } = rankTable(distribution);
    const cutsAt = memory.add(
      wordsOf([...cuts.flatMap(({ cut, rank, above, slope, end }) => [cut, rank, above, slope, end]), NaN]),
    );
    const bucketsAt = memory.add(
      Uint32Array.from(
        buckets.flatMap(({ value, rank, start }) => [
          ...wordsOf([value, rank]),
          cutsAt + start * cutNumbers * numberBytes,
        ]),
      ),
    );
    known.push(columns[index]! * numberBytes, place, bucketsAt, lowest, buckets.length - 1);
  }
  return [known, unknown].flatMap((records) => {
    const at = memory.add(Uint32Array.from(records));
    return [at, at + records.length * numberBytes];
  });
}

/** The bits of numbers as float32. */
function wordsOf(numbers: readonly number[]): Uint32Array {
  return new Uint32Array(Float32Array.from(numbers).buffer);
}
