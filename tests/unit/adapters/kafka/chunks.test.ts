import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunkBytesMax,
  chunkRecordsMax,
  chunksOf,
  lonelyBytesMin,
  toMessage,
} from '../../../../src/adapters/kafka/chunks.ts';
import type { OutgoingRecord } from '../../../../src/ports.ts';

function record(valueBytes: number, key: string | null = 'k'): OutgoingRecord {
  return { key, value: 'x'.repeat(valueBytes), headers: [] };
}

describe('chunks', () => {
  it.each([
    ['few records', [10, 10, 10], [3]],
    ['records that fill more than one', Array.from({ length: 20 }, () => 60_000), [14, 6]],
    ['a record larger than any', [10, chunkBytesMax + 1, 10], [1, 1, 1]],
    ['more records than one holds', Array.from({ length: chunkRecordsMax + 1 }, () => 1), [chunkRecordsMax, 1]],
    ['no record', [], []],
  ])('of %s', (_what, sizes, expected) => {
    const records = sizes.map((bytes) => record(bytes));
    expect(chunksOf(records).map((chunk) => chunk.length)).toEqual(expected);
  });

  it('count bytes and not characters, and headers too', () => {
    const emoji = { key: null, value: '😀'.repeat(10_000), headers: [] };
    expect(chunksOf([emoji, emoji], 79_999)).toHaveLength(2);
    const headers = [{ name: 'note', value: new Uint8Array(40_000) }];
    const noted = { ...record(1), headers };
    expect(chunksOf([noted, noted], 79_999)).toHaveLength(2);
  });

  it('of one record where it is larger than any event or decision: the topic may refuse it', () => {
    const sizes = [10, lonelyBytesMin, 10, 10, lonelyBytesMin, lonelyBytesMin, 10];
    const chunks = chunksOf(sizes.map((bytes) => record(bytes)));
    expect(chunks.map((chunk) => chunk.length)).toEqual([1, 1, 2, 1, 1, 1]);
  });

  it('keep all records in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 30 }), (sizes) => {
        const values = sizes.map((bytes, index) => `${index}`.padStart(bytes, ' '));
        const chunks = chunksOf(values.map((value) => ({ key: 'k', value, headers: [] })));
        expect(chunks.flat().map(({ value }) => value)).toEqual(values);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a message', () => {
  it('passes bytes on without copying them, also when they are part of a larger array', () => {
    const bytes = Uint8Array.from([1, 2, 3, 4, 5]);
    const { key, value } = toMessage({ key: bytes.subarray(1, 3), value: null, headers: [] });
    expect({ key, value }).toEqual({ key: Buffer.from([2, 3]), value: null });
    expect(key).toHaveProperty('buffer', bytes.buffer);
  });
});
