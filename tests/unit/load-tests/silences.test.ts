import { describe, expect, it } from 'vitest';
import { Silences } from '../../../load-tests/load/silences.ts';

function silences(...outputs: readonly (readonly [partition: number, atMs: number])[]): Silences {
  const all = new Silences(2);
  for (const [partition, atMs] of outputs) all.heard(partition, atMs);
  return all;
}

describe('the longest silence of a partition', () => {
  it('is the longest time between two outputs, or to an end of the span', () => {
    const heard = silences([0, 10], [0, 30], [0, 90], [1, 60]);
    expect(heard.longestMs(0, 100)).toEqual([60, 60]);
    expect(heard.longestMs(0, 200)).toEqual([110, 140]);
  });

  it('is the whole span where nothing came', () => {
    expect(silences([0, 10]).longestMs(100, 150)).toEqual([50, 50]);
  });

  it('has nothing of what came before or after the span', () => {
    expect(silences([0, 10], [0, 120], [0, 990]).longestMs(100, 150)).toEqual([30, 50]);
  });
});
