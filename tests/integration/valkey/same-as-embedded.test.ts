import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { actions } from '../../../src/domain/decision.ts';
import type { ObservationBatch } from '../../../src/features/observation.ts';
import { entityKinds } from '../../../src/features/state.ts';
import type { FeatureStore, Position, StandingChange } from '../../../src/ports.ts';
import { observationsOf } from '../../contract/feature-store-contract.ts';
import { valkeyOffer } from './offer.ts';
import { observedSimulation } from './simulated.ts';
import { openStore, streamOf, uniquePrefix } from './support.ts';

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

function lastOf({ topic, partition, offsets, count }: ObservationBatch): Position {
  return { topic, partition, offset: offsets[count - 1]! };
}

/** A made-up decision on every fifth row: what stands for its account. */
function standingsAfter({ count, keys, timesMs, offsets }: ObservationBatch): readonly StandingChange[] {
  const changes: StandingChange[] = [];
  for (let row = 0; row < count; row += 5) {
    const account = (row * entityKinds.length + entityKinds.indexOf('account')) * 2;
    changes.push({
      keyHigh: keys[account]!,
      keyLow: keys[account + 1]!,
      standing: {
        action: actions[row % actions.length]!,
        decisionId: `dec_${offsets[row]!.toString(16).padStart(32, 'e')}`,
        sinceMs: timesMs[row]! + 0.5,
      },
    });
  }
  return changes;
}

/** The first number in which the answers differ from the embedded store's, bit by bit. */
async function firstDifference(
  storeOf: (batch: ObservationBatch) => FeatureStore,
  batches: readonly ObservationBatch[],
) {
  const embedded = new EmbeddedFeatureStore({ memoryBytesMax: 512 * 1024 * 1024 });
  for (const [index, batch] of batches.entries()) {
    const [answer, expected] = [await storeOf(batch).observe(batch), await embedded.observe(batch)];
    const at = answer.values.findIndex((value, place) => !Object.is(value, expected.values[place]));
    if (at >= 0) return { batch: index, at, value: answer.values[at], expected: expected.values[at] };
    expect(answer.fates).toEqual(expected.fates);
    expect(answer.standings).toEqual(expected.standings);
    for (const store of [storeOf(batch), embedded]) await store.settle(lastOf(batch), standingsAfter(batch));
  }
  return undefined;
}

describe('answers what the embedded store answers, bit by bit', () => {
  it('on a simulated stream with campaigns in it', async (context) => {
    const { nodes } = offer.require(context);
    const store = openStore(nodes);
    const batches = observedSimulation(1_000, 128);
    expect(batches.length).toBeGreaterThan(50);
    expect(await firstDifference(() => store, batches)).toBeUndefined();
    await store.close();
  });

  it('on a stream whose events come late, twice, and with labels', async (context) => {
    const { nodes } = offer.require(context);
    const store = openStore(nodes);
    const events = streamOf(11, 2_000);
    const batches = Array.from({ length: 100 }, (_, index) =>
      observationsOf(events.slice(index * 20, index * 20 + 20)),
    );
    expect(await firstDifference(() => store, batches)).toBeUndefined();
    await store.close();
  });

  it('when the partitions are spread over two processes', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const members = [openStore(nodes, { keyPrefix }), openStore(nodes, { keyPrefix })];
    // Each member has a partition of its own; what they touch is the same.
    const batches = observedSimulation(500, 64).map((batch, index) => ({ ...batch, partition: index % 2 }));
    expect(await firstDifference((batch) => members[batch.partition]!, batches)).toBeUndefined();
    await Promise.all(members.map((member) => member.close()));
  });
});
