import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamBounds } from '../../../src/steps/stream-bounds.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 9, 5, 12);

/** Times as a platform's stream has them: steps forward, pauses up to days, events that are some minutes late. */
const stream = fc
  .array(
    fc.record({
      stepMs: fc.oneof({ weight: 20, arbitrary: fc.nat(60_000) }, fc.nat(3 * dayMs)),
      lateMs: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(240_000)),
    }),
    { minLength: 60, maxLength: 200 },
  )
  .map((steps) => {
    let nowMs = startMs;
    return steps.map(({ stepMs, lateMs }) => (nowMs += stepMs) - lateMs);
  });

const faultyTime = fc.oneof(
  fc.constantFrom(Date.parse('0001-01-01T00:00:00Z'), 0, Date.UTC(2000, 0), Date.UTC(2024, 5)),
  fc.constantFrom(Date.UTC(2030, 0), Date.UTC(2038, 0, 19), Date.UTC(9999, 11, 31, 23, 59, 59)),
);

/** Up to eight faulty events, each before the stream's event of its position; positions may be equal. */
const faults = fc.array(fc.record({ at: fc.nat(200), timeMs: faultyTime }), { minLength: 1, maxLength: 8 });

describe('StreamBounds', () => {
  it('judges no event otherwise for a few faulty ones among them, and refuses those', () => {
    fc.assert(
      fc.property(stream, faults, (good, faulty) => {
        const mixed = good.map((timeMs) => ({ timeMs, isGood: true }));
        for (const { at, timeMs } of faulty) mixed.splice(Math.min(at, mixed.length), 0, { timeMs, isGood: false });
        const judged = new StreamBounds().judge(mixed.map(({ timeMs }) => timeMs));
        const alone = new StreamBounds().judge(good).map((failure) => failure?.code);
        expect(judged.filter((_, at) => mixed[at]!.isGood).map((failure) => failure?.code)).toEqual(alone);
        expect(judged.filter((_, at) => !mixed[at]!.isGood)).not.toContain(undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes every event of a stream without faults', () => {
    fc.assert(
      fc.property(stream, (good) => {
        expect(new StreamBounds().judge(good).filter((failure) => failure !== undefined)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
