import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RangeList, RangeTable } from '../../../../src/adapters/reference/range-table.ts';

const tableOf = (...ranges: readonly (readonly [start: number, end: number, value: number])[]): RangeTable => {
  const list = new RangeList();
  for (const range of ranges) list.add(...range);
  return RangeTable.from(list);
};

describe('a table of ranges', () => {
  const table = tableOf([10, 19, 1], [20, 20, 2], [30, 2 ** 48, 3]);

  it.each([
    [0, 0],
    [9, 0],
    [10, 1],
    [19, 1],
    [20, 2],
    [21, 0],
    [29, 0],
    [30, 3],
    [2 ** 48, 3],
    [2 ** 48 + 1, 0],
  ])('has at %d the value %d', (number, value) => {
    expect(table.valueAt(number)).toBe(value);
  });

  it('is empty without ranges', () => {
    expect(tableOf().valueAt(0)).toBe(0);
  });

  it('keeps of a range what the one before does not cover', () => {
    const overlapping = tableOf([10, 19, 1], [15, 25, 2], [16, 18, 3]);
    expect([14, 15, 19, 20, 25, 26].map((number) => overlapping.valueAt(number))).toEqual([1, 1, 1, 2, 2, 0]);
    expect(overlapping.count).toBe(2);
  });

  it('refuses ranges that are out of order', () => {
    expect(() => tableOf([10, 19, 1], [5, 6, 2])).toThrow('the range that starts at 5 is out of order');
  });

  it('finds what a search of all ranges finds', () => {
    const gaps = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: 1, max: 9 })), { maxLength: 40 });
    // As many as there are pieces, fewer, and more: of IPv4 and of IPv6.
    const units = fc.constantFrom(1, 163, 164, 2 ** 24, 2 ** 40);
    fc.assert(
      fc.property(gaps, units, fc.nat(400), fc.integer({ min: -1, max: 1 }), (steps, unit, place, aside) => {
        const number = Math.max(0, place * unit + aside);
        let next = 0;
        const ranges = steps.map(([gap, length, value]): [number, number, number] => {
          const start = (next + gap) * unit;
          next += gap + length + 1;
          return [start, next * unit - 1, value];
        });
        const found = ranges.find(([start, end]) => start <= number && number <= end);
        expect(tableOf(...ranges).valueAt(number)).toBe(found?.[2] ?? 0);
      }),
    );
  });
});
