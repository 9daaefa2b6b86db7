import { expect, it } from 'vitest';
import { SnapshotValues } from '../../../src/features/snapshot-values.ts';
import { snapshotColumnCount } from '../../../src/features/state.ts';

it.each([
  ['as many rows', 5, 5],
  ['fewer rows', 5, 2],
  ['more rows', 2, 5],
  ['no rows', 2, 0],
])('values that were given back are blank for %s', (_, first, second) => {
  const pool = new SnapshotValues();
  pool.give(pool.take(first).fill(7));
  const values = pool.take(second);
  expect(values).toHaveLength(second * snapshotColumnCount);
  expect(values.every(Number.isNaN)).toBe(true);
});

it('values that are in use are lent to nobody else', () => {
  const pool = new SnapshotValues();
  const [first, second] = [pool.take(3), pool.take(3)];
  first.fill(1);
  expect(second.every(Number.isNaN)).toBe(true);
  pool.give(first);
  pool.take(3).fill(2);
  expect(second.every(Number.isNaN)).toBe(true);
});

it('values that were given back are used again', () => {
  const pool = new SnapshotValues();
  const values = pool.take(3);
  pool.give(values);
  expect(pool.take(3).buffer).toBe(values.buffer);
});
