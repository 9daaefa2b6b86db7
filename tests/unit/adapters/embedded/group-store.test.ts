import { describe, expect, it } from 'vitest';
import { EmbeddedGroupStore } from '../../../../src/adapters/embedded/group-store.ts';
import { pieceBytesMax } from '../../../../src/adapters/embedded/pieces.ts';
import type { Companion } from '../../../../src/adapters/embedded/snapshot-format.ts';
import { readSnapshot } from '../../../../src/adapters/embedded/snapshot-reader.ts';
import { writeSnapshot } from '../../../../src/adapters/embedded/snapshot-writer.ts';
import { epochMs } from '../../../../src/domain/group-epoch.ts';
import { valuesPerMemberMax } from '../../../../src/domain/group-member.ts';
import { keyOf, sighting, startMs, subjectOf, valuesOf } from '../../../contract/group-sightings.ts';
import { emptyStore, identity, newPath, observeAccounts, owner } from './snapshot-files.ts';

const empty = () => new EmbeddedGroupStore({ membersMax: 10_000 });
const beside = (pieces: EmbeddedGroupStore): Companion => ({ kept: () => null, restore: () => undefined, pieces });
const shown = (account: number, device = 'd') => sighting({ account, shows: { device } });
const told = { action: 'block', revision: 3, timeMs: 1_000, isShadow: false } as const;

/** A store of a group, of values that are common, and of accounts of an unknown age. */
async function full(): Promise<EmbeddedGroupStore> {
  const store = empty();
  await store.take([shown(1), shown(2), sighting({ account: 3, createdMs: Infinity, shows: { device: 'd' } })]);
  await store.take([shown(4, 'app'), shown(5, 'app')]);
  const [device] = valuesOf('device', 'd');
  await store.tell([{ account: keyOf(1), value: device!, told }], [valuesOf('device', 'app')[0]!]);
  for (let account = 100; account < 900; account++) await store.take([shown(account, `own ${account}`)]);
  return store;
}

describe('the embedded store of groups, in a snapshot', () => {
  it('comes back with its accounts, what they were told, what is common and how many came', async () => {
    const [path, store, copy] = [await newPath(), await full(), empty()];
    const history = emptyStore();
    await observeAccounts(history, 3_000);
    await writeSnapshot(path, identity, history, { ...owner, companion: () => ({ blocks: 7 }), pieces: store });
    const historyCopy = emptyStore();
    await readSnapshot(path, identity, historyCopy, beside(copy));
    expect(historyCopy.size()).toBe(history.size());
    expect(copy.size()).toBe(store.size());
    for (const account of [1, 3, 4, 200]) {
      const say = sighting({ account, isActedOn: true });
      expect(await copy.take([say])).toEqual(await store.take([say]));
    }
    expect(await copy.count(valuesOf('device', 'app'))).toEqual([Infinity]);
    expect(await copy.take([shown(1_000)])).toEqual(await store.take([shown(1_000)]));
  });

  // What a group said after the moment of the records had been said to nobody by the process that began from them, and was never said again.
  it('is of the moment at which it was begun, whatever happens while it is written', async () => {
    const [store, copy, before] = [await full(), empty(), await full()];
    const [device] = valuesOf('device', 'd');
    let at = 0;
    for (const piece of store.write()) {
      await store.take([shown(7 + at)]);
      await store.tell([{ account: keyOf(2), value: device!, told }], []);
      if (at === 2) await store.forget(keyOf(3));
      copy.read(piece);
      at++;
    }
    expect(at).toBeGreaterThan(4);
    expect(copy.size()).toBe(before.size());
    expect(await copy.take([shown(1)])).toEqual(await before.take([shown(1)]));
    // The one after it has all of that.
    const later = empty();
    for (const piece of store.write()) later.read(piece);
    expect(later.size()).toBe(store.size());
    expect(await later.take([shown(1)])).toEqual(await store.take([shown(1)]));
  });

  it('is written in pieces that a snapshot takes, however much an account has', async () => {
    const store = empty();
    const avatars = Array.from({ length: valuesPerMemberMax }, (_, index) => `a${index}`);
    for (let account = 1; account <= 450; account++)
      await store.take(
        avatars.map((avatar) => ({ ...sighting({ account, shows: { avatar } }), subject: 'ü'.repeat(256) })),
      );
    const pieces = [...store.write()];
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThanOrEqual(pieceBytesMax);
  });

  it('leaves out what another version wrote', () => {
    const copy = empty();
    copy.read(Object.assign({ format: 99 }, { members: [{}] }) as object);
    copy.read({});
    expect(copy.size()).toBe(0);
  });

  it('reads a snapshot that was written without groups', async () => {
    const [path, copy] = [await newPath(), empty()];
    const history = emptyStore();
    await observeAccounts(history, 10);
    await writeSnapshot(path, identity, history, owner);
    await readSnapshot(path, identity, emptyStore(), beside(copy));
    expect(copy.size()).toBe(0);
  });
});

describe('the embedded store of groups', () => {
  it('lets go of accounts of which nothing counts any more', async () => {
    const store = empty();
    for (let account = 1; account <= 20; account++) await store.take([shown(account)]);
    const late = sighting({ account: 99, timeMs: startMs + 3 * epochMs, shows: { device: 'd' } });
    await store.take([late]);
    expect(store.size()).toBe(1);
    // An event that is as late as one may be finds nobody of then, and its account ends with it.
    expect(await store.take([shown(1)])).toEqual([]);
  });

  it('forgets who came first where there are too many, and never who is known', async () => {
    const store = new EmbeddedGroupStore({ membersMax: 3 });
    for (const account of [1, 2, 3, 4]) await store.take([shown(account)]);
    const [held] = await store.take([shown(5)]);
    expect(held!.holders.map(({ subject }) => subject)).toEqual([3, 4, 5].map(subjectOf));
  });
});
