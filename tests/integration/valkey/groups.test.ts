import { afterAll, describe, expect, it } from 'vitest';
import { EmbeddedGroupStore } from '../../../src/adapters/embedded/group-store.ts';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { epochMs, epochOverlapMs } from '../../../src/domain/group-epoch.ts';
import { groupEdgeKinds } from '../../../src/domain/group-verdict.ts';
import type { GroupStore, HeldValue } from '../../../src/group-ports.ts';
import { keyOf, sighting, startMs, subjectOf, valuesOf } from '../../contract/group-sightings.ts';
import { groupStoreContract } from '../../contract/group-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { drawing, portOf, uniquePrefix, valkeySettings } from './support.ts';

const [single, cluster] = [valkeyOffer(), valkeyOffer({ cluster: true })];
await Promise.all([single.start(), cluster.start()]);
afterAll(() => Promise.all([single.stop(), cluster.stop()]));

/** The groups of a history; both are closed together. */
function openUnder(nodes: readonly string[], keyPrefix: string): GroupStore {
  const store = new ValkeyFeatureStore(valkeySettings(nodes, { keyPrefix }), () => undefined);
  const { groups } = store;
  const close = (): Promise<void> => store.close();
  return {
    take: (sightings) => groups.take(sightings),
    count: (values) => groups.count(values),
    tell: (changes, common) => groups.tell(changes, common),
    forget: (account) => groups.forget(account),
    size: () => groups.size(),
    close,
  };
}

const openOn = (nodes: readonly string[]) => openUnder(nodes, uniquePrefix());

it.for([
  ['one server', single, 1],
  ['a cluster', cluster, 3],
] as const)('%s is there to keep the contract', ([, offer, nodes], context) => {
  expect(offer.require(context).nodes.length).toBeGreaterThanOrEqual(nodes);
});

describe.skipIf(single.nodes() === null)('on one server', () => {
  groupStoreContract('Valkey', () => Promise.resolve(openOn(single.nodes()!)));
});
describe.skipIf(cluster.nodes() === null)('on a cluster', () => {
  groupStoreContract('a Valkey cluster', () => Promise.resolve(openOn(cluster.nodes()!)));
});

/** Sightings of few accounts that have few things, over three weeks, drawn by a seed. */
function streamOf(seed: number, count: number) {
  const draw = drawing(seed);
  return Array.from({ length: count }, (_, index) => {
    const kind = groupEdgeKinds[draw(groupEdgeKinds.length)]!;
    return sighting({
      account: 1 + draw(20),
      timeMs: startMs + index * Math.floor((3 * epochMs) / count) - draw(4) * 3_600_000,
      score: draw(100) / 100,
      isActedOn: draw(9) === 0,
      proof: draw(15) === 0 ? 'phone' : null,
      word: draw(15) === 0 ? { saidMs: startMs + draw(5), isGenuine: draw(2) === 0 } : null,
      ...(draw(3) > 0 ? { shows: { [kind]: `text ${draw(3)}` } } : {}),
    });
  });
}

/** What a store answers to a stream, with accounts that are told and forgotten on the way. Populations are estimates, and left out. */
async function answersOf(store: GroupStore, seed: number): Promise<readonly unknown[]> {
  const stream = streamOf(seed, 240);
  const answers: unknown[] = [];
  for (let from = 0; from < stream.length; from += 12) {
    const held = await store.take(stream.slice(from, from + 12));
    answers.push(held.map(({ value, holders, isCommon }) => ({ value, holders, isCommon })));
    const told = { action: 'review', revision: 1 + from, timeMs: 1_000 + from, isShadow: from % 24 === 0 } as const;
    await store.tell(
      held
        .slice(0, 2)
        .flatMap(({ value, holders }) => holders.slice(0, 2).map((account) => ({ account, value, told }))),
      from % 36 === 0 ? held.slice(2, 3).map(({ value }) => value) : [],
    );
    if (from % 48 === 0) await store.forget(stream[from]!);
  }
  return answers;
}

/** Values as a set: stores keep those of an account in an order of their own. */
function unordered(answers: readonly unknown[]): readonly unknown[] {
  return (answers as HeldValue[][]).map((held) =>
    held.map((group) => ({
      ...group,
      holders: group.holders.map((member) => ({ ...member, values: new Set(member.values) })),
    })),
  );
}

const both = (account: number) => sighting({ account, shows: { device: 'd', bio: 'b' } });
const shown = (account: number) => sighting({ account, shows: { device: 'd' } });

describe.each(['one server', 'a cluster'] as const)('groups on %s', (kind) => {
  const offer = kind === 'one server' ? single : cluster;

  it.for([1, 2, 3])('come out as in the process, stream %i', async (seed, context) => {
    const { nodes } = offer.require(context);
    const [shared, embedded] = [openOn(nodes), new EmbeddedGroupStore({ membersMax: 1_000 })];
    expect(unordered(await answersOf(shared, seed))).toEqual(unordered(await answersOf(embedded, seed)));
    await shared.close();
  });

  it('are seen whole by at least one of two members who bring their accounts at once', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const members = [openUnder(nodes, keyPrefix), openUnder(nodes, keyPrefix)];
    for (let round = 0; round < 50; round++) {
      const shows = { device: `round ${round}` };
      const answers = await Promise.all(
        members.map((store, index) => store.take([sighting({ account: round * 2 + index + 1, shows })])),
      );
      const whole = [round * 2 + 1, round * 2 + 2].map(subjectOf);
      expect(answers.map((held) => held[0]?.holders.map(({ subject }) => subject))).toContainEqual(whole);
    }
    await Promise.all(members.map((store) => store.close()));
  });

  it('end: every key has a time, and none is longer than what is in it counts', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const store = openUnder(nodes, keyPrefix);
    await store.take([both(1), both(2)]);
    const [value] = valuesOf('device', 'd');
    await store.tell(
      [{ account: keyOf(1), value: value!, told: { action: 'block', revision: 1, timeMs: 1_000, isShadow: false } }],
      [value!],
    );
    await store.take([both(3), sighting({ account: 2, isActedOn: true }), sighting({ account: 9, isActedOn: true })]);
    await store.close();
    const seconds: number[] = [];
    for (const node of nodes) {
      const client = await connectTo(portOf(node));
      for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` }))
        for (const key of keys) seconds.push(await client.ttl(key));
      client.destroy();
    }
    // Three accounts, two values, and the shards' counts of the epoch.
    expect(seconds.length).toBeGreaterThanOrEqual(6);
    const longest = (epochMs + epochOverlapMs) / 1000 + 86_400;
    for (const left of seconds) {
      expect(left).toBeGreaterThan(longest - 60);
      expect(left).toBeLessThanOrEqual(longest);
    }
  });

  it('make way for nothing: what is not Winnow’s is as if it were not there', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const store = openUnder(nodes, keyPrefix);
    await store.take([shown(1), shown(2)]);
    const keys: string[] = [];
    for (const node of nodes) {
      const client = await connectTo(portOf(node));
      for await (const found of client.scanIterator({ MATCH: `${keyPrefix}*` })) {
        for (const key of found) {
          keys.push(key);
          await client.del(key);
          await client.set(key, 'another program');
        }
      }
      client.destroy();
    }
    expect(keys.length).toBeGreaterThanOrEqual(4);
    expect(await store.take([shown(1)])).toEqual([]);
    const [held] = await store.take([shown(2)]);
    expect(held!.holders.map(({ subject }) => subject)).toEqual([1, 2].map(subjectOf));
    await store.close();
  });

  it('are unavailable, and nothing else, where nobody answers', async () => {
    const store = openUnder(['127.0.0.1:1'], 'nobody:');
    await expect(store.take([sighting({ account: 1, shows: { device: 'd' } })])).rejects.toMatchObject({
      failure: { code: 'STORE_UNAVAILABLE' },
    });
    await store.close();
  });
});
