import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkBytesMax, chunkRecordsMax, chunksOf } from '../../../../src/adapters/kafka/chunks.ts';
import type { OutgoingRecord } from '../../../../src/ports.ts';

function record(valueBytes: number, key: string | null = 'k'): OutgoingRecord {
  return { key, value: 'x'.repeat(valueBytes), headers: {} };
}

describe('chunks', () => {
  it.each([
    ['few records', [10, 10, 10], [3]],
    ['records that fill more than one', [400_000, 400_000, 400_000], [2, 1]],
    ['a record larger than any', [10, chunkBytesMax + 1, 10], [1, 1, 1]],
    ['more records than one holds', Array.from({ length: chunkRecordsMax + 1 }, () => 1), [chunkRecordsMax, 1]],
    ['no record', [], []],
  ])('of %s', (_what, sizes, expected) => {
    const records = sizes.map((bytes) => record(bytes));
    expect(chunksOf(records).map((chunk) => chunk.length)).toEqual(expected);
  });

  it('count bytes and not characters, and headers too', () => {
    const emoji = { key: null, value: '😀'.repeat(chunkBytesMax / 8), headers: {} };
    expect(chunksOf([emoji, emoji])).toHaveLength(2);
    const headers = { note: new Uint8Array(chunkBytesMax / 2) };
    expect(
      chunksOf([
        { ...record(1), headers },
        { ...record(1), headers },
      ]),
    ).toHaveLength(2);
  });

  it('pass bytes on without copying them, also when they are part of a larger array', () => {
    const bytes = Uint8Array.from([1, 2, 3, 4, 5]);
    const [chunk] = chunksOf([{ key: bytes.subarray(1, 3), value: null, headers: { raw: bytes.subarray(4) } }]);
    expect(chunk).toEqual([{ key: Buffer.from([2, 3]), value: null, headers: { raw: Buffer.from([5]) } }]);
    expect(chunk?.[0]?.key).toHaveProperty('buffer', bytes.buffer);
  });

  it('keep all records in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 30 }), (sizes) => {
        const values = sizes.map((bytes, index) => `${index}`.padStart(bytes, ' '));
        const chunks = chunksOf(values.map((value) => ({ key: 'k', value, headers: {} })));
        expect(chunks.flat().map(({ value }) => value)).toEqual(values);
      }),
      { numRuns: 30 },
    );
  });
});
