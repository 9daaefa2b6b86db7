import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardOf, TouchTable } from '../../../../src/adapters/valkey/touch-table.ts';

const touch = fc.record({
  kind: fc.nat({ max: 30 }),
  high: fc.nat({ max: 3 }),
  low: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 0xffff_ffff })),
  row: fc.nat({ max: 1_023 }),
  code: fc.nat({ max: 10 }),
});

const nameOf = (kind: number, high: number, low: number): string => `${kind}:${high}:${low}`;

describe('a table of touches', () => {
  it('has each entity once, with its touches in order, whatever was in it before', () => {
    const table = new TouchTable();
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 300, size: 'max' }), fc.nat({ max: 50 }), (touches, spare) => {
        table.reset(touches.length + spare);
        for (const { kind, high, low, row, code } of touches) table.add(kind, high, low, row, code);
        const expected = Map.groupBy(touches, ({ kind, high, low }) => nameOf(kind, high, low));
        expect(table.size).toBe(expected.size);
        for (let entity = 0; entity < table.size; entity++) {
          const rows: [number, number][] = [];
          for (let entry = table.firstEntries[entity]!; entry >= 0; entry = table.nextEntries[entry]!)
            rows.push([table.rows[entry]!, table.codes[entry]!]);
          const name = nameOf(table.kinds[entity]!, table.highs[entity]!, table.lows[entity]!);
          expect(rows).toEqual(expected.get(name)!.map(({ row, code }) => [row, code]));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives each entity to one shard, by its key', () => {
    const table = new TouchTable();
    table.reset(100);
    for (let low = 0; low < 100; low++) table.add(low % 5, 1, low, low, 0);
    const lists = table.byShard(7);
    expect(lists.flat().toSorted((first, second) => first - second)).toEqual(
      Array.from({ length: 100 }, (_, at) => at),
    );
    for (const [shard, entities] of lists.entries())
      for (const entity of entities) expect(shardOf(table.lows[entity]!, 7)).toBe(shard);
  });
});
