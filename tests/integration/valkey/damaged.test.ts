import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import { entityKinds, snapshotColumn } from '../../../src/features/state.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { keyHighOf, observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { portOf, valkeySettings, valuesUnder } from './support.ts';

type Client = Awaited<ReturnType<typeof connectTo>>;

const event = { timeMs: startMs, account: 1, device: 2, target: 3, cohort: 4, element: 5, value: 6, adds: 0xff };
const columns = {
  account: snapshotColumn('account', 'events', '24h'),
  device: snapshotColumn('device', 'accounts', '24h'),
};
const entities = { account: event.account, device: event.device };

/** What somebody, or an accident, puts in the place of a value. */
const damages: readonly (readonly [string, (client: Client, key: Buffer, value: Buffer) => Promise<unknown>])[] = [
  ['a key of another type', async (client, key) => [await client.del(key), await client.rPush(key, 'other')]],
  ['a hash', async (client, key) => [await client.del(key), await client.hSet(key, 'a', 'b')]],
  ['nothing but some bytes', (client, key) => client.set(key, 'abc')],
  ['a value without its last bytes', (client, key, value) => client.set(key, value.subarray(0, -2))],
  ['a value without its last word', (client, key, value) => client.set(key, value.subarray(0, -4))],
  ['a value without its beginning', (client, key, value) => client.set(key, value.subarray(8))],
  ['zeros', (client, key, value) => client.set(key, Buffer.alloc(value.length))],
  ['ones', (client, key, value) => client.set(key, Buffer.alloc(value.length, 0xff))],
  ['chance', (client, key) => client.set(key, randomBytes(400))],
  ['another layout', (client, key) => client.set(key, '{"account":"one","events":[1,2,3,4]}')],
  ['more than any value has', (client, key) => client.setRange(key, 17 * 2 ** 20, 'abcd')],
];

/** A store, what it tells, and its events one by one; `values` returns what it is known of both entities. */
function open(nodes: readonly string[]) {
  const told: string[] = [];
  const settings = valkeySettings(nodes);
  const store = new ValkeyFeatureStore(settings, () => undefined, {
    ...silentTelemetry,
    historyDamaged: (kind, values) => void told.push(`${kind} ${values}`),
  });
  let offset = 0;
  const observe = async (element = 5 + offset): Promise<{ readonly account: number; readonly device: number }> => {
    const { values } = await store.observe(observationsOf([{ ...event, offset, id: 1 + offset, element }]));
    offset++;
    return { account: values[columns.account]!, device: values[columns.device]! };
  };
  const keyOf = async (kind: 'account' | 'device'): Promise<Buffer> => {
    const end = Buffer.alloc(9);
    end.writeUInt32LE(keyHighOf(entities[kind]), 0);
    end.writeUInt32LE(entities[kind], 4);
    end.writeUInt8(entityKinds.indexOf(kind), 8);
    const names = [...(await valuesUnder(nodes, settings.keyPrefix)).keys()];
    return Buffer.from(settings.keyPrefix + names.find((name) => name.endsWith(end.toString('latin1')))!, 'latin1');
  };
  return { settings, store, told, observe, keyOf };
}

describe('a value that Winnow cannot have written', () => {
  const offer = valkeyOffer();
  beforeAll(offer.start);
  afterAll(offer.stop);
  let client: Client;
  beforeEach(async (context) => {
    client = await connectTo(portOf(offer.require(context).nodes[0]!));
  });
  afterEach(() => client.destroy());

  for (const kind of ['account', 'device'] as const) {
    it.for(damages)(`is a new ${kind}, told once, and replaced: %s`, async ([, damage], context) => {
      const { nodes } = offer.require(context);
      const { store, told, observe, keyOf } = open(nodes);
      expect(await observe()).toEqual({ account: 1, device: 1 });
      expect(await observe()).toEqual({ account: 2, device: 2 });
      const key = await keyOf(kind);
      const value = (await client.withTypeMapping({ 36: Buffer }).get(key)) as unknown as Buffer;
      await damage(client, key, value);
      expect(await observe()).toEqual({ account: 3, device: 3, [kind]: 1 });
      expect(told).toEqual([`${kind} 1`]);
      expect(await observe()).toEqual({ account: 4, device: 4, [kind]: 2 });
      expect(told).toEqual([`${kind} 1`]);
      expect(await client.ttl(key)).toBeGreaterThan(0);
      await store.close();
    });
  }

  it.for(damages)('goes when its account is forgotten: %s', async ([, damage], context) => {
    const { nodes } = offer.require(context);
    const { settings, store, observe, keyOf } = open(nodes);
    await observe();
    const key = await keyOf('account');
    const value = (await client.withTypeMapping({ 36: Buffer }).get(key)) as unknown as Buffer;
    await damage(client, key, value);
    await store.forget({ keyHigh: keyHighOf(1), keyLow: 1, targetHigh: 0, targetLow: 0 });
    expect([...(await valuesUnder(nodes, settings.keyPrefix)).keys()]).not.toContain(
      key.toString('latin1').slice(settings.keyPrefix.length),
    );
    await store.close();
  });

  it('stops nothing where it is a key of watermarks: its shard goes on from the next batch', async (context) => {
    const { nodes } = offer.require(context);
    const { settings, store, told, observe } = open(nodes);
    await observe();
    const keys = [...(await valuesUnder(nodes, settings.keyPrefix)).keys()].filter((key) => key.endsWith('watermarks'));
    for (const key of keys) {
      await client.del(settings.keyPrefix + key);
      await client.set(settings.keyPrefix + key, 'other');
    }
    await store.forgetOffsets('account-events', 7);
    expect(await observe()).toEqual({ account: 2, device: 2 });
    expect(new Set(told)).toEqual(new Set(['watermarks 1']));
    const before = told.length;
    expect(await observe()).toEqual({ account: 3, device: 3 });
    expect(told).toHaveLength(before);
    await store.close();
  });

  it.for(['words', '1e300', 'nan', '-7', '2.5', ''])('counts for nothing as a watermark: %j', async (mark, context) => {
    const { nodes } = offer.require(context);
    const { settings, store, told, observe } = open(nodes);
    await observe();
    for (const [key, fields] of await valuesUnder(nodes, settings.keyPrefix))
      if (!Buffer.isBuffer(fields))
        for (const field of Object.keys(fields)) await client.hSet(settings.keyPrefix + key, field, mark);
    expect(await observe()).toEqual({ account: 2, device: 2 });
    expect(new Set(told)).toEqual(new Set(['watermarks 1']));
    await store.close();
  });

  it('is nobody else’s error: what the user may not read stays a failure of the store', async (context) => {
    const { nodes } = offer.require(context);
    const { settings, store, observe } = open(nodes);
    await observe();
    await client.sendCommand(['ACL', 'SETUSER', 'half', 'on', '>secret', `~${settings.keyPrefix}*`, '+@all', '-get']);
    const password = { reveal: () => 'secret' };
    const half = new ValkeyFeatureStore({ ...settings, username: 'half', password }, () => undefined);
    const refused = half.observe(observationsOf([{ ...event, offset: 9, id: 9 }]));
    await expect(refused).rejects.toThrow(FailureError);
    await expect(refused).rejects.toThrow(/may not do what Winnow needs/);
    await Promise.all([half.close(), store.close()]);
  });
});
