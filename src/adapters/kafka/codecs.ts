import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { holdsItsRecords, placeholdersFor } from './unreadable.ts';

/**
 * Compression of record batches. kafkajs brings gzip alone, and without a bound; the other three are what producers use
 * today. Each refuses a batch that would grow beyond `decompressedBytesMax`: a fetch of a megabyte could otherwise be
 * made to fill the memory.
 */
export interface Codec {
  readonly compress: (encoder: { readonly buffer: Buffer }) => Promise<Buffer>;
  readonly decompress: (compressed: Buffer) => Promise<Buffer>;
}

/** Bytes. A batch is about a megabyte as it travels, and JSON shrinks by 5 to 20; ratios beyond 64 are no events. */
export const decompressedBytesMax = 64 * 1024 * 1024;

/** Packed bytes that cannot be unpacked, and are not known to be a record batch. */
export class CodecError extends kafkajs.KafkaJSNonRetriableError {}

const zipOptions = { maxOutputLength: decompressedBytesMax };

const gzipCodec: Codec = {
  compress: ({ buffer }) => promisify(gzip)(buffer),
  decompress: (compressed) => promisify(gunzip)(compressed, zipOptions),
};

const zstdCodec: Codec = {
  compress: ({ buffer }) => promisify(zstdCompress)(buffer),
  decompress: (compressed) => promisify(zstdDecompress)(compressed, zipOptions),
};

const lz4Codec: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (compressed) => {
    refuseAbove(lz4BytesMax(compressed));
    return decompressFrame(compressed);
  },
};

// The package brings no types: what it exports makes a codec.
const snappy = (createRequire(import.meta.url)('kafkajs-snappy') as () => Codec)();
const boundedSnappy: Codec = {
  compress: snappy.compress,
  decompress: async (compressed) => {
    const chunks = snappyChunks(compressed);
    refuseAbove(chunks.reduce((bytes, chunk) => bytes + leadingVarint(chunk), 0));
    // Put together once: the package itself copies all that it has for each chunk more.
    const whole: Buffer[] = [];
    for (const chunk of chunks) whole.push(await snappy.decompress(chunk));
    return Buffer.concat(whole);
  },
};

/** Tells kafkajs of the codecs. Its table is one per process; calling this again changes nothing. */
export function registerCodecs(): void {
  const { CompressionCodecs: table, CompressionTypes: types } = kafkajs;
  table[types.GZIP] = () => guarded('gzip', gzipCodec);
  table[types.Snappy] = () => guarded('snappy', boundedSnappy);
  table[types.LZ4] = () => guarded('lz4', lz4Codec);
  table[types.ZSTD] = () => guarded('zstd', zstdCodec);
  const byNumber: Record<number, () => Codec> = table;
  for (const type of unassignedTypes) byNumber[type] = () => guarded(`codec ${type}`, unknownCodec);
}

/** The numbers that Kafka's three bits have left. */
const unassignedTypes = [5, 6, 7] as const;
const unknownCodec: Codec = {
  compress: () => Promise.reject(new Error('there is no such codec')),
  decompress: () => Promise.reject(new Error('there is no such codec')),
};

/**
 * What goes wrong inside is the bytes' fault, whatever the library threw: of a record batch, each record then says that it could
 * not be unpacked. Rejects with `CodecError` where the bytes are of no batch.
 */
export function guarded(name: string, codec: Codec): Codec {
  return {
    compress: codec.compress,
    decompress: async (compressed) => {
      try {
        const unpacked = await codec.decompress(compressed);
        if (!holdsItsRecords(compressed, unpacked)) throw new Error('it unpacks to something else than its records');
        return unpacked;
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error);
        const reason = `A record batch of ${compressed.length} bytes is no ${name} that can be read: ${cause}`;
        const placeholders = placeholdersFor(compressed, reason);
        if (placeholders === undefined) throw new CodecError(reason);
        return placeholders;
      }
    },
  };
}

export const codecs = { gzip: gzipCodec, snappy: boundedSnappy, lz4: lz4Codec, zstd: zstdCodec } as const;

function refuseAbove(bytes: number): void {
  if (bytes > decompressedBytesMax) throw new RangeError(`it unpacks to more than ${decompressedBytesMax} bytes`);
}

const xerialHeader = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;

/** Java's chunks hold 32 KiB each. More than this many are no batch but work for nothing. */
const snappyChunksMax = 16_384;

/**
 * The snappy texts that a batch is made of. Java's clients write them in xerial's framing: a header of 16 bytes, then chunks,
 * each after its length. Others write one text.
 */
function snappyChunks(compressed: Buffer): Buffer[] {
  if (!isFramed(compressed)) return [compressed];
  const chunks: Buffer[] = [];
  for (let at = xerialHeaderBytes; at + 4 <= compressed.length;) {
    const chunk = compressed.subarray(at + 4, at + 4 + compressed.readUInt32BE(at));
    if (isFramed(chunk)) throw new RangeError('a chunk of it is framed again');
    if (chunks.push(chunk) > snappyChunksMax) throw new RangeError(`it has more than ${snappyChunksMax} chunks`);
    at += 4 + chunk.length;
  }
  return chunks;
}

function isFramed(bytes: Buffer): boolean {
  return bytes.subarray(0, xerialHeader.length).equals(xerialHeader);
}

function leadingVarint(bytes: Buffer): number {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) break;
  }
  return value;
}

const lz4Magic = 0x184d_2204;
const lz4Flag = { blockChecksums: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 } as const;

/**
 * Upper bound of what an LZ4 frame unpacks to: its blocks, each as large as its header allows (64 KiB to 4 MiB). Source:
 * the LZ4 frame format 1.6. Throws for bytes that do not begin with one: the library also reads frames of a former format, whose
 * blocks may be of any size.
 */
function lz4BytesMax(frame: Buffer): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== lz4Magic) throw new RangeError('it is no LZ4 frame');
  const flags = frame.readUInt8(4);
  const blockBytesMax = 2 ** (8 + 2 * ((frame.readUInt8(5) >> 4) & 0x07));
  let at = 7 + (flags & lz4Flag.contentSize ? 8 : 0) + (flags & lz4Flag.dictionary ? 4 : 0);
  let blocks = 0;
  while (at + 4 <= frame.length) {
    const blockBytes = frame.readUInt32LE(at) & 0x7fff_ffff;
    if (blockBytes === 0) break;
    blocks += 1;
    at += 4 + blockBytes + (flags & lz4Flag.blockChecksums ? 4 : 0);
  }
  return blocks * blockBytesMax;
}
