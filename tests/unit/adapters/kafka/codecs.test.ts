import * as fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import {
  CodecError,
  codecs,
  decompressedBytesMax,
  guarded,
  registerCodecs,
} from '../../../../src/adapters/kafka/codecs.ts';

const names = Object.keys(codecs) as (keyof typeof codecs)[];

describe.each(names)('%s', (name) => {
  const codec = guarded(name, codecs[name]);

  it('gives back what it was given', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 5_000 }),
        fc.integer({ min: 1, max: 200 }),
        async (part, times) => {
          const data = Buffer.concat(Array.from({ length: times }, () => part));
          expect((await codec.decompress(await codec.compress({ buffer: data }))).equals(data)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('refuses a batch that unpacks to more than the bound', async () => {
    const packed = await codec.compress({ buffer: Buffer.alloc(decompressedBytesMax + 300_000) });
    await expect(codec.decompress(packed)).rejects.toThrow(CodecError);
  });

  it('takes a batch that is large and within the bound', async () => {
    const packed = await codec.compress({ buffer: Buffer.alloc(decompressedBytesMax / 4) });
    expect((await codec.decompress(packed)).length).toBe(decompressedBytesMax / 4);
  });

  it('says of half a batch that it cannot be read', async () => {
    const packed = await codec.compress({ buffer: Buffer.from('a text that says something '.repeat(9)) });
    await expect(codec.decompress(packed.subarray(0, packed.length / 2))).rejects.toThrow(CodecError);
  });

  it('says of bytes that are none of its own that they cannot be read', async () => {
    await expect(codec.decompress(Buffer.from('these are words'))).rejects.toThrow(CodecError);
  });
});

const javaHeader = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);

async function framedChunk(text: string): Promise<Buffer> {
  const packed = await codecs.snappy.compress({ buffer: Buffer.from(text) });
  const size = Buffer.alloc(4);
  size.writeUInt32BE(packed.length);
  return Buffer.concat([size, packed]);
}

describe('snappy', () => {
  it('reads the framing that Java writes', async () => {
    const framed = Buffer.concat([javaHeader, await framedChunk('one '), await framedChunk('two')]);
    expect((await codecs.snappy.decompress(framed)).toString()).toBe('one two');
  });

  it('adds up the chunks of that framing before it unpacks any', async () => {
    const chunk = Buffer.from([0, 0, 0, 5, 0xff, 0xff, 0xff, 0x0f, 0]); // says that it unpacks to 32 MiB
    const packed = Buffer.concat([javaHeader, chunk, chunk, chunk]);
    await expect(codecs.snappy.decompress(packed)).rejects.toThrow('unpacks to more');
  });

  // 200 KB of them held the thread for 40 s: for each, all that came before was copied once more.
  it('refuses work for nothing: more chunks than a batch can have, and chunks in chunks', async () => {
    const tiny = await framedChunk('x'.repeat(64));
    const many = Buffer.concat([javaHeader, ...Array.from({ length: 20_000 }, () => tiny)]);
    await expect(codecs.snappy.decompress(many)).rejects.toThrow('chunks');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(many.length);
    await expect(codecs.snappy.decompress(Buffer.concat([javaHeader, length, many]))).rejects.toThrow('framed again');
  });

  it('reads as many chunks as Java writes for the largest batch', async () => {
    const chunk = await framedChunk('x'.repeat(64));
    const packed = Buffer.concat([javaHeader, ...Array.from({ length: 16_000 }, () => chunk)]);
    expect(await codecs.snappy.decompress(packed)).toHaveLength(16_000 * 64);
  });
});

describe('lz4', () => {
  it('reads the first frame alone: what follows it was not measured', async () => {
    const frame = await codecs.lz4.compress({ buffer: Buffer.from('one') });
    expect(String(await codecs.lz4.decompress(Buffer.concat([frame, frame])))).toBe('one');
  });

  it('refuses frames of the former format, whose blocks may be of any size', async () => {
    const former = Buffer.from([0x02, 0x21, 0x4c, 0x18, 4, 0, 0, 0, 0x30, 0x61, 0x62, 0x63]);
    await expect(guarded('lz4', codecs.lz4).decompress(former)).rejects.toThrow('no LZ4 frame');
  });
});

describe('the registration', () => {
  it('covers every codec that Kafka has', () => {
    registerCodecs();
    registerCodecs();
    const { CompressionCodecs: table, CompressionTypes: types } = kafkajs;
    const makers: readonly (() => object)[] = [
      table[types.GZIP],
      table[types.Snappy],
      table[types.LZ4],
      table[types.ZSTD],
    ];
    for (const make of makers) expect(Object.keys(make())).toEqual(['compress', 'decompress']);
  });
});
