import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PartitionStart } from '../../../../src/adapters/kafka/assignment.ts';
import { LagMeter } from '../../../../src/adapters/kafka/lag.ts';
import { OffsetTracker } from '../../../../src/adapters/kafka/offsets.ts';
import { OpenGaps, type OpenGap } from '../../../../src/adapters/kafka/open-gaps.ts';
import type { PartitionEnds } from '../../../../src/adapters/kafka/partition-ends.ts';
import { kafkaSettings } from '../../../integration/kafka/support.ts';

const askedMs = 1_000_000;
/** Longer than what lies between two measurements at least. */
const soonMs = 1_001;
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
  await meter.close();
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
    await meter.close();
  });

  it('is told when the brokers answer, where they did not at first', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve([{ ...ends, low: 50 }])];
    const { gaps, lost, meter } = ofJumps(() => answers.shift()!);
    gaps.found(jump);
    await meter.measure();
    expect(gaps.all).toEqual([jump]);
    await meter.measure();
    expect(await lost).toEqual(['events', 0, 20, 50]);
    await meter.close();
  });

  it('is told soon also where it is found while the brokers are asked', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const answer = Promise.withResolvers<readonly PartitionEnds[]>();
    const asked = [answer.promise];
    const { gaps, lost, meter } = ofJumps(() => asked.shift() ?? Promise.resolve([{ ...ends, low: 80 }]));
    gaps.found({ ...jump, partition: 1 });
    await vi.advanceTimersByTimeAsync(0);
    gaps.found(jump);
    await vi.advanceTimersByTimeAsync(soonMs); // its own turn came meanwhile
    answer.resolve([]);
    await vi.advanceTimersByTimeAsync(soonMs);
    expect(await Promise.race([lost, Promise.resolve('nothing')])).toEqual(['events', 0, 20, 50]);
    await meter.close();
  });

  it('is told at the end where no measurement came after it was found', async () => {
    const { gaps, lost, meter } = ofJumps(() => Promise.resolve([{ ...ends, low: 50 }]));
    await meter.measure();
    gaps.found(jump);
    await meter.close();
    expect(gaps.all).toEqual([]);
    expect(await lost).toEqual(['events', 0, 20, 50]);
  });
});

function found(...jumps: readonly OpenGap[]): OpenGaps {
  const gaps = new OpenGaps(() => undefined);
  for (const each of jumps) gaps.found(each);
  return gaps;
}

describe('the jumps of a partition', () => {
  const jump = { topic: 'events', partition: 0 };
  const [ofTransaction, ofRetention, later] = [
    { ...jump, from: 7, next: 8 },
    { ...jump, from: 20, next: 50 },
    { ...jump, from: 60, next: 80 },
  ];

  it('are kept, each of them once', () => {
    expect(found(ofTransaction, ofRetention, later, ofRetention).all).toEqual([ofRetention, later, ofTransaction]);
  });

  it('are few: the widest', () => {
    const ofTransactions = Array.from({ length: 100 }, (_, at) => ({
      ...jump,
      from: 2 * at + 100,
      next: 2 * at + 101,
    }));
    const gaps = found(later, ofRetention, ...ofTransactions);
    expect(gaps.all).toHaveLength(8);
    expect(gaps.all.slice(0, 2)).toEqual([ofRetention, later]);
  });

  it('stay where they were found while another was looked into', () => {
    const gaps = found(ofRetention, later);
    gaps.close(gaps.all[0]!, false);
    expect(gaps.all).toEqual([later]);
  });

  it('are not looked into again at the next assignment where they were lost, but for what was deleted since', () => {
    const gaps = found(ofRetention, later);
    for (const each of gaps.all) gaps.close(each, true);
    for (const each of [ofRetention, later]) gaps.found(each);
    expect(gaps.all).toEqual([]);
    gaps.found({ ...later, next: 90 });
    expect(gaps.all).toEqual([{ ...jump, from: 80, next: 90 }]);
    gaps.close(gaps.all[0]!, true);
    gaps.found({ ...later, next: 90 });
    expect(gaps.all).toEqual([]);
  });

  it('are of other records where it was made anew', () => {
    const gaps = found(ofRetention, later);
    gaps.close(gaps.all[0]!, true);
    const underWay = gaps.all[0]!;
    gaps.forget(jump);
    expect(gaps.all).toEqual([]);
    gaps.close(underWay, true);
    for (const each of [ofRetention, later]) gaps.found(each);
    expect(gaps.all).toEqual([ofRetention, later]);
  });
});
