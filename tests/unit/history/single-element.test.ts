import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedLatenessMs } from '../../../src/features/state.ts';
import { addDistinct, clearDistinct, countDistinct, distinctWordsMax } from '../../../src/history/distinct-counts.ts';
import { countSingle, counterWords, isSingle, showSingle } from '../../../src/history/single-element.ts';

const spansS = [600, 3_600, 86_400];
const spanSMax = Math.max(...spansS);
const reachS = spanSMax + allowedLatenessMs / 1000;
const entriesMax = 4;

/** Seconds that lie near each other, and at the edges of what is within reach. */
const seconds = fc.oneof(
  fc.nat(2_000),
  fc.integer({ min: reachS - 2, max: reachS + 2 }),
  fc.integer({ min: 2 * reachS, max: 2 * reachS + 4_000 }),
);
const shown = fc.array(fc.record({ element: fc.integer({ min: 1, max: 3 }), second: seconds }), { maxLength: 12 });

describe('a counter that is a single element', () => {
  it('counts what a block counts that has seen the same, for as long as it is one', () => {
    fc.assert(
      fc.property(shown, fc.array(seconds, { minLength: 1 }), (elements, readAt) => {
        const single = new Uint32Array(counterWords);
        const block = new Uint32Array(distinctWordsMax);
        clearDistinct(block, 0);
        for (const { element, second } of elements) {
          if (!showSingle(single, 0, element, second, spanSMax)) return;
          addDistinct(block, 0, entriesMax, element, second, spanSMax);
          for (const at of readAt)
            for (const spanS of spansS)
              expect(countSingle(single, 0, at, spanS)).toBe(countDistinct(block, 0, at, spanS, spanSMax));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one no more when a second element comes that counts beside the first', () => {
    const counter = new Uint32Array(counterWords);
    expect(showSingle(counter, 0, 7, 1_000, spanSMax)).toBe(true);
    expect(showSingle(counter, 0, 8, 1_000 + reachS - 1, spanSMax)).toBe(false);
    expect(showSingle(counter, 0, 8, 1_000 + reachS, spanSMax)).toBe(true);
    expect([...counter]).toEqual([8, 1_001 + reachS]);
  });

  it('counts nothing before it has seen something, not even at the beginning of all time', () => {
    const counter = new Uint32Array(counterWords);
    expect(isSingle(counter, 0)).toBe(false);
    expect(countSingle(counter, 0, 0, spanSMax)).toBe(0);
    expect(showSingle(counter, 0, 7, 0, spanSMax)).toBe(true);
    expect(countSingle(counter, 0, 0, spanSMax)).toBe(1);
  });
});
