import { describe, expect, it } from 'vitest';
import type { PartitionStart } from '../../../../src/adapters/kafka/assignment.ts';
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
async function told(
  position: number | undefined,
  of: () => Promise<readonly PartitionEnds[]>,
  start: PartitionStart | null = { expected: undefined, committedOffset: undefined, isRemade: false },
): Promise<unknown[]> {
  const lags: unknown[] = [];
  const meter = new LagMeter({
    settings: kafkaSettings([]),
    ends: { of },
    member: () => ({
      assigned: [{ topic: 'events', partition: 0 }],
      offsets: position === undefined ? new OffsetTracker() : offsetsAt(position),
      startOf: () => start ?? undefined,
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

  it('is, of a partition that is read again from before what was committed, not that nothing waits', async () => {
    const again = { expected: 4, committedOffset: 10, isRemade: false, seek: 4 };
    expect(await told(undefined, () => Promise.resolve([ends]), again)).toEqual([['events', 0, 6, undefined]]);
    expect(await told(undefined, () => Promise.resolve([ends]))).toEqual([['events', 0, 0, askedMs]]);
  });

  it('is nothing of a partition of which nobody has said yet where it is read from', async () => {
    expect(await told(undefined, () => Promise.resolve([ends]), null)).toEqual([]);
  });

  it('is nothing while the brokers are away: that nothing waits would not be known', async () => {
    expect(await told(10, () => Promise.reject(new Error('away')))).toEqual([]);
  });
});
