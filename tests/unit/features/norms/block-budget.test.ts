import { describe, expect, it } from 'vitest';
import { AccountMaxima } from '../../../../src/features/norms/account-maxima.ts';
import { accountDaysMin, blockThreshold } from '../../../../src/features/norms/block-budget.ts';

/** Scores 0, 1/n, 2/n, …: no two alike. */
function ladder(accounts: number): Float32Array {
  return Float32Array.from({ length: accounts }, (_, account) => account / accounts);
}

function hash(account: number): number {
  return Math.imul(account + 1, 2654435761) >>> 0;
}

describe('the threshold of a budget', () => {
  it.each([
    [10_000, 10_000, 0.005],
    [10_000, 40_000, 0.005],
    [10_000, 10_000, 0.1],
    [1_000, 3_000, 0.02],
  ])(
    'blocks no more than the budget, with room for an unlucky sample: %i accounts on %i days, %f',
    (accounts, days, budget) => {
      const maxima = ladder(accounts);
      const threshold = blockThreshold(maxima.slice(), days, budget)!;
      const blocked = maxima.filter((score) => score >= threshold).length;
      expect(blocked / days).toBeLessThan(budget);
      expect(blocked / days).toBeGreaterThan(budget / 2);
    },
  );

  it('does not cut through accounts that have the same score', () => {
    const maxima = new Float32Array(1_000).fill(0.9);
    expect(blockThreshold(maxima, 10_000, 0.005)).toBeGreaterThan(0.9);
  });

  it('is not told where too many have the highest score that there is', () => {
    expect(blockThreshold(new Float32Array(1_000).fill(1), 10_000, 0.005)).toBeNull();
  });

  it('is not told of too few days', () => {
    const days = accountDaysMin(0.005);
    expect(blockThreshold(ladder(days), days, 0.005)).not.toBeNull();
    expect(blockThreshold(ladder(days), 100, 0.005)).toBeNull();
  });

  it('is no threshold at all where everybody is within the budget', () => {
    expect(blockThreshold(ladder(10), 1_000, 1)).toBe(0);
  });
});

describe('the highest scores of accounts', () => {
  const dayMs = 86_400_000;

  it('are one an account, with the days on which it was there', () => {
    const maxima = new AccountMaxima(1, 100);
    maxima.add(1, 1, 0, [Float32Array.of(0.5, 0.7)], 0);
    maxima.add(1, 1, 5, [Float32Array.of(0.5, 0.7)], 1);
    maxima.add(1, 1, dayMs, [Float32Array.of(0.1)], 0);
    maxima.add(2, 2, 0, [null], 0);
    expect([...maxima.of(0)]).toEqual([Math.fround(0.7), NaN]);
    expect(maxima.accountDays).toBe(3);
  });

  it('are of a bounded number of accounts, each of which stands for others', () => {
    const maxima = new AccountMaxima(1, 1_000);
    for (let account = 0; account < 10_000; account++)
      maxima.add(account, hash(account) >>> 7, 0, [Float32Array.of(account / 10_000)], 0);
    expect(maxima.size).toBeLessThanOrEqual(1_000);
    expect(Math.abs(maxima.size * maxima.weight - 10_000)).toBeLessThan(1_500);
    const above = maxima.of(0).filter((score) => score >= 0.5).length / maxima.size;
    expect(Math.abs(above - 0.5)).toBeLessThan(0.08);
  });
});
