import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareWithLast, formatComparison, timesAsBad } from '../../../load-tests/last-results.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'winnow-last-'))));
afterEach(() => rm(folder, { recursive: true }));

const cost = (value: number) => ({ name: 'score, ns', value, isRate: false });
const rate = (value: number) => ({ name: 'whole path, a second', value, isRate: true });

describe('compareWithLast', () => {
  it('has nothing to say the first time, and the last run the next time', async () => {
    expect(formatComparison(await compareWithLast('bench', [cost(100)], folder))).toContain('Nothing was kept');
    await compareWithLast('bench', [cost(200)], folder);
    expect(await compareWithLast('bench', [cost(150)], folder)).toEqual([{ ...cost(150), last: 200 }]);
  });

  it('does not hold what was asked otherwise against each other', async () => {
    await compareWithLast('bench of 1000', [cost(100)], folder);
    await compareWithLast('bench of 2000', [cost(300)], folder);
    expect(await compareWithLast('bench of 1000', [cost(110)], folder)).toEqual([{ ...cost(110), last: 100 }]);
  });
});

describe('formatComparison', () => {
  it.each([
    ['a cost that rose', { ...cost(1_111), last: 1_000 }, 'score, ns: 1,111, was 1,000 (1.11 of it)'],
    ['a rate that fell', { ...rate(900), last: 1_000 }, 'whole path, a second: 900, was 1,000 (0.90 of it)'],
  ])('says %s by more than a tenth', (_, figure, expected) => {
    expect(formatComparison([figure])).toContain('WORSE by more than 10 %');
    expect(formatComparison([figure])).toContain(expected);
  });

  it.each([
    ['a cost that fell', { ...cost(500), last: 1_000 }],
    ['a rate that rose', { ...rate(2_000), last: 1_000 }],
    ['a cost that rose a little', { ...cost(1_090), last: 1_000 }],
  ])('is content with %s', (_, figure) => {
    expect(timesAsBad(figure)).toBeLessThan(1.1);
    expect(formatComparison([figure])).toContain('No figure is more than 10 % worse');
  });
});
