import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { FailureError } from '../../domain/failure.ts';
import type { IncomingRecord, RecordBatch } from '../../ports.ts';
import { byteOrderMarkLength, refusalOf } from './file-kind.ts';

/** The name that standard input has in place of a path. */
export const standardStream = '-';

const lineFeed = 0x0a;
/** Bytes of the longest line. Anything above the contract's limit becomes a dead letter, but it must fit into memory to. */
const lineBytesMax = 4 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const gzipMagic = [0x1f, 0x8b] as const;

export interface RecordFileOptions {
  /** Path, or `-` for standard input. Plain or gzip: told by the first bytes. */
  readonly path: string;
  /** Records of a batch. */
  readonly recordsMax: number;
  /** The topic that the lines stand for. */
  readonly topic: string;
  /** Milliseconds since the epoch: a record's timestamp is when it was read. */
  readonly nowMs: () => number;
}

/**
 * Reads NDJSON as one partition: line `n` is the record at offset `n`. Empty lines are skipped, and take no offset. Holds one
 * batch and one chunk in memory, however large the file. Throws `FailureError` `INPUT_UNREADABLE`.
 */
export async function* readRecords(options: RecordFileOptions): AsyncGenerator<RecordBatch> {
  const { topic, recordsMax } = options;
  let records: IncomingRecord[] = [];
  let offset = 0;
  for await (const line of readLines(options.path)) {
    if (line.length === 0) continue;
    if (offset === 0) refuseArray(options.path, line);
    records.push({ offset: offset++, key: null, value: line, headers: noHeaders, timestampMs: options.nowMs() });
    if (records.length < recordsMax) continue;
    yield { topic, partition: 0, records };
    records = [];
  }
  if (records.length > 0) yield { topic, partition: 0, records };
}

const noHeaders = Object.freeze([]);
const openingBracket = 0x5b;

/** A JSON array would be one line that is no event, however many it holds. */
function refuseArray(path: string, firstLine: Uint8Array): void {
  if (firstLine.find((byte) => byte !== 0x20 && byte !== 0x09) !== openingBracket) return;
  const message = `it is a JSON array, not one event a line. Unfold it: jq -c '.[]'.`;
  throw new FailureError({ code: 'INPUT_UNREADABLE', message, path });
}

/**
 * Refuses a file none of whose lines is an event: nobody means to learn from it, and a script should not go on with the result.
 * @param lines How many it has.
 */
export function refuseWithoutEvents(path: string, lines: number): never {
  const what =
    lines === 0
      ? 'it is empty'
      : `none of its ${lines} lines is an event, which is one JSON object on one line (from a pretty-printed file: jq -c .); winnow replay --dead-letters says what is wrong with each`;
  throw new FailureError({ code: 'INPUT_UNREADABLE', message: `${what}.`, path });
}

/**
 * The lines of a file without their ends, `\n` or `\r\n`, and without a byte order mark before the first. Throws
 * `FailureError` `INPUT_UNREADABLE`, for a file of another kind with what to do about it.
 */
export async function* readLines(path: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of await openBytes(path)) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      let start = 0;
      for (let end = bytes.indexOf(lineFeed, start); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        yield withoutReturn(bytes.subarray(start, end));
        start = end + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > lineBytesMax) throw new Error(`a line is longer than ${lineBytesMax} bytes`);
    }
  } catch (error) {
    throw new FailureError(
      { code: 'INPUT_UNREADABLE', message: `${(error as Error).message}.`, path },
      { cause: error },
    );
  }
  if (rest.length > 0) yield withoutReturn(rest);
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

/** The bytes of a file or of standard input, unpacked when they are gzip, behind a byte order mark. Throws for what is no text. */
async function openBytes(path: string): Promise<Readable> {
  const source: Readable =
    path === standardStream ? process.stdin : createReadStream(path, { highWaterMark: chunkBytes });
  const first = await firstBytes(source);
  const isPacked = first !== null && first[0] === gzipMagic[0] && first[1] === gzipMagic[1];
  // A failure of either stream surfaces where the lines are read.
  const text = isPacked ? pipeline(source, createGunzip({ chunkSize: chunkBytes }), () => {}) : source;
  const beginning = isPacked ? await firstBytes(text) : first;
  if (beginning === null) return text;
  const refusal = refusalOf(beginning);
  if (refusal !== undefined) {
    source.destroy();
    throw new Error(refusal);
  }
  const markLength = byteOrderMarkLength(beginning);
  if (markLength > 0) text.read(markLength);
  return text;
}

/** Looks at the first chunk and puts it back; null for an empty source. */
async function firstBytes(source: Readable): Promise<Buffer | null> {
  for (;;) {
    const chunk = source.read() as Buffer | null;
    if (chunk !== null) {
      source.unshift(chunk);
      return chunk;
    }
    if (source.readableEnded) return null;
    const ended = await new Promise<boolean>((resolve, reject) => {
      const settle = (outcome: () => void) => () => {
        source.off('readable', onReadable).off('end', onEnd).off('error', onError);
        outcome();
      };
      const onReadable = settle(() => resolve(false));
      const onEnd = settle(() => resolve(true));
      const onError = (error: Error) => settle(() => reject(error))();
      source.on('readable', onReadable).on('end', onEnd).on('error', onError);
    });
    if (ended) return null;
  }
}
