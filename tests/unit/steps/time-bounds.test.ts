import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { clockBounds } from '../../../src/steps/time-bounds.ts';
import { startMs } from './events.ts';

const behindMsMax = limits.eventBehindMsMax;

describe('clockBounds', () => {
  it.each<[string, number, string | undefined]>([
    ['as far ahead as is allowed', startMs + limits.eventAheadMsMax, undefined],
    ['further ahead', startMs + limits.eventAheadMsMax + 1, 'EVENT_TIME_AHEAD'],
    ['in the year 9999', Date.UTC(9999, 11, 31), 'EVENT_TIME_AHEAD'],
    ['as far behind as is allowed', startMs - behindMsMax, undefined],
    ['further behind', startMs - behindMsMax - 1, 'EVENT_TIME_BEHIND'],
    ["at Unix's beginning", 0, 'EVENT_TIME_BEHIND'],
    ["at Go's zero time", Date.parse('0001-01-01T00:00:00Z'), 'EVENT_TIME_BEHIND'],
  ])('judges an event %s by the clock', (_, timeMs, code) => {
    const [failure] = clockBounds(() => startMs, behindMsMax).judge([timeMs]);
    expect(failure?.code).toBe(code);
    if (failure !== undefined) expect(failure.path).toBe('$.time');
  });

  it('asks the clock anew for each batch', () => {
    let nowMs = startMs;
    const bounds = clockBounds(() => nowMs, behindMsMax);
    expect(bounds.judge([startMs + 3_600_000])).toEqual([expect.objectContaining({ code: 'EVENT_TIME_AHEAD' })]);
    nowMs += 3_600_000;
    expect(bounds.judge([startMs + 3_600_000])).toEqual([undefined]);
  });
});
