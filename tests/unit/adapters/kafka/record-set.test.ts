import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { registerCodecs } from '../../../../src/adapters/kafka/codecs.ts';
import { crc32c } from '../../../../src/adapters/kafka/crc32c.ts';
import { checkedRecordSet, checkRecordBatches, endOfRecordSet } from '../../../../src/adapters/kafka/record-set.ts';
import { isPlaceholder, unreadableOf } from '../../../../src/adapters/kafka/unreadable.ts';

/**
 * kafkajs checks no CRC: a batch that a disk has damaged ended one member after the other, with every partition of its broker, or was
 * taken for records that nobody wrote.
 */

const internals = createRequire(import.meta.url);
interface Encoded {
  readonly buffer: Buffer;
}
type EncodeBatch = (batch: object) => Promise<Encoded>;
const { RecordBatch: encodeBatch } = internals('kafkajs/src/protocol/recordBatch/v0') as { RecordBatch: EncodeBatch };
const encodeRecord = internals('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoded;
checkRecordBatches();
const response = internals('kafkajs/src/protocol/requests/fetch/v11/response') as {
  decode(bytes: Buffer): Promise<{ responses: { partitions: { messages: KafkaMessage[] }[] }[] }>;
};

/** A batch as a producer writes it; its offsets begin where it is told. */
async function batch(firstOffset: number, count: number, compression = 0): Promise<Buffer> {
  const records = Array.from({ length: count }, (_, offsetDelta) =>
    encodeRecord({
      offsetDelta,
      timestampDelta: 0,
      key: 'account',
      value: `value ${offsetDelta}`,
      headers: { a: 'b' },
    }),
  );
  const { buffer } = await encodeBatch({ firstOffset, lastOffsetDelta: count - 1, records, compression });
  return Buffer.from(buffer);
}

/** Writes into a batch and makes its CRC right again, as who wrote it so would have. */
function written(bytes: Buffer, write: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  write(copy);
  copy.writeUInt32BE(crc32c(copy.subarray(21)), 17);
  return copy;
}

function damaged(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0x10;
  return copy;
}

/** What kafkajs makes of a broker's answer with these bytes for one partition. */
async function decoded(recordSet: Buffer): Promise<KafkaMessage[]> {
  const topic = Buffer.from('t');
  const head = Buffer.alloc(4 + 2 + 4 + 4 + 2 + topic.length + 4 + 4 + 2 + 8 + 8 + 8 + 4 + 4 + 4);
  let at = 10;
  at = head.writeInt32BE(1, at);
  at = head.writeInt16BE(topic.length, at);
  at += topic.copy(head, at);
  at = head.writeInt32BE(1, at);
  at += 4 + 2 + 8 + 8 + 8 + 4 + 4; // no aborted transactions, no preferred replica
  head.writeInt32BE(recordSet.length, at);
  const { responses } = await response.decode(Buffer.concat([head, recordSet]));
  return responses[0]!.partitions[0]!.messages;
}

const shown = (messages: readonly KafkaMessage[]): string[] =>
  messages.map((message) => `${message.offset}${isPlaceholder(message) ? ' unreadable' : ''}`);

describe('the records of an answer', () => {
  it('stay the very same bytes where all is well', async () => {
    const whole = Buffer.concat([await batch(0, 3), await batch(3, 1)]);
    expect(checkedRecordSet(whole)).toBe(whole);
    expect(shown(await decoded(whole))).toEqual(['0', '1', '2', '3']);
  });

  it('say which batch has another CRC, after those before it; those behind it come with the next fetch', async () => {
    const recordSet = Buffer.concat([await batch(5, 2), damaged(await batch(7, 3), 70), await batch(10, 1)]);
    const messages = await decoded(recordSet);
    expect(shown(messages)).toEqual(['5', '6', '7 unreadable', '8 unreadable', '9 unreadable']);
    expect(unreadableOf(messages[2]!)?.reason).toMatch(/^A record batch of \d+ bytes is damaged: its CRC is another/);
  });

  it('are of today’s format where the first says to be of an old one and others are behind it: the CRC knows better', async () => {
    const first = await batch(5, 2);
    for (const magic of [0, 1, -1]) {
      first.writeInt8(magic, 16);
      const messages = await decoded(Buffer.concat([first, await batch(7, 3)]));
      expect(shown(messages)).toEqual(['5 unreadable', '6 unreadable']);
    }
  });

  it('that are none, with a CRC that is right, are unreadable too', async () => {
    const cases = [
      written(await batch(0, 2), (copy) => copy.writeInt8(127, 61)), // longer than the batch
      written(await batch(0, 2), (copy) => copy.writeInt32BE(5, 57)), // more records than are there
      written(await batch(0, 2), (copy) => copy.writeInt32BE(-7, 57)),
      written(await batch(0, 2), (copy) => copy.writeInt8(126, 65)), // a key beyond its record
    ];
    for (const each of cases) expect((await decoded(each)).every(isPlaceholder)).toBe(true);
  });

  // An offset that came twice ended each member by an assertion; one before what was asked for was passed over, with its records.
  it('that do not rise past those before them are unreadable, where they should be, with a CRC that is right and without', async () => {
    const zeros = await batch(0, 2);
    for (const wrong of [await batch(6, 2), await batch(-9, 2), zeros, damaged(zeros, 70)]) {
      const messages = await decoded(Buffer.concat([await batch(5, 2), wrong, await batch(9, 1)]));
      expect(shown(messages)).toEqual(['5', '6', '7 unreadable', '8 unreadable']);
    }
    // Compaction leaves holes.
    expect(shown(await decoded(Buffer.concat([await batch(5, 1), await batch(9, 1)])))).toEqual(['5', '9']);
  });

  it('that say to be more than they can are one that cannot be read, packed or not: no memory is taken for them', async () => {
    registerCodecs();
    for (const attributes of [0, 1, 2, 3, 4])
      for (const count of [2 ** 31 - 1, -1, -(2 ** 31), 1_000_001]) {
        const absurd = written(await batch(4, 2), (copy) => {
          copy.writeInt16BE(attributes, 21);
          copy.writeInt32BE(Math.max(count - 1, -(2 ** 31)), 23);
          copy.writeInt32BE(count, 57);
        });
        const messages = await decoded(absurd);
        expect(shown(messages)).toEqual(['4 unreadable']);
      }
  });

  it('are not asked for without end where the first batch claims more bytes than it has', async () => {
    const first = await batch(4, 2);
    first.writeInt32BE(first.length * 2, 8);
    expect(shown(await decoded(first))).toEqual(['4 unreadable', '5 unreadable']);
    // What a broker cut off is only ever behind a whole one.
    const cut = Buffer.concat([await batch(4, 2), (await batch(6, 2)).subarray(0, 70)]);
    expect(shown(await decoded(cut))).toEqual(['4', '5']);
  });

  it('say where they end, past batches that compaction has emptied: nothing in them is taken for the end of all', async () => {
    const emptied = await batch(7, 5);
    const header = Buffer.from(emptied.subarray(0, 61));
    header.writeInt32BE(61 - 12, 8);
    header.writeInt32BE(0, 57);
    header.writeUInt32BE(crc32c(header.subarray(21)), 17);
    const alone = await decoded(header);
    expect([alone.length, endOfRecordSet(alone)]).toEqual([0, 12]);
    const behind = await decoded(Buffer.concat([await batch(5, 2), header]));
    expect([shown(behind), endOfRecordSet(behind)]).toEqual([['5', '6'], 12]);
    const cut = await decoded(Buffer.concat([await batch(5, 2), (await batch(7, 2)).subarray(0, 70)]));
    expect(endOfRecordSet(cut)).toBe(7);
  });

  it('never make an error or a record that nobody wrote, whichever byte is damaged', async () => {
    const good = await batch(3, 4);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: good.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const copy = Buffer.from(good);
          copy[at]! ^= by;
          const messages = await decoded(copy);
          // The leader's epoch is not under the CRC, and nobody reads it.
          const isIndifferent = at >= 12 && at <= 15;
          expect(isIndifferent || messages.every(isPlaceholder)).toBe(true);
          expect(isIndifferent || messages.length > 0).toBe(true);
        },
      ),
      { examples: [8, 11, 16, 17, 22, 26, 57, 60, 61].map((at): [number, number] => [at, 0x80]) },
    );
  });
});

function membersOf({ offset, timestamp, key, value, headers, attributes }: KafkaMessage) {
  return { offset, timestamp, key, value, headers, attributes };
}

/** A message of the format 0 or 1, as brokers of before 2017 wrote it. */
function oldMessage(offset: number, value: string, magic: 0 | 1): Buffer {
  const [key, bytes] = [Buffer.from('account'), Buffer.from(value)];
  const body = Buffer.alloc(2 + magic * 8 + 4 + key.length + 4 + bytes.length);
  let at = body.writeInt8(magic, 0) + 1;
  if (magic === 1) at = body.writeBigInt64BE(1_795_506_000_000n, at);
  at = body.writeInt32BE(key.length, at);
  at += key.copy(body, at);
  at = body.writeInt32BE(bytes.length, at);
  bytes.copy(body, at);
  const head = Buffer.alloc(16);
  head.writeBigInt64BE(BigInt(offset), 0);
  head.writeInt32BE(4 + body.length, 8);
  head.writeUInt32BE(crc32(body), 12);
  return Buffer.concat([head, body]);
}

describe('messages of before 2017', () => {
  it.each([0, 1] as const)(
    'are left to kafkajs, up to where batches of today or damage begin: format %i',
    async (magic) => {
      const old = Buffer.concat([oldMessage(3, 'one', magic), oldMessage(4, 'two', magic)]);
      expect(shown(await decoded(old))).toEqual(['3', '4']);
      expect(shown(await decoded(Buffer.concat([old, await batch(5, 2)])))).toEqual(['3', '4']);
      expect(shown(await decoded(Buffer.concat([old, old.subarray(0, 30)])))).toEqual(['3', '4']);
      const broken = damaged(
        Buffer.concat([old, oldMessage(5, 'a value of some length '.repeat(2), magic)]),
        old.length + 45,
      );
      expect(shown(await decoded(broken))).toEqual(['3', '4']);
      // Asked for what is behind them.
      expect(shown(await decoded(broken.subarray(old.length)))).toEqual(['5 unreadable']);
    },
  );
});

describe('what a disk does to bytes', () => {
  // Zeros over a header made a batch one of an old format, whose CRC nobody looked at: an error for each member in turn, or other records.
  it('never makes an error or a record that nobody wrote, whatever lies over them, and however many', async () => {
    registerCodecs();
    const sets = await Promise.all(
      [0, 1, 2, 3, 4].map(async (compression) =>
        Buffer.concat([await batch(5, 3, compression), await batch(8, 2, compression), await batch(10, 1)]),
      ),
    );
    const piece = fc.oneof(
      fc.integer({ min: 1, max: 80 }).map((length) => Buffer.alloc(length)),
      fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...sets), fc.integer({ min: 1, max: 80 }))
        .map(([set, length]) => set.subarray(0, length)),
    );
    const place = fc.double({ min: 0, max: 0.999, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sets),
        piece,
        place,
        fc.constantFrom('over', 'between', 'in place of'),
        async (set, lies, share, how) => {
          const at = Math.floor(share * set.length);
          const behind = { over: at + lies.length, between: at, 'in place of': at + 2 * lies.length }[how];
          const bytes = Buffer.concat([set.subarray(0, at), lies, set.subarray(behind)]);
          const messages = await decoded(bytes);
          const values = messages.filter((each) => !isPlaceholder(each)).map(({ value }) => String(value));
          for (const value of values) expect(value).toMatch(/^value [012]$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the records of a batch', () => {
  const bytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each)));
  const record = fc.record({
    key: bytes,
    value: bytes,
    timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    headers: fc.dictionary(
      fc.string({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 5 }).map((each) => Buffer.from(each)),
      { maxKeys: 3, noNullPrototype: true },
    ),
  });

  /** As kafkajs itself reads them. */
  const decodeBatch = internals('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: object) => Promise<{
    records: KafkaMessage[];
  }>;
  const DecoderOf = internals('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => object;

  it('are read as kafkajs reads them, packed or not, whoever dated them', async () => {
    registerCodecs();
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 2 ** 45 }),
        fc.constantFrom(0, 1, 4),
        fc.boolean(),
        async (parts, firstOffset, compression, isDatedByBroker) => {
          const records = parts.map((part, offsetDelta) => encodeRecord({ ...part, offsetDelta }));
          const { buffer } = await encodeBatch({
            firstOffset,
            firstTimestamp: 1_795_506_000_000,
            maxTimestamp: 1_795_506_000_999,
            lastOffsetDelta: parts.length - 1,
            compression,
            records,
          });
          const flagged = written(Buffer.from(buffer), (copy) => {
            if (isDatedByBroker) copy.writeInt16BE(copy.readInt16BE(21) | 0x08, 21);
          });
          const own = await decoded(flagged);
          const { records: theirs } = await decodeBatch(new DecoderOf(flagged));
          expect(own.map(membersOf)).toEqual(theirs.map(membersOf));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of a transaction and of its end are told from others', async () => {
    const plain = await batch(0, 1);
    const marked = written(await batch(1, 1), (copy) => copy.writeInt16BE(0x30, 21));
    const messages = await decoded(Buffer.concat([plain, marked]));
    expect(messages).toMatchObject([
      { isControlRecord: false, batchContext: { inTransaction: false } },
      { isControlRecord: true, batchContext: { inTransaction: true } },
    ]);
  });
});

describe('the checksum', () => {
  it('is CRC-32C: the check value of its catalogue, and what kafkajs writes', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283);
    const ofKafkajs = internals('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(crc32c(bytes)).toBe(ofKafkajs(Buffer.from(bytes)) >>> 0);
      }),
    );
  });
});
