import { describe, expect, it } from 'vitest';
import { limits } from '../../src/domain/limits.ts';
import { ownVerdictsTopic } from '../../src/domain/topics.ts';
import type { Outcome } from '../../src/steps/outcome.ts';
import { UnsettledOutcomes } from '../../src/unsettled-outcomes.ts';
import { recordOf } from '../pipeline/world.ts';

const topic = 'account-events';

function batchOf(from: number, to: number, partition = 0) {
  const records = Array.from({ length: to - from }, (_, index) => recordOf(null, from + index));
  return { topic, partition, records };
}

function outcomesOf({ records }: ReturnType<typeof batchOf>): readonly Outcome[] {
  return records.map(({ offset, timestampMs }) => ({
    offset,
    timestampMs,
    decision: null,
    deadLetter: null,
    change: null,
    verdicts: [],
  }));
}

function keeping(...batches: readonly ReturnType<typeof batchOf>[]): UnsettledOutcomes {
  const unsettled = new UnsettledOutcomes();
  for (const batch of batches) unsettled.keep(batch, outcomesOf(batch));
  return unsettled;
}

const offsetsOf = (known: ReadonlyMap<number, Outcome>) => [...known.keys()];

describe('UnsettledOutcomes', () => {
  it('knows the records of a batch again, in whatever batch they come', () => {
    const unsettled = keeping(batchOf(10, 20));
    expect(offsetsOf(unsettled.recall(batchOf(15, 25)))).toEqual([15, 16, 17, 18, 19]);
    expect(offsetsOf(unsettled.recall(batchOf(10, 12)))).toEqual([10, 11]);
    expect(offsetsOf(unsettled.recall(batchOf(10, 20, 1)))).toEqual([]);
  });

  it('forgets what is settled, and nothing behind it', () => {
    const unsettled = keeping(batchOf(10, 20));
    unsettled.keep(batchOf(10, 13), outcomesOf(batchOf(10, 13)));
    unsettled.settle({ topic, partition: 0, offset: 12 });
    expect(offsetsOf(unsettled.recall(batchOf(10, 16)))).toEqual([13, 14, 15]);
    unsettled.settle({ topic, partition: 0, offset: 19 });
    expect(offsetsOf(unsettled.recall(batchOf(10, 20)))).toEqual([]);
  });

  it('lets what was decided of an account that is forgotten not stand for it again, but where its own batch says the order', () => {
    const standing = { action: 'block', decisionId: null, sinceMs: 1 } as const;
    const changeOf = (keyLow: number) => ({ keyHigh: 1, keyLow, standing });
    const unsettled = new UnsettledOutcomes();
    for (const partition of [0, 1]) {
      const batch = batchOf(0, 3, partition);
      const outcomes = outcomesOf(batch).map((outcome, index) => ({ ...outcome, change: changeOf(index % 2) }));
      unsettled.keep(batch, outcomes);
    }
    unsettled.forget({ keyHigh: 1, keyLow: 0 }, { topic, partition: 1 });
    const changesOf = (partition: number) =>
      [...unsettled.recall(batchOf(0, 3, partition)).values()].map(({ change }) => change?.keyLow ?? null);
    expect(changesOf(0)).toEqual([null, 1, null]);
    expect(changesOf(1)).toEqual([0, 1, 0]);
  });

  it('does not take a record for another one at its offset', () => {
    const { records, ...batch } = batchOf(10, 12);
    const others = records.map((record) => ({ ...record, timestampMs: 5 }));
    expect(offsetsOf(keeping(batchOf(10, 12)).recall({ ...batch, records: others }))).toEqual([]);
  });

  it('keeps those of as many partitions as it may, the latest', () => {
    const unsettled = keeping(...Array.from({ length: 200 }, (_, partition) => batchOf(0, 1, partition)));
    const known = Array.from({ length: 200 }, (_, partition) => unsettled.recall(batchOf(0, 1, partition)).size);
    expect(known.reduce((sum, size) => sum + size)).toBe(2 * limits.partitionsUnsettledMax);
    expect([known[0], known[199]]).toEqual([0, 1]);
  });

  // The verdicts that stay in the process are a partition of their own: the oldest batch was forgotten for them, and decided otherwise when it came again.
  it('keeps those of all partitions in hand beside the verdicts of groups and what was revoked', () => {
    const inHand = Array.from({ length: limits.partitionsUnsettledMax }, (_, partition) => batchOf(0, 1, partition));
    const verdicts = { ...batchOf(0, 1), topic: ownVerdictsTopic };
    const revoked = Array.from({ length: 20 }, (_, partition) => batchOf(0, 1, 1_000 + partition));
    const unsettled = keeping(...inHand, verdicts, ...revoked);
    for (const batch of [...inHand, verdicts]) expect(unsettled.recall(batch).size).toBe(1);
  });
});
