import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedLatenessMs, distinctExactMax } from '../../../src/features/state.ts';
import {
  addDistinct,
  clearDistinct,
  countDistinct,
  distinctWordsMax,
  secondOf,
} from '../../../src/history/distinct-counts.ts';
import { Random } from '../../../src/simulation/random.ts';

const startMs = Date.UTC(2026, 9, 5, 12);
const secondMs = 1000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A block does not begin where its memory does. */
const place = 3;

/** One counter over a day. */
class Counter {
  readonly words = new Uint32Array(place + distinctWordsMax);

  constructor() {
    clearDistinct(this.words, place);
  }

  add(element: number, timeMs = startMs): void {
    addDistinct(this.words, place, distinctExactMax, element, secondOf(timeMs), dayMs / 1000);
  }

  addMany(count: number, random: Random, timeMs = startMs): void {
    for (let index = 0; index < count; index++) this.add(random.uint32() || 1, timeMs);
  }

  count(timeMs = startMs, spanMs = dayMs): number {
    return countDistinct(this.words, place, secondOf(timeMs), spanMs / 1000, dayMs / 1000);
  }
}

describe('distinct counts', () => {
  it('counts nothing before the first element', () => {
    expect(new Counter().count()).toBe(0);
  });

  it.each([1, 4, 5, 31, distinctExactMax])('is exact for %i elements, however often each comes', (size) => {
    const counter = new Counter();
    for (let round = 0; round < 3; round++) {
      for (let element = 1; element <= size; element++) counter.add(element * 0x0400_0001);
    }
    expect(counter.count()).toBe(size);
  });

  it('hears nothing of what is older than its window and the allowed lateness, and sees nothing of it', () => {
    const counter = new Counter();
    const keptMs = dayMs + allowedLatenessMs;
    counter.add(1, startMs);
    counter.add(2, startMs + secondMs);
    counter.add(3, startMs + keptMs);
    counter.add(4, startMs);
    expect(counter.count(startMs)).toBe(0);
    expect(counter.count(startMs + secondMs)).toBe(1);
    expect(counter.count(startMs + keptMs)).toBe(1);
  });

  it('is exact in each window as long as all that it saw fits', () => {
    const touch = fc.record({ element: fc.integer({ min: 1, max: 30 }), second: fc.nat(86_399) });
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 80 }), fc.nat(86_399), (touches, asOf) => {
        const counter = new Counter();
        const lastSeen = new Map<number, number>();
        for (const { element, second } of touches) {
          counter.add(element, startMs + second * secondMs);
          lastSeen.set(element, Math.max(second, lastSeen.get(element) ?? 0));
        }
        for (const spanS of [3600, 86_400]) {
          const inside = [...lastSeen.values()].filter((second) => second > asOf - spanS && second <= asOf).length;
          expect(counter.count(startMs + asOf * secondMs, spanS * secondMs)).toBe(inside);
        }
      }),
    );
  });

  // A sample of 32: the relative standard error of one estimate is near 1/sqrt(32), or 0.18. Of 100 counters the mean is then
  // within 5 x 0.018 of the truth, and the root mean square of the errors within a third of 0.18.
  it.each([
    [1_000, 101],
    [10_000, 102],
  ])('estimates %i elements with the standard error of its sample (seed %i)', (size, seed) => {
    const random = new Random(seed);
    const errors = Array.from({ length: 100 }, () => {
      const counter = new Counter();
      counter.addMany(size, random);
      return counter.count() / size - 1;
    });
    const standardError = 1 / Math.sqrt(distinctExactMax);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(Math.abs(mean)).toBeLessThan((5 * standardError) / Math.sqrt(errors.length));
    expect(deviation).toBeGreaterThan((standardError * 2) / 3);
    expect(deviation).toBeLessThan((standardError * 4) / 3);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(5 * standardError);
  });

  it('estimates the shorter window from the same sample (seed 103)', () => {
    const random = new Random(103);
    const counts = Array.from({ length: 100 }, () => {
      const counter = new Counter();
      counter.addMany(500, random, startMs);
      counter.addMany(500, random, startMs + 2 * hourMs);
      return counter.count(startMs + 2 * hourMs, hourMs);
    });
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    // About 16 of the 32 fall into the hour: 0.25 for one counter, 0.025 for the mean of 100.
    expect(Math.abs(mean / 500 - 1)).toBeLessThan(5 * 0.025);
  });

  it('counts an element once, however often it comes after the block is full', () => {
    const random = new Random(104);
    const counter = new Counter();
    const elements = Array.from({ length: 200 }, () => random.uint32());
    for (const element of elements) counter.add(element);
    const once = counter.count();
    for (const element of elements) counter.add(element);
    expect(counter.count()).toBe(once);
  });

  it('is exact again once all that was left out is older than the longest window', () => {
    const counter = new Counter();
    counter.addMany(1_000, new Random(105));
    const laterMs = startMs + dayMs + allowedLatenessMs + 2 * secondMs;
    for (const element of [7, 0x8000_0000, 0xffff_fff0]) counter.add(element, laterMs);
    expect(counter.count(laterMs)).toBe(3);
  });

  // A device that had been in many networks and now stays in one was counted as several: the sampling rate was looked at only
  // when a new element came.
  it('is exact again when only an element comes that it holds already', () => {
    const counter = new Counter();
    counter.add(7, startMs);
    counter.addMany(1_000, new Random(106));
    const laterMs = startMs + dayMs + allowedLatenessMs + 2 * secondMs;
    for (let timeMs = startMs; timeMs <= laterMs + dayMs; timeMs += hourMs) counter.add(7, timeMs);
    expect(counter.count(laterMs + dayMs)).toBe(1);
  });

  it('still samples while what was left out may be asked for by a late event', () => {
    const counter = new Counter();
    counter.addMany(1_000, new Random(107));
    counter.add(0xffff_fff0, startMs + dayMs + allowedLatenessMs - secondMs);
    expect(counter.count()).toBeGreaterThan(distinctExactMax);
  });

  it('makes room by dropping elements that no window holds', () => {
    const counter = new Counter();
    for (let element = 1; element <= distinctExactMax; element++) counter.add(element * 0x0400_0001);
    const laterMs = startMs + dayMs + allowedLatenessMs + secondMs;
    for (let element = 1; element <= distinctExactMax; element++) counter.add(element * 0x0400_0001 + 1, laterMs);
    expect(counter.count(laterMs)).toBe(distinctExactMax);
  });

  it.each([
    ['the year 9999', Date.UTC(9999, 11, 31)],
    ['the year 1', Date.UTC(2001, 0, 1) - 2000 * 365.2425 * dayMs],
  ])('takes an element of %s, as far as its clock can tell', (_, timeMs) => {
    const counter = new Counter();
    counter.add(1, timeMs);
    expect(counter.count(timeMs)).toBe(1);
  });
});
