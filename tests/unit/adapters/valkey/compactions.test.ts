import { expect, it } from 'vitest';
import { Compactions } from '../../../../src/adapters/valkey/compactions.ts';
import { EntityState } from '../../../../src/adapters/valkey/entity-state.ts';
import { accountPlan } from '../../../../src/adapters/valkey/kind-plan.ts';

it('a new state waits for its shard and goes once', () => {
  const compactions = new Compactions();
  const state = new EntityState(accountPlan);
  state.load(new Uint32Array(0), 0, 0);
  compactions.add(3, 11, 12, state, { version: 77, words: 20, lastWords: [5, 6] });
  expect(compactions.take(2)).toEqual([]);
  const [item, ...others] = compactions.take(3);
  expect(others).toEqual([]);
  // Key, former version, bytes that it replaces, and what these end with.
  expect([0, 1, 4, 5, 6, 7].map((at) => item![at])).toEqual([11, 12, 77, 80, 5, 6]);
  expect(compactions.take(3)).toEqual([]);
});

it('more of them than there is room for are left for another time', () => {
  const compactions = new Compactions();
  const state = new EntityState(accountPlan);
  state.load(new Uint32Array(0), 0, 0);
  for (let count = 0; count < 20_000; count++)
    compactions.add(0, 1, count, state, { version: 1, words: 10, lastWords: [0, 0] });
  const words = compactions.take(0).reduce((sum, item) => sum + item.length, 0);
  expect(words).toBeLessThan(100_000);
});
