import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burstArrivals, splitRandomly, steadyArrival, wrapInto } from '../../../src/simulation/arrivals.ts';
import { sampleCustoms } from '../../../src/simulation/customs/sample.ts';
import { countryOf } from '../../../src/simulation/population/countries.ts';
import { Random } from '../../../src/simulation/random.ts';
import { dayMs, hourMs, nextLocalHour, wakingMoment } from '../../../src/simulation/time.ts';
import { createWorld } from '../../../src/simulation/world.ts';

const world = createWorld(new Random(1), 100, sampleCustoms);
const period = { startMs: Date.UTC(2026, 9, 5), endMs: Date.UTC(2026, 9, 19) };

describe('arrivals', () => {
  it('lie within the period as whole milliseconds', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed);
        const times = [
          steadyArrival({ random, world, ...period }, countryOf('MX')),
          ...burstArrivals(random, period, period.endMs - hourMs, 20, hourMs),
        ];
        for (const timeMs of times) {
          expect(Number.isInteger(timeMs) && timeMs >= period.startMs && timeMs < period.endMs).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['inside', 5, period.startMs + 5],
    ['after the end', 14 * dayMs + 7, period.startMs + 7],
    ['before the start', -1, period.endMs - 1],
    ['at the end', 14 * dayMs, period.startMs],
  ])('wrap around the period: %s', (_, offsetMs, expected) => {
    expect(wrapInto(period, period.startMs + offsetMs)).toBe(expected);
  });

  it('come by day rather than by night, in local time', () => {
    const random = new Random(4);
    const hours = Array.from({ length: 5_000 }, () => {
      const localMs = wakingMoment(random, period.startMs, 540) + 9 * hourMs;
      return Math.floor((localMs % dayMs) / hourMs);
    });
    const night = hours.filter((hour) => hour >= 1 && hour < 6).length;
    const evening = hours.filter((hour) => hour >= 17 && hour < 22).length;
    expect(evening).toBeGreaterThan(5 * night);
  });
});

describe('nextLocalHour', () => {
  it.each([
    ['later the same day', 9, 0, 9],
    ['east of Greenwich', 9, 540, 0],
    ['west of Greenwich', 9, -300, 14],
    ['on the next day', 0, -60, 1],
  ])('finds the hour %s', (_, hour, utcOffsetMinutes, expectedUtcHour) => {
    expect(nextLocalHour(period.startMs, hour, utcOffsetMinutes)).toBe(period.startMs + expectedUtcHour * hourMs);
  });
});

describe('splitRandomly', () => {
  it('adds up, with parts within the bounds but for the last', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.nat({ max: 2_000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat({ max: 50 }),
        (seed, total, least, span) => {
          const parts = splitRandomly(new Random(seed), total, least, least + span);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
          for (const part of parts.slice(0, -1)) expect(part >= least && part <= least + span).toBe(true);
          for (const part of parts.slice(-1)) expect(part >= 1 && part <= least + span).toBe(true);
        },
      ),
    );
  });
});
