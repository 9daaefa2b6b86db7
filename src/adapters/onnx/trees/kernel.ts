import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { wordLeaves, type BranchTest, type TreeEnsemble } from './ensemble.ts';

/** Rows that the kernel takes at once. */
const tileRows = 16;
/** Bytes of the records in memory, as kernel.wat says. */
const featureBytes = 16;
const testBytes = 12;
const treeBytes = 8;
const numberBytes = 4;
const wordBytes = tileRows * numberBytes;
const pageBytes = 65_536;
/** Of all that a model keeps in the kernel's memory: larger ones are left to the reference. */
export const kernelBytesMax = 64 * 2 ** 20;

const moduleFile = new URL('kernel.wasm', import.meta.url);

/** What is used of the global of that name: its types come with those of browsers, which are not in scope here. */
declare const WebAssembly: {
  instantiate(module: Uint8Array): Promise<{ readonly instance: { readonly exports: unknown } }>;
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  walk(rows: number, stride: number, features: number, featuresEnd: number, words: number, wordsBytes: number): void;
  sum(words: number, trees: number, treesEnd: number, values: number, sums: number): void;
}

/** A tree ensemble in the memory of kernel.wasm. */
export class TreeKernel {
  readonly #ensemble: TreeEnsemble;
  readonly #columns: number;
  readonly #exports: Exports;
  readonly #places: Places;
  /** [tileRows × columns]: the rows of a tile. */
  readonly #rows: Float32Array;
  /** [words × tileRows]: the leaves that each row of the tile can still reach. */
  readonly #words: Int32Array;
  /** [tileRows]. */
  readonly #sums: Float32Array;
  readonly #leaves: LeafWeights;

  private constructor(ensemble: TreeEnsemble, columns: number, exports: Exports, places: Places) {
    this.#ensemble = ensemble;
    this.#columns = columns;
    this.#exports = exports;
    this.#places = places;
    const { buffer } = exports.memory;
    this.#rows = new Float32Array(buffer, places.rows, tileRows * columns);
    this.#words = new Int32Array(buffer, places.words, ensemble.words * tileRows);
    this.#sums = new Float32Array(buffer, places.sums, tileRows);
    this.#leaves = leafWeights(ensemble.leaves);
  }

  /** Rejects where WebAssembly has no SIMD here; nothing where the ensemble is too large. */
  static async load(ensemble: TreeEnsemble, columns: number): Promise<TreeKernel | undefined> {
    const places = placesOf(ensemble, columns);
    if (places.end > kernelBytesMax) return undefined;
    const { instance } = await WebAssembly.instantiate(await readFile(moduleFile));
    const exports = instance.exports as Exports;
    exports.memory.grow(Math.ceil(places.end / pageBytes));
    write(ensemble, exports.memory.buffer, places);
    return new TreeKernel(ensemble, columns, exports, places);
  }

  /** The sum of the trees for each row of [rows × columns], of an ensemble with one output. Adds in the order of trees, in float32. */
  sums(features: Float32Array, rows: number): Float32Array {
    assert(this.#ensemble.outputs === 1, 'one output has one sum a row');
    this.#check(features, rows);
    const { words, trees, values, sums } = this.#places;
    const treesEnd = trees + this.#ensemble.trees.length * treeBytes;
    const [base] = this.#ensemble.base;
    const result = new Float32Array(rows);
    for (let first = 0; first < rows; first += tileRows) {
      const count = this.#walk(features, first, rows);
      this.#sums.fill(0);
      this.#exports.sum(words, trees, treesEnd, values, sums);
      for (let row = 0; row < count; row++) result[first + row] = this.#sums[row]! + base!;
    }
    return result;
  }

  /** [rows × outputs]: the same for any number of outputs. For few rows: leaves are looked up one by one. */
  outputs(features: Float32Array, rows: number): Float32Array {
    const { outputs, trees, base } = this.#ensemble;
    const { starts, targets, weights } = this.#leaves;
    this.#check(features, rows);
    const result = new Float32Array(rows * outputs);
    for (let first = 0; first < rows; first += tileRows) {
      const count = this.#walk(features, first, rows);
      for (let row = 0; row < count; row++) {
        const sums = result.subarray((first + row) * outputs, (first + row + 1) * outputs);
        for (const tree of trees) {
          const leaf = this.#leafOf(tree, row);
          for (let at = starts[leaf]!; at < starts[leaf + 1]!; at++) sums[targets[at]!]! += weights[at]!;
        }
        for (let output = 0; output < outputs; output++) sums[output]! += base[output]!;
      }
    }
    return result;
  }

  #check(features: Float32Array, rows: number): void {
    if (features.length !== rows * this.#columns)
      throw new Error(`invalid dimensions: ${features.length} numbers are not ${rows} rows of ${this.#columns}`);
  }

  /** Fills the words for a tile; returns how many rows it has. */
  #walk(features: Float32Array, first: number, rows: number): number {
    const count = Math.min(tileRows, rows - first);
    this.#rows.set(features.subarray(first * this.#columns, (first + count) * this.#columns));
    const { rows: at, features: tests, featuresEnd, words } = this.#places;
    this.#exports.walk(at, this.#columns * numberBytes, tests, featuresEnd, words, this.#ensemble.words * wordBytes);
    return count;
  }

  /** Where a row of the tile ends: the lowest bit that is left of the tree's words. */
  #leafOf({ word, leaf }: TreeEnsemble['trees'][number], row: number): number {
    let at = word * tileRows + row;
    let number = leaf;
    for (; this.#words[at] === 0; at += tileRows) number += wordLeaves;
    const left = this.#words[at]!;
    return number + 31 - Math.clz32(left & -left);
  }
}

/** What leaves add, as one list: those of leaf `l` are from `starts[l]` up to `starts[l + 1]`. */
interface LeafWeights {
  readonly starts: Int32Array;
  readonly targets: Int32Array;
  readonly weights: Float32Array;
}

function leafWeights(leaves: TreeEnsemble['leaves']): LeafWeights {
  const starts = new Int32Array(leaves.length + 1);
  for (const [leaf, weights] of leaves.entries()) starts[leaf + 1] = starts[leaf]! + weights.length;
  const targets = new Int32Array(starts.at(-1)!);
  const values = new Float32Array(targets.length);
  let at = 0;
  for (const weights of leaves) {
    for (const { output, weight } of weights) {
      targets[at] = output;
      values[at++] = weight;
    }
  }
  return { starts, targets, weights: values };
}

/** Where each part begins in memory, in bytes. */
interface Places {
  readonly rows: number;
  readonly words: number;
  readonly sums: number;
  readonly features: number;
  readonly featuresEnd: number;
  readonly tests: number;
  readonly trees: number;
  readonly values: number;
  readonly end: number;
}

function placesOf(ensemble: TreeEnsemble, columns: number): Places {
  let end = 0;
  /** Parts begin at vectors, for the sake of speed. */
  const place = (bytes: number): number => {
    const start = end;
    end += Math.ceil(bytes / wordBytes) * wordBytes;
    return start;
  };
  const featuresLength = runsOf(ensemble.tests).length * featureBytes;
  const rows = place(tileRows * columns * numberBytes);
  const words = place(ensemble.words * wordBytes);
  const sums = place(wordBytes);
  const features = place(featuresLength);
  const tests = place(ensemble.tests.length * testBytes);
  const trees = place(ensemble.trees.length * treeBytes);
  const values = place(ensemble.leaves.length * numberBytes);
  return { rows, words, sums, features, featuresEnd: features + featuresLength, tests, trees, values, end };
}

/** The tests of one column that treat a missing value alike: they are one record of features. */
interface Run {
  readonly first: BranchTest;
  readonly start: number;
  end: number;
}

function runsOf(tests: readonly BranchTest[]): Run[] {
  const runs: Run[] = [];
  for (const [at, test] of tests.entries()) {
    const last = runs.at(-1);
    if (last?.first.column === test.column && last.first.missingGoesLeft === test.missingGoesLeft) last.end = at + 1;
    else runs.push({ first: test, start: at, end: at + 1 });
  }
  return runs;
}

function write({ tests, trees, leaves }: TreeEnsemble, memory: ArrayBuffer, places: Places): void {
  // All records are made of numbers of four bytes, in the order of this machine as those of WebAssembly are.
  const numbers = new Uint32Array(memory);
  const floats = new Float32Array(memory);
  let at = places.features / numberBytes;
  for (const { first, start, end } of runsOf(tests)) {
    numbers[at] = first.column * numberBytes;
    floats[at + 1] = first.missingGoesLeft ? -Infinity : NaN;
    numbers[at + 2] = places.tests + start * testBytes;
    numbers[at + 3] = places.tests + end * testBytes;
    at += featureBytes / numberBytes;
  }
  at = places.tests / numberBytes;
  for (const { threshold, word, leavesLost } of tests) {
    floats[at] = threshold;
    numbers[at + 1] = word * wordBytes;
    numbers[at + 2] = leavesLost;
    at += testBytes / numberBytes;
  }
  at = places.trees / numberBytes;
  for (const { word, leaf } of trees) {
    numbers[at] = word * wordBytes;
    numbers[at + 1] = leaf * numberBytes;
    at += treeBytes / numberBytes;
  }
  at = places.values / numberBytes;
  // Of an ensemble with several outputs a leaf has several weights: `outputs` has them in a list of its own.
  for (const weights of leaves) floats[at++] = weights[0]?.weight ?? 0;
}
