import { describe, expect, it } from 'vitest';
import type { PartitionStart } from '../../../../src/adapters/kafka/assignment.ts';
import { LagMeter } from '../../../../src/adapters/kafka/lag.ts';
import { OffsetTracker } from '../../../../src/adapters/kafka/offsets.ts';
import { OpenGaps } from '../../../../src/adapters/kafka/open-gaps.ts';
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
    }),
    gaps: new OpenGaps(() => undefined),
    telemetry: { lagMeasured: (...measured) => lags.push(measured), recordsLost: () => undefined },
    log: () => undefined,
    clock: { nowMs: () => askedMs, monotonicMs: () => 0 },
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

/** Of a process that owns no partition any more. */
function ofJumps(of: () => Promise<readonly PartitionEnds[]>): {
  gaps: OpenGaps;
  lost: Promise<unknown>;
  meter: LagMeter;
} {
  const lost = Promise.withResolvers<unknown>();
  const gaps: OpenGaps = new OpenGaps(() => meter.measureSoon());
  const meter = new LagMeter({
    settings: kafkaSettings([]),
    ends: { of },
    member: () => undefined,
    gaps,
    telemetry: { lagMeasured: () => undefined, recordsLost: (...loss) => lost.resolve(loss) },
    log: () => undefined,
    clock: { nowMs: () => askedMs, monotonicMs: () => performance.now() },
  });
  return { gaps, lost: lost.promise, meter };
}

describe('what was deleted before it was read', () => {
  const jump = { topic: 'events', partition: 0, from: 20, next: 50 };

  it('is told as soon as reading has jumped over it, also where the partition is elsewhere by then', async () => {
    const { gaps, lost, meter } = ofJumps(() => Promise.resolve([{ ...ends, low: 50 }]));
    gaps.found(jump);
    expect(await lost).toEqual(['events', 0, 20, 50]);
    expect(gaps.all).toEqual([]);
    meter.close();
  });

  it('is told when the brokers answer, where they did not at first', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve([{ ...ends, low: 50 }])];
    const { gaps, lost, meter } = ofJumps(() => answers.shift()!);
    gaps.found(jump);
    await meter.measure();
    expect(gaps.all).toEqual([jump]);
    await meter.measure();
    expect(await lost).toEqual(['events', 0, 20, 50]);
    meter.close();
  });
});

it('of the jumps of a partition the widest is kept, and one that is found while another is looked into stays', () => {
  const gaps = new OpenGaps(() => undefined);
  const [ofTransaction, ofRetention] = [
    { topic: 'events', partition: 0, from: 7, next: 8 },
    { topic: 'events', partition: 0, from: 20, next: 50 },
  ];
  for (const each of [ofTransaction, ofRetention, ofTransaction]) gaps.found(each);
  expect(gaps.all).toEqual([ofRetention]);
  gaps.close(ofTransaction);
  expect(gaps.all).toEqual([ofRetention]);
  gaps.close(ofRetention);
  expect(gaps.all).toEqual([]);
});
