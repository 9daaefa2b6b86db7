import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoadedModel, ModelRuntime } from '../../../ports.ts';
import { nextBelow, readEnsemble, type TreeEnsemble } from './ensemble.ts';
import { readTreeGraph } from './graph.ts';
import { TreeKernel } from './kernel.ts';
import { loadTail, type Tail } from './tail.ts';

/**
 * Runs tree ensembles by a kernel of its own, in WebAssembly, and all else by the reference (ONNX Runtime). The reference loads
 * each model first, says its shape and is what the kernel is held against: a model whose scores and explanations are not the
 * same, bit by bit, on rows around its own thresholds stays with the reference, and so does all where WebAssembly has no SIMD.
 */
export function withTreeKernel(reference: ModelRuntime): ModelRuntime {
  return {
    async load(modelBytes, explanationBytes) {
      const loaded = await reference.load(modelBytes, explanationBytes);
      const trees = await loadTrees(
        reference,
        modelBytes,
        explanationBytes,
        loaded.shape.inputs[0]?.dimensions[1],
      ).catch(() => undefined);
      if (trees === undefined) return loaded;
      if (!(await isSame(trees, loaded.model))) {
        await trees.release();
        return loaded;
      }
      await loaded.model.release();
      return { model: trees, shape: loaded.shape };
    },
  };
}

class TreeModel implements LoadedModel {
  readonly engine = 'trees';
  readonly #trees: TreeKernel;
  readonly #tail: Tail | null;
  readonly #explanation: TreeKernel | null;
  /** The ensembles in the kernels. */
  readonly ensembles: readonly TreeEnsemble[];
  readonly columns: number;

  constructor(
    trees: TreeKernel,
    tail: Tail | null,
    explanation: TreeKernel | null,
    ensembles: readonly TreeEnsemble[],
    columns: number,
  ) {
    this.#trees = trees;
    this.#tail = tail;
    this.#explanation = explanation;
    this.ensembles = ensembles;
    this.columns = columns;
  }

  async score(features: Float32Array, rows: number): Promise<Float32Array> {
    const sums = this.#trees.sums(features, rows);
    return this.#tail === null ? sums : this.#tail.score(sums, rows);
  }

  async explain(features: Float32Array, rows: number): Promise<Float32Array | null> {
    return this.#explanation === null ? null : this.#explanation.outputs(features, rows);
  }

  async release(): Promise<void> {
    await this.#tail?.release();
  }
}

/** Each part takes some ten milliseconds or two of a large model, and the stream goes on between them. */
async function loadTrees(
  reference: ModelRuntime,
  modelBytes: Uint8Array,
  explanationBytes: Uint8Array | null,
  columns: unknown,
): Promise<TreeModel | undefined> {
  const graph = readTreeGraph(modelBytes);
  await nextTurn();
  const explanationGraph = explanationBytes === null ? null : readTreeGraph(explanationBytes);
  await nextTurn();
  if (graph === undefined || explanationGraph === undefined || typeof columns !== 'number') return undefined;
  const ensemble = readEnsemble(graph.ensemble, columns);
  await nextTurn();
  const explained = explanationGraph === null ? null : readEnsemble(explanationGraph.ensemble, columns);
  await nextTurn();
  if (ensemble?.outputs !== 1 || explained === undefined || (explanationGraph?.tail ?? null) !== null) return undefined;
  const trees = await TreeKernel.load(ensemble, columns);
  await nextTurn();
  const explanation = explained === null ? null : await TreeKernel.load(explained, columns);
  await nextTurn();
  if (trees === undefined || explanation === undefined) return undefined;
  const tail = graph.tail === null ? null : await loadTail(reference, graph.tail);
  return new TreeModel(trees, tail, explanation, [ensemble, ...(explained === null ? [] : [explained])], columns);
}

/** Rows that a kernel is proven on. */
const proofRows = 256;

/** Whether a model gives the reference's bits on rows that are made of its own thresholds. */
async function isSame(trees: TreeModel, reference: LoadedModel): Promise<boolean> {
  const rows = rowsAround(trees.ensembles, trees.columns);
  const [scores, expected] = [await trees.score(rows, proofRows), await reference.score(rows, proofRows)];
  if (!equalBits(scores, expected)) return false;
  const [explained, expectedly] = [await trees.explain(rows, proofRows), await reference.explain(rows, proofRows)];
  return explained === null || expectedly === null ? explained === expectedly : equalBits(explained, expectedly);
}

function equalBits(ours: Float32Array, theirs: Float32Array): boolean {
  return ours.length === theirs.length && ours.every((value, at) => Object.is(value, theirs[at]));
}

/**
 * [proofRows × columns], the same each time: in each column one of its thresholds, the number right below or above it, or one in five
 * times none at all.
 */
function rowsAround(ensembles: readonly TreeEnsemble[], columns: number): Float32Array {
  const thresholds = Array.from({ length: columns }, () => [0]);
  for (const { column, threshold } of ensembles.flatMap(({ tests }) => tests)) thresholds[column]!.push(threshold);
  let state = 1;
  /** A whole number below `end` (at most 2^15), by a congruential generator: how random it is does not matter. */
  const draw = (end: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % end;
  };
  return Float32Array.from({ length: proofRows * columns }, (_, index) => {
    const choices = thresholds[index % columns]!;
    const threshold = choices[draw(choices.length)]!;
    return [threshold, threshold, nextBelow(threshold), -nextBelow(-threshold), NaN][draw(5)]!;
  });
}
