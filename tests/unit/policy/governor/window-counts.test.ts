import { expect, it } from 'vitest';
import { WindowCounts } from '../../../../src/policy/governor/window-counts.ts';

const bucket = 1_900_000;

it('lets go of the key that was counted longest ago, and keeps the others in that order', () => {
  const counts = new WindowCounts(3, 'day');
  for (const key of ['first', 'second', 'third', 'first', 'fourth', 'third']) counts.add(key, bucket);
  expect(counts.kept()).toEqual([
    ['first', [bucket, 2]],
    ['fourth', [bucket, 1]],
    ['third', [bucket, 2]],
  ]);
  const restored = new WindowCounts(3, 'day');
  restored.restore(counts.kept());
  restored.add('fifth', bucket);
  expect(restored.inHour('first', bucket)).toBe(0);
  expect(restored.inHour('fourth', bucket)).toBe(1);
});
