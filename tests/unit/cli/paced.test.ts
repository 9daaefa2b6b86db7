import { expect, it } from 'vitest';
import { paced, recordsPerSlice } from '../../../src/cli/paced.ts';

it('sends no faster than asked, and does not make up for what a slow send cost', async () => {
  let nowMs = 0;
  const sentAtMs: number[] = [];
  const takesMs = [0, 0, 700, 0, 0];
  const send = paced(
    20,
    () => {
      sentAtMs.push(nowMs);
      nowMs += takesMs[sentAtMs.length - 1]!;
      return Promise.resolve();
    },
    { monotonicMs: () => nowMs },
    (ms) => Promise.resolve((nowMs += ms)),
  );
  for (let slice = 0; slice < takesMs.length; slice++) await send([1, 2]);
  expect(sentAtMs).toEqual([0, 100, 200, 900, 1_000]);
});

it('sends a record at least', () => {
  expect([1, 20, 50, 2_000].map(recordsPerSlice)).toEqual([1, 1, 3, 100]);
});
