import { describe, expect, it } from 'vitest';
import { governorDefaults } from '../../src/domain/governor.ts';
import type { BlockCause } from '../../src/policy/governor/block-cause.ts';
import type { Governor } from '../../src/policy/governor/governor.ts';

/** Settings of governors under this contract: caps of ten, and nothing of the day before. */
export const keptGovernorSettings = { ...governorDefaults, blocksMin: 10, blocksMax: 10, overturnedMin: 3 };
const startMs = Date.parse('2026-11-24T00:00:00Z');
const dayMs = 24 * 3_600_000;
const segments = ['all', 'KZ'];
const cause: BlockCause = { name: 'rule:everybody', key: 'everybody@1' };

/** A governor whose counts outlive it. */
export interface KeptGovernorMember {
  readonly governor: Governor;
  /** What it counted is where the next finds it. */
  keep(): Promise<void>;
  /** It dies, without another word, and one comes in its place. */
  restart(): Promise<KeptGovernorMember>;
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

/** What holds wherever counts are kept: who restarts knows what it knew. */
export function keptGovernorContract(name: string, open: () => Promise<KeptGovernorMember>): void {
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
  });
}
