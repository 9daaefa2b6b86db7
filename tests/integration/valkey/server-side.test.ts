import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Standing } from '../../../src/domain/standing.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { entityKinds, snapshotColumn } from '../../../src/features/state.ts';
import { observationFates } from '../../../src/ports.ts';
import { simulate } from '../../../src/simulation/simulate.ts';
import { keyHighOf, observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { observedSimulation } from './simulated.ts';
import { handle, openStore, portOf, streamOf, uniquePrefix, valuesUnder } from './support.ts';

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

const accountEvents = snapshotColumn('account', 'events', '24h');

it('loads its script again when the server has forgotten it', async (context) => {
  const { nodes } = offer.require(context);
  const store = openStore(nodes);
  const event = { timeMs: startMs, account: 1 };
  await store.observe(observationsOf([{ ...event, offset: 0, id: 1 }]));
  const client = await connectTo(portOf(nodes[0]!));
  await client.scriptFlush();
  client.destroy();
  const { values } = await store.observe(observationsOf([{ ...event, offset: 1, id: 2 }]));
  expect(values[accountEvents]).toBe(2);
  await store.close();
});

it('begins anew with another number of shards: all is forgotten, and not a part', async (context) => {
  const { nodes } = offer.require(context);
  const keyPrefix = uniquePrefix();
  const accounts = Array.from({ length: 16 }, (_, index) => index + 1);
  const [former, present] = [openStore(nodes, { keyPrefix, shards: 4 }), openStore(nodes, { keyPrefix, shards: 8 })];
  const batch = observationsOf(accounts.map((account) => ({ offset: account, timeMs: startMs, id: account, account })));
  await former.observe(batch);
  const { fates } = await present.observe(batch);
  expect(new Set(Array.from(fates, (fate) => observationFates[fate]))).toEqual(new Set(['applied']));
  await Promise.all([former.close(), present.close()]);
});

it('splits a batch of which only the beginning was applied', async (context) => {
  const { nodes } = offer.require(context);
  const keyPrefix = uniquePrefix();
  const [former, present] = [openStore(nodes, { keyPrefix }), openStore(nodes, { keyPrefix })];
  const events = [0, 1, 2, 3].map((offset) => ({
    offset,
    timeMs: startMs + offset,
    id: 1 + offset,
    account: 1,
    device: 1,
    element: 1 + offset,
  }));
  await former.observe(observationsOf(events.slice(0, 2)));
  const { values, fates } = await present.observe(observationsOf(events));
  expect(Array.from(fates, (fate) => observationFates[fate])).toEqual(['replayed', 'replayed', 'applied', 'applied']);
  const columns = values.length / events.length;
  expect(events.map((_, row) => values[row * columns + accountEvents])).toEqual([1, 2, 3, 4]);
  expect(values[3 * columns + snapshotColumn('device', 'accounts', '24h')]).toBe(4);
  await Promise.all([former.close(), present.close()]);
});

it('forgets entities after their time, and watermarks never', async (context) => {
  const { nodes } = offer.require(context);
  const keyPrefix = uniquePrefix();
  const store = openStore(nodes, { keyPrefix, retentionDays: 60 });
  await handle(store, streamOf(1, 300));
  await store.close();
  const client = await connectTo(portOf(nodes[0]!));
  const binary = client.withTypeMapping({ 36: Buffer });
  const days = new Map<string, Set<number>>();
  for (const [name] of await valuesUnder(nodes, keyPrefix)) {
    const key = Buffer.from(keyPrefix + name, 'latin1');
    const seconds = await binary.ttl(key);
    const kind = name.endsWith(':watermarks') ? 'watermarks' : entityKinds[key.at(-1)!]!;
    days.set(kind, (days.get(kind) ?? new Set<number>()).add(seconds < 0 ? -1 : Math.ceil(seconds / 86_400)));
  }
  client.destroy();
  expect(Object.fromEntries(days)).toEqual({
    watermarks: new Set([-1]),
    // They remember labels, and how long they have been here.
    account: new Set([60]),
    device: new Set([60]),
    ip: new Set([60]),
    cohort: new Set([60]),
    // An hour, the lateness, and a day.
    target: new Set([2]),
  });
});

it('keeps what only attempts touched for days, and does not shorten what is kept for longer', async (context) => {
  const { nodes } = offer.require(context);
  const keyPrefix = uniquePrefix();
  const store = openStore(nodes, { keyPrefix, retentionDays: 60 });
  const attempt = { timeMs: startMs, attempts: true, device: 1, ip: 1 };
  await store.observe(observationsOf([{ ...attempt, offset: 0, id: 1, account: 1 }]));
  await store.observe(observationsOf([{ ...attempt, offset: 1, id: 2, account: 1 }]));
  await store.observe(observationsOf([{ offset: 2, id: 3, timeMs: startMs, account: 2, device: 2 }]));
  await store.observe(observationsOf([{ offset: 3, id: 4, timeMs: startMs, account: 2, device: 2 }]));
  await store.observe(observationsOf([{ ...attempt, offset: 4, id: 5, account: 2, device: 2, ip: 0 }]));
  await store.close();
  const client = await connectTo(portOf(nodes[0]!));
  const days: Record<string, number> = {};
  for (const [name] of await valuesUnder(nodes, keyPrefix)) {
    if (name.endsWith(':watermarks')) continue;
    const key = Buffer.from(keyPrefix + name, 'latin1');
    const entity = key.readUInt32LE(key.length - 5);
    days[`${entityKinds[key.at(-1)!]} ${entity}`] = Math.ceil((await client.ttl(key)) / 86_400);
  }
  client.destroy();
  expect(days).toEqual({ 'account 1': 3, 'device 1': 3, 'ip 1': 3, 'account 2': 60, 'device 2': 60 });
});

it('keeps an account for which something stands that no time ends for years, whatever touches it, and as long as others once it is lifted', async (context) => {
  const { nodes } = offer.require(context);
  const keyPrefix = uniquePrefix();
  const store = openStore(nodes, { keyPrefix, retentionDays: 60, standingDays: 900 });
  const client = await connectTo(portOf(nodes[0]!));
  const days = async (): Promise<number> => {
    const names = [...(await valuesUnder(nodes, keyPrefix)).keys()];
    const name = names.find((each) => entityKinds[Buffer.from(each, 'latin1').at(-1)!] === 'account')!;
    return Math.ceil((await client.ttl(Buffer.from(keyPrefix + name, 'latin1'))) / 86_400);
  };
  const standing: Standing = { action: 'block', decisionId: `dec_${'a'.repeat(32)}`, sinceMs: startMs };
  const event = { timeMs: startMs, account: 1 };
  const settle = (offset: number, lasting: Standing): Promise<void> =>
    store.settle({ topic: 'account-events', partition: 0, offset }, [
      { keyHigh: keyHighOf(1), keyLow: 1, standing: lasting },
    ]);
  const kept: number[] = [];
  await store.observe(observationsOf([{ ...event, offset: 0, id: 1 }]));
  await settle(0, { ...standing, lasts: true });
  kept.push(await days());
  await store.observe(observationsOf([{ ...event, offset: 1, id: 2 }]));
  kept.push(await days());
  await settle(1, { ...standing, action: 'allow' });
  kept.push(await days());
  expect(kept).toEqual([900, 900, 60]);
  client.destroy();
  await store.close();
});

it('counts the keys that are there', async (context) => {
  const { nodes } = offer.require(context);
  const store = openStore(nodes);
  await handle(store, streamOf(2, 100));
  const client = await connectTo(portOf(nodes[0]!));
  await expect.poll(() => store.size()).toBeGreaterThan(0);
  expect(store.size()).toBeLessThanOrEqual(await client.dbSize());
  client.destroy();
  await store.close();
});

describe('what lies in Valkey', () => {
  it('is no raw value of an event, in no key and no value', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const store = openStore(nodes, { keyPrefix });
    const hasher = new EntityKeyHasher(new Uint8Array(16).fill(9));
    for (const batch of observedSimulation(200, 128, hasher)) await store.observe(batch);
    await store.close();

    const raw = rawTexts(200);
    expect(raw.size).toBeGreaterThan(1_000);
    const held = [...(await valuesUnder(nodes, keyPrefix))].flatMap(([key, value]) =>
      Buffer.isBuffer(value) ? [key, value.toString('latin1')] : [key, JSON.stringify(value)],
    );
    const all = held.join('\n').toLowerCase();
    expect([...raw].filter((text) => all.includes(text))).toEqual([]);
  });
});

/** Every text of a simulated stream that a person could be known by, as long as it cannot be there by chance. */
function rawTexts(accounts: number): ReadonlySet<string> {
  const texts = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length >= 6) texts.add(Buffer.from(value).toString('latin1').toLowerCase());
    else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) collect(member);
  };
  for (const { json } of simulate({ seed: 5, accounts }).events()) {
    const event = JSON.parse(json) as { subject: string; id: string; data: object };
    collect([event.subject, event.id, event.data]);
  }
  return texts;
}
