import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines, readRecords } from '../../../../src/adapters/file/records.ts';
import { FailureError } from '../../../../src/domain/failure.ts';
import type { RecordBatch } from '../../../../src/ports.ts';
import { temporaryFolder } from './folder.ts';

const pathOf = temporaryFolder();
let files = 0;

async function written(content: string | Uint8Array): Promise<string> {
  const path = pathOf(`file-${++files}`);
  await writeFile(path, content);
  return path;
}

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(path)) lines.push(Buffer.from(line).toString('latin1'));
  return lines;
}

async function batchesOf(content: string, recordsMax: number): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  const path = await written(content);
  for await (const batch of readRecords({ path, recordsMax, topic: 'events', nowMs: () => 42 })) batches.push(batch);
  return batches;
}

/** The failure that reading ends with. */
async function failureOf(path: string) {
  const error: unknown = await linesOf(path).catch((caught: unknown) => caught);
  return error instanceof FailureError ? error.failure : error;
}

describe('readLines', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['one line', 'a\n', ['a']],
    ['no final line break', 'a\nb', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['CRLF without a final line break', 'a\r\nb\r', ['a', 'b']],
    ['a return inside a line', 'a\rb\n', ['a\rb']],
    ['empty lines', '\n\na\n\n', ['', '', 'a', '']],
    ['nothing', '', []],
    ['a line break alone', '\n', ['']],
    ['one byte', 'a', ['a']],
  ])('reads %s', async (_, content, lines) => {
    expect(await linesOf(await written(content))).toEqual(lines);
    expect(await linesOf(await written(gzipSync(content)))).toEqual(lines);
  });

  it('leaves every byte of a line as it is, plain and packed', async () => {
    const line = fc
      .uint8Array({ maxLength: 30 })
      .map((bytes) => bytes.filter((byte) => byte !== 0x0a && byte !== 0x0d));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const content = Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]));
        // Two bytes of a plain file can be those by which gzip is known.
        fc.pre(content[0] !== 0x1f || content[1] !== 0x8b);
        const expected = lines.map((one) => Buffer.from(one).toString('latin1'));
        expect(await linesOf(await written(content))).toEqual(expected);
        expect(await linesOf(await written(gzipSync(content)))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['plain', 'gzip'])('puts lines together that lie across chunks (%s)', async (form) => {
    const lengths = [0, 1, 255 * 1024, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 700 * 1024, 5];
    const lines = lengths.map((length, index) => String(index).repeat(length));
    const content = Buffer.from(lines.join('\n'));
    expect(await linesOf(await written(form === 'gzip' ? gzipSync(content) : content))).toEqual(lines);
  });

  it('reads several gzip files that were put together, as gzip does', async () => {
    const content = Buffer.concat([gzipSync('a\nb'), gzipSync('c\n')]);
    expect(await linesOf(await written(content))).toEqual(['a', 'bc']);
  });

  it('can be left before its end', async () => {
    const path = await written('a\n'.repeat(300_000));
    let lines = 0;
    for await (const line of readLines(path)) if (line.length > 0 && ++lines === 3) break;
    expect(lines).toBe(3);
  });

  it.each([
    ['is missing', () => Promise.resolve(pathOf('none')), /ENOENT/],
    [
      'is a folder',
      async () => {
        await mkdir(pathOf('folder'), { recursive: true });
        return pathOf('folder');
      },
      /EISDIR/,
    ],
    ['is cut gzip', () => written(gzipSync('a\n'.repeat(1_000)).subarray(0, 30)), /unexpected end of file/],
    ['is broken gzip', () => written(Buffer.from([0x1f, 0x8b, 0x08, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])), /./],
  ])('says that a file %s', async (_, make, message) => {
    const path = await make();
    const failure = await failureOf(path);
    expect(failure).toEqual({ code: 'INPUT_UNREADABLE', message: expect.stringMatching(message) as string, path });
  });

  it('refuses a line that does not fit into memory', async () => {
    const path = pathOf('long');
    const stream = createWriteStream(path);
    for (let megabytes = 0; megabytes < 5; megabytes++) stream.write(Buffer.alloc(1024 * 1024, 'x'));
    stream.end('\nnext\n');
    await finished(stream);
    expect(await failureOf(path)).toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('a line is longer than 4194304 bytes') as string,
    });
  });
});

describe('readRecords', () => {
  it('makes a record of each line that is not empty: one partition, offsets from 0', async () => {
    const [batch] = await batchesOf('a\n\nb\r\n\n\nc', 10);
    expect(batch).toMatchObject({ topic: 'events', partition: 0 });
    expect(
      batch!.records.map(({ offset, key, value, headers, timestampMs }) => [
        offset,
        key,
        value!.toString(),
        headers,
        timestampMs,
      ]),
    ).toEqual([
      [0, null, 'a', [], 42],
      [1, null, 'b', [], 42],
      [2, null, 'c', [], 42],
    ]);
  });

  it.each([
    [0, 3, []],
    [2, 3, [2]],
    [3, 3, [3]],
    [7, 3, [3, 3, 1]],
    [5, 1, [1, 1, 1, 1, 1]],
  ])('cuts %i lines into batches of at most %i', async (lines, recordsMax, lengths) => {
    const batches = await batchesOf('x\n'.repeat(lines), recordsMax);
    expect(batches.map(({ records }) => records.length)).toEqual(lengths);
    expect(batches.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual(
      Array.from({ length: lines }, (_, offset) => offset),
    );
  });

  it('keeps the bytes of a batch while the next ones are read', async () => {
    const lines = Array.from({ length: 60_000 }, (_, number) => `line ${number} ${'x'.repeat(20)}`);
    const batches = await batchesOf(lines.join('\n'), 1_000);
    expect(batches.flatMap(({ records }) => records.map(({ value }) => value!.toString()))).toEqual(lines);
  });
});
