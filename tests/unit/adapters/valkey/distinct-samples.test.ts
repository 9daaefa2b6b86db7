import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistinctSamples } from '../../../../src/adapters/valkey/distinct-samples.ts';
import { kindPlans } from '../../../../src/adapters/valkey/kind-plan.ts';
import { distinctExactMax, entityKinds, snapshotColumnCount } from '../../../../src/features/state.ts';

const plan = kindPlans[entityKinds.indexOf('ip')]!;
const startMs = Date.UTC(2026, 9, 5, 12);

function readingOf(samples: DistinctSamples, timeMs: number): number[] {
  const row = new Float64Array(snapshotColumnCount);
  samples.read(timeMs, row, 0);
  return plan.distincts.flatMap(({ column, spansS }) => spansS.map((_, window) => row[column + window]!));
}

function reloaded(samples: DistinctSamples): DistinctSamples {
  const words = new Uint32Array(samples.wordsMax);
  const end = samples.save(words, 0);
  const other = new DistinctSamples(plan);
  expect(other.load(words, 0)).toBe(end);
  return other;
}

describe('distinct samples', () => {
  it('are exact while all that the longest window saw fits, also when written and read again at any moment', () => {
    const showing = fc.record({
      afterS: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 600 }) },
        fc.integer({ min: 0, max: 100_000 }),
      ),
      lateS: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 900 })),
      counter: fc.nat({ max: plan.distincts.length - 1 }),
      element: fc.integer({ min: 1, max: distinctExactMax }),
      isReloaded: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(showing, { maxLength: 200, size: 'max' }), (showings) => {
        const seenS = plan.distincts.map(() => new Map<number, number>());
        let samples = new DistinctSamples(plan);
        let nowS = startMs / 1_000;
        for (const { afterS, lateS, counter, element, isReloaded } of showings) {
          nowS += afterS;
          const last = seenS[counter]!.get(element) ?? 0;
          seenS[counter]!.set(element, Math.max(last, nowS - lateS));
          samples.add(counter, element, (nowS - lateS) * 1_000);
          if (isReloaded) samples = reloaded(samples);
          const expected = plan.distincts.flatMap(({ spansS }, index) =>
            spansS.map((spanS) => [...seenS[index]!.values()].filter((second) => second > nowS - spanS).length),
          );
          expect(readingOf(samples, nowS * 1_000)).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([100, 1_000, 100_000])(
    'are a sample of %d with the stated error, and the same written and read again',
    (count) => {
      let samples = new DistinctSamples(plan);
      const plain = new DistinctSamples(plan);
      for (let index = 1; index <= count; index++) {
        const element = Math.imul(index, 0x9e3779b1) >>> 0;
        samples.add(0, element, startMs);
        plain.add(0, element, startMs);
        if (index % 97 === 0) samples = reloaded(samples);
      }
      const [estimate] = readingOf(samples, startMs);
      expect(readingOf(plain, startMs)[0]).toBe(estimate);
      // Four standard errors.
      expect(Math.abs(estimate! / count - 1)).toBeLessThan(4 / Math.sqrt(distinctExactMax));
    },
  );

  it('are exact again once all that was left out is older than the longest window', () => {
    const samples = new DistinctSamples(plan);
    for (let element = 1; element <= 100; element++) samples.add(0, element * 1_000_003, startMs);
    const laterMs = startMs + 2 * 86_400_000;
    for (const element of [4_000_000_001, 4_000_000_002]) samples.add(0, element, laterMs);
    expect(readingOf(reloaded(samples), laterMs)[0]).toBe(2);
  });

  it('keep no element that no window can reach', () => {
    const samples = new DistinctSamples(plan);
    for (let element = 1; element <= 20; element++) samples.add(0, element, startMs);
    const words = new Uint32Array(samples.wordsMax);
    const full = samples.save(words, 0);
    samples.add(0, 99, startMs + 3 * 86_400_000);
    expect(samples.save(words, 0)).toBe(full - 19 * 2);
  });

  it('begin at nothing when they are cleared', () => {
    const samples = new DistinctSamples(plan);
    samples.add(0, 7, startMs);
    samples.clear();
    expect(readingOf(samples, startMs).every((value) => value === 0)).toBe(true);
  });
});
