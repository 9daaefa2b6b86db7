import { expect, it } from 'vitest';
import { formatNumber, formatTable } from '../../../load-tests/table.ts';

it('a table has its figures under each other', () => {
  expect(
    formatTable([
      ['', 'p50'],
      ['echo', '4.1'],
      ['winnow', '10.25'],
    ]),
  ).toEqual(['          p50', 'echo      4.1', 'winnow  10.25']);
});

it.each([
  [84_391.4, undefined, '84,391'],
  [1_024, 1, '1,024.0'],
  [6.04, 1, '6.0'],
])('%d with %s digits is written as %s', (value, digits, expected) => {
  expect(formatNumber(value, digits)).toBe(expected);
});
