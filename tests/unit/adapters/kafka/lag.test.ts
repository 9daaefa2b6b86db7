import { describe, expect, it } from 'vitest';
import { LagMeter } from '../../../../src/adapters/kafka/lag.ts';
import { OffsetTracker } from '../../../../src/adapters/kafka/offsets.ts';
import type { PartitionEnds } from '../../../../src/adapters/kafka/partition-ends.ts';
import { kafkaSettings } from '../../../integration/kafka/support.ts';

const askedMs = 1_000_000;
const ends: PartitionEnds = { topic: 'events', partition: 0, low: 0, high: 10, committed: 10, wasReset: false };

function offsetsAt(position: number): OffsetTracker {
  const tracker = new OffsetTracker();
  const offsets = tracker.partition('events', 0);
  offsets.open(0, position).settle();
  offsets.decidedUpTo({ timestampMs: 400_000 });
  return tracker;
}

/** What is told of a partition whose member is at `position`, and has decided all that was written up to second 400. */
async function told(position: number, of: () => Promise<readonly PartitionEnds[]>): Promise<unknown[]> {
  const lags: unknown[] = [];
  const meter = new LagMeter({
    settings: kafkaSettings([]),
    ends: { of },
    member: () => ({
      assigned: [{ topic: 'events', partition: 0 }],
      offsets: offsetsAt(position),
      takeGap: () => undefined,
    }),
    telemetry: { lagMeasured: (...measured) => lags.push(measured), recordsLost: () => undefined },
    log: () => undefined,
    clock: { nowMs: () => askedMs },
  });
  await meter.measure();
  meter.close();
  return lags;
}

describe('what is told of lag', () => {
  it('is, where nothing waits, that all is decided which was written before the brokers were asked', async () => {
    expect(await told(10, () => Promise.resolve([ends]))).toEqual([['events', 0, 0, askedMs]]);
  });

  it('is, where something waits, up to which record all is decided', async () => {
    expect(await told(7, () => Promise.resolve([ends]))).toEqual([['events', 0, 3, 400_000]]);
  });

  it('is nothing while the brokers are away: that nothing waits would not be known', async () => {
    expect(await told(10, () => Promise.reject(new Error('away')))).toEqual([]);
  });
});
