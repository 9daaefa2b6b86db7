import { expect, it } from 'vitest';
import { Compactions } from '../../../../src/adapters/valkey/compactions.ts';
import { EntityState } from '../../../../src/adapters/valkey/entity-state.ts';
import { accountPlan } from '../../../../src/adapters/valkey/kind-plan.ts';

it('a new state waits for its shard and goes once', () => {
  const compactions = new Compactions();
  const state = new EntityState(accountPlan);
  state.load(new Uint32Array(0), 0, 0);
  compactions.add(3, 11, 12, state, 77, 20);
  expect(compactions.take(2)).toEqual([]);
  const [item, ...others] = compactions.take(3);
  expect(others).toEqual([]);
  // Key, former version, and bytes that it replaces.
  expect([item![0], item![1], item![4], item![5]]).toEqual([11, 12, 77, 80]);
  expect(compactions.take(3)).toEqual([]);
});

it('more of them than there is room for are left for another time', () => {
  const compactions = new Compactions();
  const state = new EntityState(accountPlan);
  state.load(new Uint32Array(0), 0, 0);
  for (let count = 0; count < 20_000; count++) compactions.add(0, 1, count, state, 1, 10);
  const words = compactions.take(0).reduce((sum, item) => sum + item.length, 0);
  expect(words).toBeLessThan(100_000);
});
