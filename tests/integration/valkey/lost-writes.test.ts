import { afterAll, beforeAll, expect, it } from 'vitest';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { snapshotColumn, snapshotColumnCount } from '../../../src/features/state.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { portOf, valkeySettings, valuesUnder } from './support.ts';

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

const signups = snapshotColumn('device', 'signups', '1h');
const accounts = snapshotColumn('device', 'accounts', '24h');

/** Puts everything under a prefix back to what it was, as a replica has it that takes over without the last writes. */
async function putBack(
  nodes: readonly string[],
  keyPrefix: string,
  former: Awaited<ReturnType<typeof valuesUnder>>,
): Promise<void> {
  const client = await connectTo(portOf(nodes[0]!));
  for (const name of (await valuesUnder(nodes, keyPrefix)).keys())
    await client.unlink(Buffer.from(keyPrefix + name, 'latin1'));
  for (const [name, value] of former) {
    const key = Buffer.from(keyPrefix + name, 'latin1');
    await (Buffer.isBuffer(value) ? client.set(key, value) : client.hSet(key, value));
  }
  client.destroy();
}

/** Takes so many events of a partition, on one device; what it then has seen: signups, and accounts. */
async function take(store: ValkeyFeatureStore, partition: number, from: number, count: number): Promise<number[]> {
  const events = Array.from({ length: count }, (_, index) => {
    const offset = from + index;
    // A few accounts of each partition alone.
    const account = 1 + partition * 1_000 + (offset % 3);
    return { offset, timeMs: startMs + offset, id: 1 + offset, account, device: 5, element: account };
  });
  const { values } = await store.observe(observationsOf(events, partition));
  return [signups, accounts].map((column) => values[(count - 1) * snapshotColumnCount + column]!);
}

/*
 * A log that has grown long becomes a state, which goes along with the next call to its shard. By then the server may be another, which lacks
 * what the state was made of and has what others have appended. Known by its version alone, the state took the place of that: what
 * came again then counted twice, and what others had brought not at all.
 */
it.for([
  [0, 'nothing'],
  [6, 'as much'],
  [7, 'more'],
] as const)(
  'a state that is on its way to a server without the last writes counts nothing twice, and loses nothing, where others have appended %s (%s)',
  async ([others], context) => {
    const { nodes } = offer.require(context);
    const settings = valkeySettings(nodes, { shards: 1 });
    const damaged: string[] = [];
    const open = (): ValkeyFeatureStore =>
      new ValkeyFeatureStore(settings, () => undefined, {
        ...silentTelemetry,
        historyDamaged: (kind) => void damaged.push(kind),
      });
    const [member, other] = [open(), open()];
    await take(member, 0, 0, 6);
    const former = await valuesUnder(nodes, settings.keyPrefix);
    await take(member, 0, 6, 6);
    // The log is long now: the next that reads it makes a state of it.
    expect(await take(member, 0, 12, 1)).toEqual([13, 3]);
    await putBack(nodes, settings.keyPrefix, former);
    if (others > 0) expect(await take(other, 1, 0, others)).toEqual([6 + others, 6]);
    // Goes to the same shard and does not touch the device: the state goes along.
    await member.observe(observationsOf([{ offset: 0, timeMs: startMs, id: 1, account: 9_999 }], 2));
    // What was lost comes again.
    expect(await take(member, 0, 6, 7)).toEqual([13 + others, others > 0 ? 6 : 3]);
    expect(damaged).toEqual([]);
    await Promise.all([member.close(), other.close()]);
  },
);
