import { expect, it } from 'vitest';
import { steadyStretch } from '../../../load-tests/load/progress.ts';

const samples = (...handled: number[]) => handled.map((count, index) => ({ atMs: index * 100, handled: count }));

it.each([
  ['the second half, however slow the first one was', samples(0, 0, 10, 50, 80, 100), 300, 500, 50],
  ['no longer than until the end was reached', samples(0, 60, 100, 100, 100), 100, 200, 40],
  ['from before the end, where nobody looked in between', samples(0, 0, 100), 100, 200, 100],
  ['what was handled, where not all was', samples(0, 30, 40, 40), 100, 200, 10],
])('is measured: %s', (_, seen, fromMs, toMs, events) => {
  expect(steadyStretch(seen)).toEqual({ fromMs, toMs, events });
});

it('nothing is measured of who did nothing', () => {
  expect(steadyStretch(samples(0, 0))).toBeNull();
});
