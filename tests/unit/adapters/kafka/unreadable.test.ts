import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecs, CodecError, guarded } from '../../../../src/adapters/kafka/codecs.ts';
import { headBytesMax, holdsItsRecords, placeholdersFor } from '../../../../src/adapters/kafka/unreadable.ts';

interface Header {
  readonly records: number;
  readonly lastOffsetDelta: number;
  /** Bytes that the batch says to have, beyond those that it has. */
  readonly lengthError?: number;
  readonly format?: number;
}

/** The packed records of a batch where kafkajs has them: right behind the batch's header, in the answer of a broker. */
function packedIn({ records, lastOffsetDelta, lengthError = 0, format = 2 }: Header, packed: Buffer): Buffer {
  const answer = Buffer.alloc(100 + 61 + packed.length);
  const header = answer.subarray(100, 161);
  header.writeInt32BE(49 + packed.length + lengthError, 8);
  header.writeInt8(format, 16);
  header.writeInt32BE(lastOffsetDelta, 23);
  header.writeInt32BE(records, 57);
  packed.copy(answer, 161);
  return answer.subarray(161);
}

const words = Buffer.from('these are words');

describe('placeholders for records that cannot be unpacked', () => {
  it('are as many as the batch has, end to end, whatever compaction has left of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 1_000_000 }), (records, removed) => {
        const packed = packedIn({ records, lastOffsetDelta: records - 1 + removed }, words);
        const placeholders = placeholdersFor(packed, 'why');
        expect(placeholders && holdsItsRecords(packed, placeholders)).toBe(true);
      }),
    );
  });

  it('tell the reason, the size, the hash and the first bytes, once', () => {
    const long = Buffer.alloc(3 * headBytesMax, 7);
    const text = placeholdersFor(packedIn({ records: 3, lastOffsetDelta: 2 }, long), 'why')?.toString('latin1') ?? '';
    expect(text.match(/"reason":"why","bytes":3072,"sha256":"[0-9a-f]{64}"/g)).toHaveLength(1);
    const head = /"head":"([^"]+)"/.exec(text)?.[1] ?? '';
    expect(Buffer.from(head, 'base64')).toEqual(long.subarray(0, headBytesMax));
  });

  it.each([
    ['nothing is before the bytes', Buffer.from(new Uint8Array(words).buffer)],
    ['the batch is of another length', packedIn({ records: 1, lastOffsetDelta: 0, lengthError: 1 }, words)],
    ['the batch is of an older format', packedIn({ records: 1, lastOffsetDelta: 0, format: 1 }, words)],
    ['the batch says to have no records', packedIn({ records: 0, lastOffsetDelta: 0 }, words)],
    ['the batch has more records than offsets', packedIn({ records: 3, lastOffsetDelta: 1 }, words)],
    [
      'the batch says to have two billion records',
      packedIn({ records: 2 ** 31 - 1, lastOffsetDelta: 2 ** 31 - 1 }, words),
    ],
  ])('are not made where %s', (_what, packed) => {
    expect(placeholdersFor(packed, 'why')).toBeUndefined();
  });
});

describe('a codec', () => {
  const codec = guarded('gzip', codecs.gzip);

  it('gives placeholders for a batch that is none of its own', async () => {
    const packed = packedIn({ records: 2, lastOffsetDelta: 1 }, words);
    expect((await codec.decompress(packed)).toString('latin1')).toContain('is no gzip that can be read');
  });

  it('gives placeholders for a batch that unpacks to something else than its records', async () => {
    const packed = packedIn({ records: 2, lastOffsetDelta: 1 }, await codecs.gzip.compress({ buffer: words }));
    expect((await codec.decompress(packed)).toString('latin1')).toContain('something else than its records');
  });

  it('refuses bytes of which nobody knows whether they are a batch', async () => {
    await expect(codec.decompress(Buffer.from(new Uint8Array(words).buffer))).rejects.toThrow(CodecError);
  });
});
