import { describe, expect, it } from 'vitest';
import { governorDefaults } from '../../src/domain/governor.ts';
import type { BlockCause } from '../../src/policy/governor/block-cause.ts';
import type { Governor } from '../../src/policy/governor/governor.ts';
import type { BlockAllowance } from '../../src/scoring/block-allowance.ts';

/** Settings of governors under this contract: caps of ten, and nothing of the day before. */
export const keptGovernorSettings = {
  ...governorDefaults,
  blocksMin: 10,
  blocksMax: 10,
  overturnedMin: 3,
  probationShare: 0.2,
};
const startMs = Date.parse('2026-11-24T00:00:00Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const segments = ['all', 'KZ'];
const cause: BlockCause = { name: 'rule:everybody', key: 'everybody@1' };

/** A member whose counts of blocks outlive it. */
export interface KeptBlocksMember {
  readonly governor: Governor;
  readonly allowance: BlockAllowance;
  /** What it counted is where the next finds it. */
  keep(): Promise<void>;
  /** It dies, without another word, and one comes in its place. */
  restart(): Promise<KeptBlocksMember>;
}

/** Asks for as many blocks; returns how many there were. */
export function askForBlocks(governor: Governor, count: number, prefix: string): number {
  let through = 0;
  for (let index = 0; index < count; index++) {
    const account = `${prefix}${index}`;
    if (governor.heldIn(cause, account, segments, []) !== null) continue;
    governor.blocked([cause], account, segments);
    through++;
  }
  return through;
}

/** Blocks by the score alone until nothing is left of a day's budget of ten; returns how many there were. */
export function useUpAllowance(allowance: BlockAllowance, most = 100): number {
  let blocked = 0;
  for (; !allowance.isUsedUp(0.01, 1_000) && blocked < most; blocked++) allowance.blocked();
  return blocked;
}

/** What holds wherever counts are kept: who restarts knows what it knew. */
export function keptBlocksContract(name: string, open: () => Promise<KeptBlocksMember>): void {
  describe(`counts of blocks that outlive a member: ${name}`, () => {
    it('what was counted before a restart counts after it', async () => {
      let member = await open();
      member.governor.saw(startMs);
      expect(askForBlocks(member.governor, 1, 'a')).toBe(1);
      await member.keep();
      member = await member.restart();
      expect(askForBlocks(member.governor, 100, 'b')).toBe(1);
    });

    it('what was held before a restart is held after it', async () => {
      let member = await open();
      member.governor.saw(startMs);
      askForBlocks(member.governor, 100, 'a');
      await member.keep();
      member = await member.restart();
      expect(member.governor.tripped().map(({ segment }) => segment)).toEqual(['KZ', 'all']);
      expect(askForBlocks(member.governor, 100, 'b')).toBe(0);
    });

    it('a restart does not begin probation anew', async () => {
      let member = await open();
      member.governor.saw(startMs);
      expect(askForBlocks(member.governor, 1, 'a')).toBe(1);
      await member.keep();
      member = await member.restart();
      member.governor.saw(startMs + 2 * dayMs);
      expect(askForBlocks(member.governor, 100, 'b')).toBe(10);
    });

    it('people overturn blocks of before the restart', async () => {
      let member = await open();
      member.governor.saw(startMs);
      askForBlocks(member.governor, 1, 'a');
      member.governor.saw(startMs + 2 * dayMs);
      askForBlocks(member.governor, 5, 'b');
      await member.keep();
      member = await member.restart();
      for (let index = 0; index < 3; index++) member.governor.overturned(`b${index}`);
      expect(member.governor.tripped()).toMatchObject([{ reason: 'overturned' }, { reason: 'overturned' }]);
    });

    it('of an account that is to be forgotten nothing is kept', async () => {
      let member = await open();
      member.governor.saw(startMs);
      askForBlocks(member.governor, 1, 'to-forget-');
      await member.keep();
      member = await member.restart();
      member.governor.forget('to-forget-0');
      await member.keep();
      member = await member.restart();
      expect(JSON.stringify(member.governor.kept())).not.toContain('to-forget-0');
    });

    it('a restart does not give the score its allowance of the day again', async () => {
      let member = await open();
      member.allowance.saw(startMs, true);
      expect(useUpAllowance(member.allowance, 7)).toBe(7);
      await member.keep();
      member = await member.restart();
      expect(useUpAllowance(member.allowance)).toBe(3);
      await member.keep();
      member = await member.restart();
      expect(useUpAllowance(member.allowance)).toBe(0);
      member.allowance.saw(startMs + dayMs, false);
      expect(useUpAllowance(member.allowance)).toBe(10);
    });

    it('a restart does not begin the first day, which the norms stand in for, anew', async () => {
      let member = await open();
      for (let hour = 0; hour < 30; hour++) {
        for (let account = 0; account < 100; account++) member.allowance.saw(startMs + hour * hourMs, true);
        await member.keep();
      }
      member = await member.restart();
      // One in a hundred of the 2,400 accounts of the last day.
      expect(useUpAllowance(member.allowance)).toBe(24);
    });
  });
}
