import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onnxRuntime } from '../../../../src/adapters/onnx/runtime.ts';
import { nextBelow } from '../../../../src/adapters/onnx/trees/ensemble.ts';
import { withTreeKernel } from '../../../../src/adapters/onnx/trees/runtime.ts';
import type { ModelRuntime } from '../../../../src/ports.ts';
import { attributesOf, field, message, node, treeModel, type Branch, type Tree } from './onnx-file.ts';

const runtime = withTreeKernel(onnxRuntime);
const columns = 3;

/** Few different numbers, so that rows meet thresholds, with all that is special among float32. */
const number = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -4, max: 4 }) },
  fc.constantFrom(0, -0, 1e-45, -1e-45, 3.4028234663852886e38, Infinity, -Infinity),
  fc.float({ noNaN: true }),
);
const value = fc.oneof({ weight: 3, arbitrary: number }, fc.constant(NaN));
const weight = fc.float({ min: -8, max: 8, noNaN: true });
const comparison = fc.constantFrom('BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GT', 'BRANCH_GTE');

/** A tree of some shape with so many leaves: each split gives a part of them to the left. */
function tree(leaves: number, outputs: number): fc.Arbitrary<Tree> {
  if (leaves === 1) return fc.array(weight, { minLength: outputs, maxLength: outputs });
  return fc.integer({ min: 1, max: leaves - 1 }).chain((left) =>
    fc.record({
      mode: comparison,
      column: fc.integer({ min: 0, max: columns - 1 }),
      threshold: number,
      missingIsTrue: fc.boolean(),
      whenTrue: tree(left, outputs),
      whenFalse: tree(leaves - left, outputs),
    }),
  );
}

const trees = (outputs: number): fc.Arbitrary<Tree[]> =>
  fc.array(
    fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(31, 32, 33, 70)).chain((leaves) => tree(leaves, outputs)),
    { minLength: 1, maxLength: 5 },
  );
const rows = fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 40 });

async function load(by: ModelRuntime, model: Buffer, explanation: Buffer | null = null) {
  return (await by.load(model, explanation)).model;
}

const text = (place: number, content: string): Buffer => field(place, Buffer.from(content));
/** The largest of the sums and a feature: nothing that a tail could know. */
const readsFeatures = message(text(1, 'sums'), text(1, 'features'), text(2, 'output'), text(4, 'Max'));
const secondEnsemble = node(
  'TreeEnsembleRegressor',
  'ai.onnx.ml',
  'sums',
  'output',
  attributesOf(
    [{ mode: 'BRANCH_LEQ', column: 0, threshold: 0, missingIsTrue: false, whenTrue: [1], whenFalse: [2] }],
    {},
  ),
);

const leaf = (weightOfIt: number): Tree => [weightOfIt];
const branch = (more: Partial<Branch> = {}): Branch => ({
  mode: 'BRANCH_LEQ',
  column: 0,
  threshold: 1,
  missingIsTrue: false,
  whenTrue: leaf(-1),
  whenFalse: leaf(1),
  ...more,
});

describe('the kernel of trees', () => {
  it('gives the bits of ONNX Runtime, whatever the trees and the rows are', async () => {
    await fc.assert(
      fc.asyncProperty(
        trees(1),
        trees(columns),
        rows,
        fc.boolean(),
        fc.option(fc.tuple(weight, weight), { nil: undefined }),
        weight,
        async (own, explaining, matrix, sigmoid, scale, base) => {
          const model = treeModel(own, columns, { sigmoid, base: [base], ...(scale === undefined ? {} : { scale }) });
          const explanation = treeModel(explaining, columns);
          const ours = await load(runtime, model, explanation);
          const theirs = await load(onnxRuntime, model, explanation);
          const features = Float32Array.from(matrix.flat());
          // Strict comparisons with minus infinity are the reference's: nothing is below it.
          const isUnknown = [...own, ...explaining].some(hasStrictMinusInfinity);
          expect(ours.engine).toBe(isUnknown ? 'onnxruntime' : 'trees');
          expect(await ours.score(features, matrix.length)).toEqual(await theirs.score(features, matrix.length));
          expect(await ours.explain(features, matrix.length)).toEqual(await theirs.explain(features, matrix.length));
          await ours.release();
          await theirs.release();
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each<readonly [string, Buffer]>([
    ['a transformation of its own', treeModel([branch()], columns, { texts: { post_transform: 'LOGISTIC' } })],
    ['an aggregate that is no sum', treeModel([branch()], columns, { texts: { aggregate_function: 'MAX' } })],
    ['comparisons for equality', treeModel([branch({ mode: 'BRANCH_EQ' })], columns)],
    ['very deep trees', treeModel([deep(400)], columns)],
    ['several outputs', treeModel([branch({ whenTrue: [1, 2], whenFalse: [3, 4] })], columns)],
    ['a node beside the trees that reads the features', treeModel([branch()], columns, { tail: [readsFeatures] })],
    ['a second ensemble behind the first', treeModel([branch()], columns, { tail: [secondEnsemble] })],
  ])('leaves %s to ONNX Runtime', async (_, model) => {
    const loaded = await load(runtime, model);
    expect(loaded.engine).toBe('onnxruntime');
    await loaded.release();
  });

  it('leaves a model to ONNX Runtime whose bits it does not meet', async () => {
    const model = treeModel([branch()], columns, { sigmoid: true });
    const loaded = await load(withTreeKernel(offByLittle), model);
    expect(loaded.engine).toBe('onnxruntime');
    await loaded.release();
  });

  it('says what is wrong with a model as ONNX Runtime does', async () => {
    await expect(load(runtime, message(field(1, 8), field(7, field(2, Buffer.from('empty')))))).rejects.toThrow(
      /graph/i,
    );
  });

  it('rejects a matrix of another width', async () => {
    const loaded = await load(runtime, treeModel([branch()], columns));
    await expect(loaded.score(new Float32Array(columns + 1), 1)).rejects.toThrow(/dimensions/);
    await expect(loaded.explain(new Float32Array(columns + 1), 1)).resolves.toBeNull();
  });
});

it.each([
  [1, 1 - 2 ** -24],
  [-1, -1 - 2 ** -23],
  [0, -(2 ** -149)],
  [-0, -(2 ** -149)],
  [2 ** -149, 0],
  [Infinity, 3.4028234663852886e38],
  [-3.4028234663852886e38, -Infinity],
  [-Infinity, NaN],
])('below %d the next float32 is %d', (from, below) => {
  expect(nextBelow(from)).toBe(below);
});

/** A reference whose models differ from their trees in the last bit, as one for another processor might. */
const offByLittle: ModelRuntime = {
  async load(model, explanation) {
    const loaded = await onnxRuntime.load(model, explanation);
    if (model.length < 200) return loaded;
    return {
      shape: loaded.shape,
      model: {
        engine: 'onnxruntime',
        score: async (features, count) => (await loaded.model.score(features, count)).map(nextBelow),
        explain: (features, count) => loaded.model.explain(features, count),
        release: () => loaded.model.release(),
      },
    };
  },
};

function hasStrictMinusInfinity(one: Tree): boolean {
  if (!('mode' in one)) return false;
  const isStrict = one.mode === 'BRANCH_LT' || one.mode === 'BRANCH_GTE';
  return (
    (isStrict && one.threshold === -Infinity) ||
    hasStrictMinusInfinity(one.whenTrue) ||
    hasStrictMinusInfinity(one.whenFalse)
  );
}

function deep(levels: number): Tree {
  let one = leaf(1);
  for (let level = 0; level < levels; level++) one = branch({ threshold: level, whenTrue: one });
  return one;
}
