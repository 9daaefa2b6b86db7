import { writeFile } from 'node:fs/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readLines, readRecords } from '../../../../src/adapters/file/records.ts';
import { temporaryFolder } from './folder.ts';

const pathOf = temporaryFolder();
const text = '{"a":1}\n{"a":2}\n';
const bigEndian = (of: string): Buffer => Buffer.from(of, 'utf16le').swap16();

async function written(content: string | Uint8Array): Promise<string> {
  const path = pathOf(`kind-${Math.random()}`);
  await writeFile(path, content);
  return path;
}

async function linesOf(content: string | Uint8Array): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(await written(content))) lines.push(Buffer.from(line).toString());
  return lines;
}

async function recordsOf(content: string): Promise<number> {
  let records = 0;
  const path = await written(content);
  for await (const batch of readRecords({ path, recordsMax: 9, topic: 't', nowMs: () => 0 }))
    records += batch.records.length;
  return records;
}

describe('a file of another kind', () => {
  it.each([
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'iconv -f UTF-16'],
    ['UTF-16 in the other order', bigEndian(`\ufeff${text}`), 'iconv -f UTF-16'],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), 'iconv -f UTF-16LE'],
    ['UTF-16 in the other order without a mark', bigEndian(text), 'iconv -f UTF-16BE'],
    ['UTF-16 that does not begin in ASCII', Buffer.from('\ufeffә,1\n', 'utf16le'), 'iconv -f UTF-16'],
    ['UTF-16 of one character', Buffer.from('\ufeff7', 'utf16le'), 'iconv -f UTF-16'],
    ['UTF-32 with a mark', Buffer.from('fffe00007b000000', 'hex'), 'iconv -f UTF-32'],
    ['UTF-32 without a mark', Buffer.from('7b000000220000000a000000', 'hex'), 'iconv -f UTF-32LE'],
    ['UTF-32 in the other order without a mark', Buffer.from('0000007b00000022', 'hex'), 'iconv -f UTF-32BE'],
    ['UTF-16, packed', gzipSync(Buffer.from(text, 'utf16le')), 'iconv -f UTF-16LE'],
    ['zstd', zstdCompressSync(text), 'zstd -d'],
    ['xz', Buffer.from('fd377a585a0000', 'hex'), 'xz -d'],
    ['bzip2', Buffer.from('BZh91AY'), 'bzip2 -d'],
    ['compress', Buffer.from('1f9d9000', 'hex'), 'gzip -d'],
    ['7-Zip', Buffer.from('377abcaf271c', 'hex'), '7z x'],
    ['a spreadsheet of before 2007', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'CSV UTF-8'],
    ['Avro', Buffer.from('Obj\u0001....'), 'Avro'],
    ['ORC', Buffer.from('ORC....'), 'ORC'],
    ['Arrow', Buffer.from('ARROW1\0\0'), 'Arrow'],
    ['a SQLite database', Buffer.from('SQLite format 3\0'), 'SQLite'],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004....'), 'CSV UTF-8'],
    ['Parquet', Buffer.from('PAR1....'), 'Parquet'],
  ])('is refused with what to do about it: %s', async (_, content, hint) => {
    await expect(linesOf(content)).rejects.toMatchObject({
      failure: { code: 'INPUT_UNREADABLE', message: expect.stringContaining(hint) },
    });
  });

  it('is none for its mark of UTF-8', async () => {
    const marked = Buffer.from(`\ufeff${text}`);
    expect(await linesOf(marked)).toEqual(await linesOf(text));
    expect(await linesOf(gzipSync(marked))).toEqual(await linesOf(text));
    expect(await linesOf('\ufeff')).toEqual([]);
  });

  it('is a JSON array, where events are one a line', async () => {
    expect(await recordsOf(text)).toBe(2);
    for (const array of ['[{"a":1}]', ' [\n{"a":1}\n]', '\ufeff[]'])
      await expect(recordsOf(array)).rejects.toThrow("jq -c '.[]'");
  });
});
