import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { clockBounds, writtenBounds } from '../../../src/steps/time-bounds.ts';
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

describe('writtenBounds', () => {
  it('judges what is read again by the clock of when it was written, and by that of now where nobody said when', () => {
    const year = 365 * 24 * 3_600_000;
    const bounds = writtenBounds(() => startMs + year, behindMsMax);
    const codesOf = (timesMs: readonly number[], writtenMs?: readonly number[]) =>
      bounds.judge(timesMs, writtenMs).map((failure) => failure?.code);
    const late = startMs - behindMsMax - 1;
    const early = startMs + limits.eventAheadMsMax + 1;
    const written = [startMs, startMs, startMs, NaN];
    expect(codesOf([startMs, late, early, startMs], written)).toEqual([
      undefined,
      'EVENT_TIME_BEHIND',
      'EVENT_TIME_AHEAD',
      'EVENT_TIME_BEHIND',
    ]);
    expect(codesOf([startMs])).toEqual(['EVENT_TIME_BEHIND']);
  });

  it('refuses again what was refused as dated ahead, though its record is dated as far ahead', () => {
    const bounds = writtenBounds(() => startMs, behindMsMax);
    const [failure] = bounds.judge([startMs + 400 * 24 * 3_600_000], [startMs + 400 * 24 * 3_600_000]);
    expect(failure?.code).toBe('EVENT_TIME_AHEAD');
  });
});
