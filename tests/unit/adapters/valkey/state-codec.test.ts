import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityRecord } from '../../../../src/adapters/valkey/entity-record.ts';
import { accountPlan, kindPlans } from '../../../../src/adapters/valkey/kind-plan.ts';
import { StateCodec } from '../../../../src/adapters/valkey/state-codec.ts';
import { labelCodes } from '../../../../src/features/observation.ts';
import {
  elementCount,
  entityKinds,
  labelledKinds,
  measureCount,
  snapshotColumnCount,
  spanBit,
} from '../../../../src/features/state.ts';
import { judgementOf } from '../../../../src/history/judgement.ts';
import type { Touch } from '../../../../src/history/kind-history.ts';
import { resolutions } from '../../../../src/history/windowed-counts.ts';

const startMs = Date.UTC(2026, 9, 5, 12);
const minuteMs = 60_000;
const dayMinutes = 24 * 60;

function touchOf(timeMs: number, bits = spanBit | 1, element = 0, value = NaN): Touch {
  return {
    timeMs,
    bits,
    elements: new Uint32Array(elementCount).fill(element),
    elementRow: 0,
    measures: new Float64Array(measureCount).fill(value),
    measureRow: 0,
    isYoung: bits % 2 === 0,
  };
}

function readingOf({ history, memory }: EntityRecord, timeMs: number): string {
  const row = new Float64Array(snapshotColumnCount).fill(NaN);
  history.read(memory, 0, timeMs, history.spans.idleMs(memory, 0, timeMs), row, 0);
  return row.join();
}

/** Another record with what was written of one. */
function reloaded(record: EntityRecord): EntityRecord {
  const codec = new StateCodec(record);
  const words = new Uint32Array(codec.wordsMax + 1);
  const end = codec.save(words, 1);
  expect(end).toBeLessThanOrEqual(words.length);
  const other = new EntityRecord(record.plan);
  expect(new StateCodec(other).load(words, 1, end)).toBe(true);
  return other;
}

describe('the written state of an entity', () => {
  it.each(kindPlans.map((plan) => [plan.kind, plan] as const))(
    'of the kind %s says all that it remembers',
    (_, plan) => {
      const touch = fc.record({
        afterMinutes: fc.oneof(
          { weight: 8, arbitrary: fc.integer({ min: 0, max: 90 }) },
          fc.integer({ min: 0, max: 9 * dayMinutes }),
          fc.constant(100 * 365 * dayMinutes),
        ),
        lateMinutes: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 9 * dayMinutes })),
        bits: fc.integer({ min: 0, max: 0xffff }),
        element: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 0xffff_ffff })),
        value: fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(NaN)),
        isReloaded: fc.boolean(),
      });
      fc.assert(
        fc.property(fc.array(touch, { maxLength: 80, size: 'max' }), (touches) => {
          const undisturbed = new EntityRecord(plan);
          let record = new EntityRecord(plan);
          let nowMs = startMs;
          for (const { afterMinutes, lateMinutes, bits, element, value, isReloaded } of touches) {
            nowMs = Math.min(nowMs + afterMinutes * minuteMs, Date.UTC(2150, 0));
            const timeMs = nowMs - lateMinutes * minuteMs;
            const each = touchOf(timeMs, bits, element, value);
            for (const one of [undisturbed, record]) one.history.add(one.memory, 0, each);
            if (isReloaded) record = reloaded(record);
            for (const ms of [timeMs, nowMs, nowMs - 13 * minuteMs, nowMs + dayMinutes * minuteMs])
              expect(readingOf(record, ms)).toBe(readingOf(undisturbed, ms));
          }
        }),
        { numRuns: 12 },
      );
    },
  );

  it('has what an account remembers', () => {
    const record = new EntityRecord(accountPlan);
    const standing = { action: 'review', decisionId: `dec_${'a1'.repeat(16)}`, sinceMs: 5.5 } as const;
    record.accounts!.settle(record.memory, 0, standing);
    const keys = new Uint32Array(entityKinds.length * 2);
    keys.set([11, 12], labelledKinds[3]!.kindIndex * 2);
    record.accounts!.join(record.memory, 0, keys, 0);
    record.accounts!.takeLabel(record.memory, 0, labelCodes.genuine, startMs);
    for (let key = 1; key <= 20; key++) record.accounts!.seen(record.memory, 0, key);
    record.memory.words[record.labelEvent] = 71;
    const { accounts, memory, labelEvent } = reloaded(record);
    expect(accounts!.standing(memory, 0)).toEqual(standing);
    expect([accounts!.judgement(memory, 0), accounts!.link(memory, 0, 3, 0), accounts!.link(memory, 0, 3, 1)]).toEqual([
      judgementOf(labelCodes.genuine, startMs),
      11,
      12,
    ]);
    expect([20, 13, 12].map((key) => accounts!.seen(memory, 0, key))).toEqual([true, true, false]);
    expect(memory.words[labelEvent]).toBe(71);
  });

  it('is three words of an entity that was never touched', () => {
    const codec = new StateCodec(new EntityRecord(accountPlan));
    expect(codec.save(new Uint32Array(codec.wordsMax), 0)).toBe(3);
  });

  it('needs a pair for a touch, however many windows it counts in', () => {
    const record = new EntityRecord(accountPlan);
    record.history.counts.add(record.memory, 0, 1, startMs);
    const codec = new StateCodec(record);
    // The newest bucket and the end of the fields; the counter with its pair and the end of the windows; the end of distincts.
    expect(codec.save(new Uint32Array(codec.wordsMax), 0)).toBe(3 + 4 + 1);
  });

  it('holds as many touches as there are, in no more pairs than there are buckets', () => {
    const record = new EntityRecord(accountPlan);
    for (let minute = 0; minute < 30 * dayMinutes; minute += 7)
      record.history.counts.add(record.memory, 0, 1, startMs + minute * minuteMs);
    const codec = new StateCodec(record);
    const buckets = resolutions.reduce((sum, { bucketsKept }) => sum + bucketsKept, 0);
    expect(codec.save(new Uint32Array(codec.wordsMax), 0)).toBeLessThanOrEqual(3 + 2 + 2 * buckets + 1);
  });

  it('is read without the counters that a version does not have', () => {
    const record = new EntityRecord(accountPlan);
    record.history.add(record.memory, 0, touchOf(startMs, 2, 7));
    const codec = new StateCodec(record);
    const words = new Uint32Array(codec.wordsMax);
    const end = codec.save(words, 0);
    const other = new EntityRecord(kindPlans[entityKinds.indexOf('asn')]!);
    expect(new StateCodec(other).load(words, 0, end)).toBe(true);
    expect(
      readingOf(other, startMs)
        .split(',')
        .filter((value) => value !== 'NaN' && value !== '0'),
    ).toEqual([]);
  });
});
