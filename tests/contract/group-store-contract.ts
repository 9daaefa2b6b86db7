import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs, epochOf } from '../../src/domain/group-epoch.ts';
import { valuesPerMemberMax } from '../../src/domain/group-member.ts';
import { holdersBoundMax } from '../../src/domain/group-terms.ts';
import type { GroupStore, HeldValue } from '../../src/group-ports.ts';
import { keyOf, sighting, startMs, subjectOf, valuesOf } from './group-sightings.ts';

const [device] = valuesOf('device', 'd');
const onDevice = (account: number, shown = 'd') => sighting({ account, shows: { device: shown } });
const both = (account: number) => sighting({ account, shows: { device: 'd', avatar: 'a' } });
const at = (account: number, timeMs: number) => sighting({ account, timeMs, shows: { device: 'd' } });
const said = (account: number, isGenuine: boolean) => sighting({ account, word: { saidMs: startMs, isGenuine } });
const holdersOf = (held: readonly HeldValue[]) => held.flatMap(({ holders }) => holders.map(({ subject }) => subject));

/** What every store of what accounts have in common does. */
export function groupStoreContract(name: string, open: () => Promise<GroupStore>): void {
  describe(`${name}, which keeps what accounts have in common`, () => {
    let store: GroupStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('tells nothing of what one account alone has', async () => {
      expect(await store.take([sighting({ account: 1, shows: { device: 'd', bio: 'b' } })])).toEqual([]);
      expect(await store.count([device!])).toEqual([1]);
      expect(store.size()).toBeGreaterThanOrEqual(0);
    });

    it('tells all that have a value when another comes', async () => {
      await store.take([onDevice(1)]);
      await store.take([onDevice(2, 'another')]);
      const held = await store.take([onDevice(3)]);
      expect(held).toHaveLength(1);
      expect(held[0]).toMatchObject({ value: device, isCommon: false });
      expect(holdersOf(held)).toEqual([subjectOf(1), subjectOf(3)]);
      expect(held[0]!.population).toBeGreaterThanOrEqual(1);
    });

    it('tells them in the order of their keys, whoever came first', async () => {
      await store.take([onDevice(9), onDevice(3)]);
      expect(holdersOf(await store.take([onDevice(5)]))).toEqual([3, 5, 9].map(subjectOf));
    });

    it('takes what comes again for one, in whichever order', async () => {
      const [first, second] = [onDevice(1), sighting({ account: 2, shows: { device: 'd' }, score: 0.4 })];
      const once = await store.take([first, second]);
      await store.take([second]);
      expect(await store.take([second, first, first])).toEqual(once);
      expect(await store.count([device!])).toEqual([2]);
    });

    it('merges what is said of an account: the highest score, the earliest age, the latest word, every proof', async () => {
      await store.take([onDevice(1), onDevice(2)]);
      const word = { saidMs: startMs + 2, isGenuine: true };
      await store.take([sighting({ account: 1, score: 0.2, createdMs: startMs - 5, proof: 'phone', word })]);
      await store.take([
        sighting({ account: 1, score: 0.95, isActedOn: true, word: { saidMs: startMs + 1, isGenuine: false } }),
      ]);
      const [{ holders }] = (await store.take([sighting({ account: 1, proof: 'email' })])) as [HeldValue];
      expect(holders[0]).toMatchObject({
        subject: subjectOf(1),
        score: 0.95,
        isActedOn: true,
        createdMs: startMs - 5,
        shownMs: startMs,
        proofs: ['email', 'phone'],
        word,
      });
    });

    it('lets the kinder of two words of one moment count, whichever came first', async () => {
      await store.take([onDevice(1), onDevice(2)]);
      await store.take([said(1, true), said(2, false)]);
      const [{ holders }] = (await store.take([said(1, false), said(2, true)])) as [HeldValue];
      expect(holders.map(({ word }) => word?.isGenuine)).toEqual([true, true]);
    });

    it('learns nothing of an account that never showed anything', async () => {
      expect(await store.take([sighting({ account: 7 })])).toEqual([]);
      await store.take([onDevice(1)]);
      expect(holdersOf(await store.take([onDevice(2), sighting({ account: 7 })]))).toEqual([1, 2].map(subjectOf));
    });

    it('tells every value of an account of which something new is said', async () => {
      await store.take([1, 2].map((account) => sighting({ account, shows: { device: 'd', avatar: 'a' } })));
      const held = await store.take([sighting({ account: 1, isActedOn: true })]);
      expect(held.map(({ value }) => value.kind).toSorted()).toEqual(['avatar', 'device']);
    });

    it('tells of an account of which there is no news what it shows, and not all that it has', async () => {
      await store.take([both(1), both(2)]);
      const held = await store.take([sighting({ account: 1, shows: { avatar: 'a' } })]);
      expect(held.map(({ value }) => value.kind)).toEqual(['avatar']);
      const news = await store.take([{ ...sighting({ account: 1, shows: { avatar: 'a' } }), isNews: true }]);
      expect(news).toHaveLength(2);
    });

    it('remembers what groups said, until they say otherwise', async () => {
      await store.take([onDevice(1), onDevice(2)]);
      const say = (action: 'block' | 'allow', revision: number) =>
        store.tell(
          [{ account: keyOf(1), value: device!, told: { action, revision, timeMs: startMs, isShadow: false } }],
          [],
        );
      await say('block', 1);
      await say('allow', 2);
      const [{ holders }] = (await store.take([onDevice(1)])) as [HeldValue];
      expect(holders.map(({ values }) => values[0]!.told)).toEqual([
        { action: 'allow', revision: 2, timeMs: startMs, isShadow: false },
        null,
      ]);
    });

    it('does not make an account by telling it something', async () => {
      const told = { action: 'block', revision: 1, timeMs: startMs, isShadow: false } as const;
      await store.tell([{ account: keyOf(1), value: device!, told }], []);
      expect(await store.take([onDevice(2)])).toEqual([]);
    });

    it('holds one account more than can be a group, and no more', async () => {
      const crowd = Array.from({ length: holdersBoundMax + 10 }, (_, index) => onDevice(index + 1));
      const [{ holders, isCommon }] = (await store.take(crowd)) as [HeldValue];
      expect(holders).toHaveLength(holdersBoundMax + 1);
      expect(isCommon).toBe(false);
    });

    it('knows nobody who has what is common, and lets nobody join', async () => {
      await store.take([onDevice(1), onDevice(2)]);
      await store.tell([], [device!]);
      expect(await store.take([onDevice(3)])).toMatchObject([{ isCommon: true, holders: [] }]);
      expect(await store.count([device!])).toEqual([Infinity]);
    });

    it('forgets an account with all that it had', async () => {
      await store.take([both(1), both(2), both(3)]);
      await store.forget(keyOf(2));
      await store.forget(keyOf(2));
      await store.forget(keyOf(99));
      const held = await store.take([sighting({ account: 1 })]);
      expect(held).toHaveLength(2);
      for (const { holders } of held) expect(holders.map(({ subject }) => subject)).toEqual([1, 3].map(subjectOf));
      expect(await store.take([sighting({ account: 2 })])).toEqual([]);
    });

    it('keeps epochs apart, and an account of the last part of one in the next one too', async () => {
      const endMs = (epochOf(startMs) + 1) * epochMs;
      await store.take([at(1, startMs), at(2, endMs - 3_600_000)]);
      const held = await store.take([at(3, endMs + 3_600_000)]);
      expect(held.map(({ value }) => value.epoch)).toEqual([epochOf(endMs)]);
      expect(holdersOf(held)).toEqual([2, 3].map(subjectOf));
    });

    it('remembers at most so many values of one account', async () => {
      const avatars = Array.from({ length: valuesPerMemberMax + 5 }, (_, index) => `a${index}`);
      const shown = (account: number) => avatars.map((avatar) => sighting({ account, shows: { avatar } }));
      await store.take(shown(1));
      expect(await store.take(shown(2))).toHaveLength(valuesPerMemberMax);
    });

    it('estimates how many accounts an epoch brought, those of the one before where these were more', async () => {
      const many = Array.from({ length: 400 }, (_, index) =>
        sighting({ account: index, shows: { device: `${index}` } }),
      );
      await store.take(many);
      const nextMs = startMs + epochMs;
      const later = (account: number) => sighting({ account, timeMs: nextMs, shows: { device: 'd' } });
      const [{ population }] = (await store.take([later(1_001), later(1_002)])) as [HeldValue];
      expect(population).toBeGreaterThan(200);
      expect(population).toBeLessThan(800);
    });
  });
}
