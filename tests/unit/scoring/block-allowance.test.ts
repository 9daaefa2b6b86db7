import { describe, expect, it } from 'vitest';
import { BlockAllowance } from '../../../src/scoring/block-allowance.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 10, 2);

/** Blocks until nothing is left; returns how many. */
function useUp(allowance: BlockAllowance, budget: number, accountsPerDay: number): number {
  let blocked = 0;
  for (; !allowance.isUsedUp(budget, accountsPerDay) && blocked < 10_000; blocked++) allowance.blocked();
  return blocked;
}

describe('the allowance of a day', () => {
  it('is the budget of the accounts that the norms tell, in the first day', () => {
    const allowance = new BlockAllowance();
    allowance.saw(startMs, true);
    expect(useUp(allowance, 0.01, 500)).toBe(5);
    allowance.saw(startMs + 23 * hourMs, true);
    expect(allowance.isUsedUp(0.01, 500)).toBe(true);
  });

  it('is that of the accounts that were there, from then on', () => {
    const allowance = new BlockAllowance();
    for (let hour = 0; hour < 30; hour++)
      for (let account = 0; account < 100; account++) allowance.saw(startMs + hour * hourMs, true);
    expect(useUp(allowance, 0.01, 1)).toBe(24);
  });

  it('is there again a day later, and not before', () => {
    const allowance = new BlockAllowance();
    const pass = (from: number, to: number): void => {
      for (let hour = from; hour <= to; hour++)
        for (let account = 0; account < 100; account++) allowance.saw(startMs + hour * hourMs, true);
    };
    pass(0, 30);
    expect(useUp(allowance, 0.01, 1)).toBe(24);
    pass(31, 53);
    expect(allowance.isUsedUp(0.01, 1)).toBe(true);
    pass(54, 54);
    expect(useUp(allowance, 0.01, 1)).toBe(24);
  });

  it('counts what is late as of now, and forgets nothing for it', () => {
    const allowance = new BlockAllowance();
    allowance.saw(startMs + 40 * hourMs, true);
    expect(useUp(allowance, 0.01, 500)).toBe(5);
    allowance.saw(startMs, true);
    allowance.saw(startMs + 41 * hourMs, true);
    expect(allowance.isUsedUp(0.01, 5)).toBe(true);
  });

  it('is not taken for that of a full day after a late event, nor after a day without any', () => {
    const allowance = new BlockAllowance();
    allowance.saw(startMs, true);
    allowance.saw(startMs - 48 * hourMs, true);
    expect(useUp(allowance, 0.01, 500)).toBe(5);
    allowance.saw(startMs + 100 * hourMs, true);
    expect(useUp(allowance, 0.01, 500)).toBe(5);
  });

  it('is a part of what the norms tell where members cannot tell each other', () => {
    const allowance = new BlockAllowance(() => 4);
    allowance.saw(startMs, true);
    expect(useUp(allowance, 0.01, 2_000)).toBe(5);
    expect(allowance.take()).toEqual([]);
  });

  it('is that of the norms in the first day, also where another member is days behind', () => {
    const allowance = new BlockAllowance(() => 2, true);
    allowance.saw(startMs + 100 * hourMs, true);
    allowance.apply([[startMs / hourMs, 40, 3]]);
    expect(allowance.isUsedUp(0.01, 500)).toBe(false);
    allowance.apply([[startMs / hourMs + 90, 40, 3]]);
    expect(allowance.kept().firstHour).toBe(startMs / hourMs + 90);
  });

  it('counts for each of the others what was taken to be told, until it has been', () => {
    const allowance = new BlockAllowance(() => 2, true);
    allowance.saw(startMs, true);
    // Five of ten, since the other may have blocked as many.
    expect(useUp(allowance, 0.01, 1_000)).toBe(5);
    allowance.take();
    expect(allowance.isUsedUp(0.01, 1_000)).toBe(true);
    allowance.told();
    expect(allowance.isUsedUp(0.01, 1_000)).toBe(false);
  });

  it('is empty where the budget is less than one account', () => {
    const allowance = new BlockAllowance();
    allowance.saw(startMs, true);
    expect(useUp(allowance, 0.005, 100)).toBe(0);
  });
});
