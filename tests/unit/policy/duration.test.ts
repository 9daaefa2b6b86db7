import { describe, expect, it } from 'vitest';
import { parseStandingTime } from '../../../src/policy/duration.ts';

describe('a standing time', () => {
  it.each([
    ['30s', 30_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['365d', 31_536_000_000],
    ['0s', 0],
    ['forever', Infinity],
  ])('%s is %d ms', (text, expected) => {
    expect(parseStandingTime(text)).toBe(expected);
  });

  it.each(['', '24', 'h', '1.5h', '-1h', '1 h', '366d', '9999999999d', 'Forever', '1w', ' 1h'])(
    'refuses %j',
    (text) => {
      expect(parseStandingTime(text)).toBeUndefined();
    },
  );
});
