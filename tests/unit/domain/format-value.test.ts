import { describe, expect, it } from 'vitest';
import { formatValue } from '../../../src/domain/format-value.ts';

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [27, '27'],
    [123_456, '123456'],
    [0.123456, '0.123'],
    [12.3456, '12.3'],
    [1234.56, '1230'],
    [0.00012345, '0.000123'],
    [Math.fround(0.1), '0.1'],
    [NaN, 'unknown'],
  ])('writes %d as %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });
});
