import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValkeySettings } from '../../../src/adapters/valkey/settings.ts';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { keyOf, sighting, valuesOf } from '../../contract/group-sightings.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { requireTlsFront } from '../../servers/valkey/tls-front.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { portOf, valkeySettings } from './support.ts';

const readme = readFileSync(new URL('../../../src/adapters/valkey/README.md', import.meta.url), 'utf8');
const rights = /^ACL SETUSER winnow on >\S+ (.*)$/m.exec(readme)?.[1];
const password = 'correct-horse';
const keyPrefix = 'winnow:';
const secret = (text: string) => ({ reveal: () => text });

/** What becomes of all that a store does: `answered`, or the message of the failure. */
async function tried(nodes: readonly string[], overrides: Partial<ValkeySettings>): Promise<string> {
  const settings = valkeySettings(nodes, { keyPrefix, timeoutMs: 2_000, ...overrides });
  const store = new ValkeyFeatureStore(settings, () => undefined);
  const { groups } = store;
  try {
    const event = { timeMs: startMs, account: 1 };
    await store.observe(observationsOf([{ ...event, offset: 0, id: 1 }]));
    await store.settle({ topic: 'account-events', partition: 0, offset: 0 }, [
      {
        keyHigh: 7919,
        keyLow: 1,
        standing: { action: 'review', decisionId: `dec_${'0'.repeat(32)}`, sinceMs: startMs },
      },
    ]);
    // One that only tries, and one that asks to be forgotten, have commands of their own.
    await store.observe(observationsOf([{ ...event, offset: 1, id: 2, attempts: true }]));
    await store.observe(observationsOf([{ ...event, offset: 2, id: 3, target: 1, erases: true }]));
    await store.forgetOffsets('account-events', 0);
    await groups.take([
      sighting({ account: 1, shows: { device: 'd' } }),
      sighting({ account: 2, shows: { device: 'd' } }),
    ]);
    await groups.tell([], valuesOf('device', 'd'));
    await groups.forget(keyOf(1));
    return 'answered';
  } catch (error) {
    expect(error).toMatchObject({ failure: { code: 'STORE_UNAVAILABLE' } });
    return (error as Error).message;
  } finally {
    await store.close();
  }
}

describe.each(['one server', 'a cluster'] as const)('a user of %s', (kind) => {
  const offer = valkeyOffer({
    cluster: kind === 'a cluster',
    settings: [`user winnow on >${password} ${rights}`, `user guest on >${password} ~other:* +@all`],
  });
  beforeAll(offer.start);
  afterAll(offer.stop);

  it.for<[string, Partial<ValkeySettings>, RegExp]>([
    ['with the rights that the README lists', { username: 'winnow', password: secret(password) }, /^answered$/],
    [
      'with a wrong password',
      { username: 'winnow', password: secret('wrong') },
      /refuses the user name or the password/,
    ],
    ['who is not known', { username: 'nobody', password: secret(password) }, /refuses the user name or the password/],
    ['without rights on the keys', { username: 'guest', password: secret(password) }, /grant the rights/],
  ])('%s', async ([, overrides, expected], context) => {
    const { nodes } = offer.require(context);
    const outcome = await tried(nodes, { timeoutMs: 60_000, ...overrides });
    expect(outcome).toMatch(expected);
    expect(outcome).not.toContain(password);
  });
});

describe('a user who may not count keys', () => {
  const offer = valkeyOffer({ settings: [`user winnow on >${password} ${rights} -dbsize`] });
  beforeAll(offer.start);
  afterAll(offer.stop);

  // It ended the connection every 15 s, and failed the batches that were under way on it.
  it('keeps the connection that batches are using: a number for a gauge is not worth one', async (context) => {
    const { nodes } = offer.require(context);
    const told: string[] = [];
    const settings = valkeySettings(nodes, { keyPrefix, username: 'winnow', password: secret(password) });
    const store = new ValkeyFeatureStore(settings, (_level, message) => told.push(message));
    const observe = (offset: number) =>
      store.observe(observationsOf([{ offset, timeMs: startMs, id: offset + 1, account: 1 }]));
    const client = await connectTo(portOf(nodes[0]!));
    const connections = async () =>
      (await client.clientList()).filter(({ user }) => user === 'winnow').map(({ id }) => id);
    await observe(0);
    const before = await connections();
    await expect.poll(() => told).toContainEqual(expect.stringContaining('cannot be counted'));
    await observe(1);
    expect(before).toHaveLength(1);
    expect(await connections()).toEqual(before);
    client.destroy();
    await store.close();
  });
});

describe('TLS', () => {
  const offer = valkeyOffer();
  beforeAll(offer.start);
  afterAll(offer.stop);
  const trusting = { enabled: true, rejectUnauthorized: true };

  it('welcomes a client that trusts the certificate', async (context) => {
    const front = await requireTlsFront(context, portOf(offer.require(context).nodes[0]!));
    expect(await tried([front.address], { tls: { ...trusting, caFile: front.caPath } })).toBe('answered');
    await front.close();
  });

  it('is refused by a client that does not, and says why', async (context) => {
    const front = await requireTlsFront(context, portOf(offer.require(context).nodes[0]!));
    expect(await tried([front.address], { tls: trusting })).toMatch(/certificate .* not accepted .*valkey\.tls/);
    await front.close();
  });

  it('is missed by a client that speaks none', async (context) => {
    const front = await requireTlsFront(context, portOf(offer.require(context).nodes[0]!));
    expect(await tried([front.address], {})).toMatch(/STORE_UNAVAILABLE/);
    await front.close();
  });

  it('is missed at a server that speaks none', async (context) => {
    const { nodes } = offer.require(context);
    expect(await tried(nodes, { tls: trusting })).toMatch(/STORE_UNAVAILABLE/);
  });

  it('wants files that are there', () => {
    const settings = valkeySettings(['127.0.0.1:1'], { tls: { ...trusting, caFile: '/nowhere/ca.pem' } });
    expect(() => new ValkeyFeatureStore(settings, () => undefined)).toThrow(/CONFIG_INVALID.*ca\.pem cannot be read/);
  });
});

describe('an address', () => {
  it('where nobody listens', async () => {
    expect(await tried(['127.0.0.1:1'], {})).toMatch(/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/);
  });

  it('of one server, taken for a cluster', async (context) => {
    const server = valkeyOffer();
    await server.start();
    expect(await tried(server.require(context).nodes, { cluster: true })).toMatch(/no cluster: set valkey\.cluster/);
    await server.stop();
  });
});
