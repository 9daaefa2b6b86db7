import { expect, it } from 'vitest';
import { extractFeatures, featureCount } from '../../../src/features/extract.ts';
import { FeatureMatrices } from '../../../src/features/feature-matrices.ts';
import { simulatedMatrix } from './simulated.ts';

it('a matrix is lent again once it was given back, and never to two at a time', () => {
  const matrices = new FeatureMatrices();
  const [first, second] = [matrices.lend(3), matrices.lend(3)];
  expect(first.features.buffer).not.toBe(second.features.buffer);
  first[Symbol.dispose]();
  const again = matrices.lend(2);
  expect(again.features.buffer).toBe(first.features.buffer);
  expect(again.features).toHaveLength(2 * featureCount);
});

it('one that is too small is not lent', () => {
  const matrices = new FeatureMatrices();
  matrices.lend(3)[Symbol.dispose]();
  expect(matrices.lend(4).features).toHaveLength(4 * featureCount);
});

it('a batch fills all of one, whatever an earlier batch has left in it', async () => {
  const { facts, snapshots, features } = await simulatedMatrix(3, 60, 2);
  const used = new Float32Array(features.length).fill(7);
  extractFeatures(facts, snapshots, used);
  expect(used).toEqual(features);
});
