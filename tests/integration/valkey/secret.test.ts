import { afterAll, expect, it } from 'vitest';
import { dropHistory } from '../../../src/adapters/valkey/drop-history.ts';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { valkeyOffer } from './offer.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { handle, portOf, streamOf, uniquePrefix, valkeySettings } from './support.ts';

// Started while the tests are collected: skipping has to be known by then.
const offer = valkeyOffer();
await offer.start();
afterAll(offer.stop);

const events = streamOf(5, 48);

/** A history of a few events. */
async function fill(keyPrefix: string, secretCheck?: string, refusesUnstamped = false): Promise<void> {
  const stamped = { ...(secretCheck === undefined ? {} : { secretCheck }), refusesUnstamped };
  const store = new ValkeyFeatureStore(valkeySettings(offer.nodes()!, { keyPrefix, ...stamped }), () => undefined);
  try {
    await handle(store, events);
  } finally {
    await store.close();
  }
}

it.skipIf(offer.nodes() === null)('a history is used under the secret by which it was made, and no other', async () => {
  const keyPrefix = uniquePrefix();
  await Promise.all([fill(keyPrefix, 'one'), fill(keyPrefix, 'one')]);
  await expect(fill(keyPrefix, 'other')).rejects.toThrow(/STORE_UNAVAILABLE.*made under another state\.keySecret/);
  await fill(keyPrefix, 'one');
});

const settingsOf = (keyPrefix: string) => valkeySettings(offer.nodes()!, { keyPrefix, secretCheck: 'one' });

/** What is there, each key once. */
async function counted(keyPrefix: string): Promise<number> {
  const client = await connectTo(portOf(offer.nodes()![0]!));
  const keys = await client.keys(`${keyPrefix.replace('*', String.raw`\*`)}*`);
  client.destroy();
  return keys.length;
}

it.skipIf(offer.nodes() === null)('a history that is dropped leaves nothing, and all others as they are', async () => {
  const keyPrefix = uniquePrefix();
  // One begins with the other; and what is special in a pattern is not in a prefix.
  const others = [`${keyPrefix}2:`, `${keyPrefix.slice(0, -1)}*:`];
  for (const prefix of [keyPrefix, ...others]) await fill(prefix, 'one');
  const before = await Promise.all(others.map(counted));
  expect(Math.min(...before)).toBeGreaterThan(20);
  expect(await dropHistory(settingsOf(others[0]!), false)).toBeGreaterThanOrEqual(before[0]!);
  await expect(dropHistory({ ...settingsOf(keyPrefix), secretCheck: 'other' }, true)).rejects.toThrow(/CONFIG_INVALID/);
  expect(await dropHistory(settingsOf(keyPrefix), true)).toBe(before[0]);
  expect(await dropHistory(settingsOf(keyPrefix), false)).toBe(0);
  expect(await Promise.all(others.map(counted))).toEqual(before);
});

it.skipIf(offer.nodes() === null)(
  'what is left of a history whose removal was cut off is of its secret still',
  async () => {
    const keyPrefix = uniquePrefix();
    await fill(keyPrefix, 'one');
    const before = await counted(keyPrefix);
    // May read all and remove the stamp alone: it fails at whichever other key comes first.
    const client = await connectTo(portOf(offer.nodes()![0]!));
    const rights = ['resetkeys', `%R~${keyPrefix}*`, `%W~${keyPrefix}secret`, '+@all'];
    await client.sendCommand(['ACL', 'SETUSER', 'remover', 'on', '>secret', ...rights]);
    client.destroy();
    const remover = { username: 'remover', password: { reveal: () => 'secret' } };
    await expect(dropHistory({ ...settingsOf(keyPrefix), ...remover }, true)).rejects.toThrow(/STORE_UNAVAILABLE/);
    await expect(fill(keyPrefix, 'other')).rejects.toThrow(/made under another state\.keySecret/);
    expect(await dropHistory(settingsOf(keyPrefix), true)).toBe(before);
    expect(await counted(keyPrefix)).toBe(0);
  },
);

it.skipIf(offer.nodes() === null)(
  'a history is not built where one serves that nobody said the secret of',
  async () => {
    const keyPrefix = uniquePrefix();
    await fill(keyPrefix);
    const before = await counted(keyPrefix);
    await expect(fill(keyPrefix, 'next', true)).rejects.toThrow(/CONFIG_INVALID.*does not say by which secret/);
    expect(await counted(keyPrefix)).toBe(before);
    // Who goes on with it takes it for his own, and is then known by it.
    await fill(keyPrefix, 'one');
    await expect(fill(keyPrefix, 'next', true)).rejects.toThrow(/made under another state\.keySecret/);
    const next = uniquePrefix();
    await fill(next, 'next', true);
    await fill(next, 'next', true);
  },
);
