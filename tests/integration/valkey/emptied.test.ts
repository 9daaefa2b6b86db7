import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import { snapshotColumn } from '../../../src/features/state.ts';
import { observationFates } from '../../../src/ports.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { observationsOf, startMs, type PlainEvent } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { portOf, valkeySettings } from './support.ts';

// Without a log and without snapshots: what is stopped comes back with nothing.
const offer = valkeyOffer({ settings: ['appendonly no', 'save ""'] });
beforeAll(offer.start);
afterAll(offer.stop);

const topic = 'account-events';
const accountEvents = snapshotColumn('account', 'events', '24h');
const accounts = [1, 2, 3, 4, 5, 6, 7, 8];

/** One event of each account, so that every shard has some. */
function batchAt(first: number): readonly PlainEvent[] {
  return accounts.map((account, index) => ({ offset: first + index, timeMs: startMs, id: 1 + first + index, account }));
}

/** A store whose batches are taken to their end, and what it tells. */
function open(nodes: readonly string[], keyPrefix = valkeySettings(nodes).keyPrefix) {
  const told: number[] = [];
  const store = new ValkeyFeatureStore(valkeySettings(nodes, { keyPrefix, timeoutMs: 1_000 }), () => undefined, {
    ...silentTelemetry,
    historyEmptied: (shards) => void told.push(shards),
  });
  const take = async (first: number) => {
    const events = batchAt(first);
    const answer = await store.observe(observationsOf(events));
    await store.settle({ topic, partition: 0, offset: events.at(-1)!.offset }, []);
    const fates = new Set(Array.from(answer.fates, (fate) => observationFates[fate]!));
    return { fates: [...fates], settledOffset: answer.settledOffset, seen: answer.values[accountEvents]! };
  };
  return { keyPrefix, store, told, take };
}

/** Tries again while the server is coming back. */
async function untilAnswered<T>(take: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
    }
  }
}

describe('a Valkey that lost what it held', () => {
  it.for(['emptied by a hand', 'stopped, and started without its data'])('is told once: %s', async (way, context) => {
    const { nodes } = offer.require(context);
    const { store, told, take } = open(nodes);
    await take(0);
    expect(await take(8)).toEqual({ fates: ['applied'], settledOffset: 7, seen: 2 });
    expect(told).toEqual([]);
    if (way === 'emptied by a hand') {
      const client = await connectTo(portOf(nodes[0]!));
      await client.flushAll();
      client.destroy();
    } else {
      const control = offer.requireControl(context);
      await control.stop();
      await control.restart();
    }
    // The partition goes on: what comes is new, and is counted; nothing is settled but what this process remembers.
    expect(await untilAnswered(() => take(16))).toEqual({ fates: ['applied'], settledOffset: -1, seen: 1 });
    expect(told).toEqual([4]);
    expect(await take(24)).toEqual({ fates: ['applied'], settledOffset: 23, seen: 2 });
    expect(told).toEqual([4]);
    await store.close();
  });

  it('is told also of a part: one shard, as a node of a cluster takes it along', async (context) => {
    const { nodes } = offer.require(context);
    const { keyPrefix, store, told, take } = open(nodes);
    await take(0);
    const client = await connectTo(portOf(nodes[0]!));
    for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*{s02}*` }))
      if (keys.length > 0) await client.unlink(keys);
    client.destroy();
    await take(8);
    expect(told).toEqual([1]);
    await store.close();
  });

  it('takes a batch that comes again as one that it never had', async (context) => {
    const { nodes } = offer.require(context);
    const { store, take } = open(nodes);
    await take(0);
    const client = await connectTo(portOf(nodes[0]!));
    await client.flushAll();
    client.destroy();
    expect(await take(0)).toEqual({ fates: ['applied'], settledOffset: -1, seen: 1 });
    expect(await take(0)).toEqual({ fates: ['replayed'], settledOffset: 7, seen: 1 });
    await store.close();
  });

  it('is not suspected where another process, or another topic, begins: nor where offsets are forgotten', async (context) => {
    const { nodes } = offer.require(context);
    const first = open(nodes);
    await first.take(0);
    const second = open(nodes, first.keyPrefix);
    await second.take(8);
    await second.store.forgetOffsets(topic, 0);
    await first.take(0);
    await second.take(8);
    expect([...first.told, ...second.told]).toEqual([]);
    await Promise.all([first.store.close(), second.store.close()]);
  });
});
