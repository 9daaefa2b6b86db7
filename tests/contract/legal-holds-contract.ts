import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HoldWord } from '../../src/domain/legal-hold.ts';
import type { HoldRoom } from '../../src/history/hold-words.ts';
import type { LegalHolds } from '../../src/ports.ts';

export const asked = (timeMs: number, knownMs = timeMs): HoldWord => ({
  type: 'account.erasure_requested',
  timeMs,
  knownMs,
  hold: null,
  untilMs: null,
});
export const placed = (timeMs: number, hold: string, untilMs: number | null = null): HoldWord => ({
  type: 'account.hold_placed',
  timeMs,
  knownMs: timeMs,
  hold,
  untilMs,
});
export const lifted = (timeMs: number, hold: string): HoldWord => ({
  type: 'account.hold_lifted',
  timeMs,
  knownMs: timeMs,
  hold,
  untilMs: null,
});

export type Bounds = Partial<HoldRoom>;

export type OpenedHolds = LegalHolds & { close(): Promise<void> };

/** What everybody who keeps legal holds does. */
export function legalHoldsContract(name: string, open: (bounds?: Bounds) => Promise<OpenedHolds>): void {
  describe(`${name}, which keeps legal holds`, () => {
    let holds: OpenedHolds;
    beforeEach(async () => {
      holds = await open();
    });
    afterEach(() => holds.close());
    const sorted = async (account: string) =>
      (await holds.of(account)).toSorted((first, second) => first.timeMs - second.timeMs);

    it('knows nothing of anybody at first', async () => {
      expect(await holds.of('acc_a')).toEqual([]);
      expect(await holds.waiting()).toEqual([]);
      expect(await holds.accounts()).toEqual([]);
    });

    it('gives back what was said, each once, whatever the account is called', async () => {
      const words = [placed(1, 'a'.repeat(32)), placed(2.5, 'b', 9), asked(5, 8), lifted(7, 'b')];
      for (const account of ['acc_a', 'Ünïcode ☃ acc|x', '0'])
        for (const word of [...words, ...words]) expect(await holds.add(account, word, 3)).toBe(true);
      for (const account of ['acc_a', 'Ünïcode ☃ acc|x', '0']) expect(await sorted(account)).toEqual(words);
      expect((await holds.accounts()).toSorted()).toEqual(['0', 'acc_a', 'Ünïcode ☃ acc|x'].toSorted());
    });

    it('tells who waits, and on which partition, as long as a request is among the words', async () => {
      await holds.add('acc_a', placed(1, 'A'), 3);
      await holds.add('acc_b', asked(4), -1);
      expect(await holds.waiting()).toEqual([{ account: 'acc_b', partition: -1 }]);
      await holds.add('acc_a', asked(5), 3);
      expect((await holds.waiting()).toSorted((one, other) => one.partition - other.partition)).toEqual([
        { account: 'acc_b', partition: -1 },
        { account: 'acc_a', partition: 3 },
      ]);
      await holds.remove('acc_a', [asked(5)]);
      await holds.remove('acc_b', [asked(4)]);
      expect(await holds.waiting()).toEqual([]);
      expect(await holds.accounts()).toEqual(['acc_a']);
    });

    it('lets go of words, once, and of the account with the last', async () => {
      await holds.add('acc_a', placed(1, 'A'), 0);
      await holds.add('acc_a', asked(5), 0);
      await holds.remove('acc_a', [placed(1, 'A'), placed(9, 'never said')]);
      expect(await holds.of('acc_a')).toEqual([asked(5)]);
      for (let time = 0; time < 2; time++) await holds.remove('acc_a', [asked(5), placed(1, 'A')]);
      expect(await holds.of('acc_a')).toEqual([]);
      expect(await holds.accounts()).toEqual([]);
    });

    it('refuses what is beyond its bounds, keeps what it has, and has room again for what was let go', async () => {
      const small = await open({ accountsMax: 2, wordsMax: 2 });
      expect(await small.add('acc_a', placed(1, 'A'), 0)).toBe(true);
      expect(await small.add('acc_b', placed(1, 'A'), 0)).toBe(true);
      expect(await small.add('acc_c', placed(1, 'A'), 0)).toBe(false);
      expect(await small.add('acc_a', asked(2), 0)).toBe(true);
      expect(await small.add('acc_a', placed(3, 'B'), 0)).toBe(false);
      expect(await small.add('acc_a', asked(2), 0)).toBe(true);
      expect(await small.of('acc_c')).toEqual([]);
      expect(await small.of('acc_a')).toHaveLength(2);
      await small.remove('acc_b', [placed(1, 'A')]);
      expect(await small.add('acc_c', placed(1, 'A'), 0)).toBe(true);
      await small.close();
    });

    it('has room for what ends a hold, and for who waits for that, where it takes no more holds; but not without end', async () => {
      const small = await open({ wordsMax: 2 });
      for (const word of [placed(1, 'A'), placed(2, 'B'), asked(3), lifted(4, 'A')])
        expect(await small.add('acc_a', word, 0)).toBe(true);
      expect(await small.add('acc_a', lifted(5, 'B'), 0)).toBe(false);
      await small.close();
    });

    it('bounds the words of all accounts together', async () => {
      const small = await open({ allWordsMax: 3 });
      for (const account of ['acc_a', 'acc_b', 'acc_c']) expect(await small.add(account, placed(1, 'A'), 0)).toBe(true);
      expect(await small.add('acc_d', placed(1, 'A'), 0)).toBe(false);
      expect(await small.add('acc_a', lifted(2, 'A'), 0)).toBe(true);
      await small.remove('acc_a', [placed(1, 'A'), lifted(2, 'A')]);
      expect(await small.add('acc_d', placed(1, 'A'), 0)).toBe(true);
      expect(await small.add('acc_d', placed(1, 'B'), 0)).toBe(false);
      await small.close();
    });
  });
}
