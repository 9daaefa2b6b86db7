import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, readCsv, type CsvRow } from '../../../../src/adapters/file/csv.ts';
import { temporaryFolder } from './folder.ts';

const pathOf = temporaryFolder();
let files = 0;

const refuse = (line: number, message: string): never => {
  throw new Error(`${line}: ${message}`);
};

async function rowsOf(content: string | Uint8Array) {
  const path = pathOf(`rows-${++files}.csv`);
  await writeFile(path, content);
  const rows: CsvRow[] = [];
  for await (const row of readCsv(path, refuse)) rows.push(row);
  return rows;
}

describe('CSV', () => {
  it.each([
    [
      'a,b\nc,d\n',
      [
        [1, 'a', 'b'],
        [2, 'c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d',
      [
        [1, 'a', 'b'],
        [2, 'c', 'd'],
      ],
    ],
    ['\ufeffa,b\r\n', [[1, 'a', 'b']]],
    ['\ufeff"a",b\r\n', [[1, 'a', 'b']]],
    ['"a","b"\n', [[1, 'a', 'b']]],
    ['"a,b","c""d",""\n', [[1, 'a,b', 'c"d', '']]],
    ['"""",""""""', [[1, '"', '""']]],
    [
      '"a\nb",c\n\nd,e',
      [
        [1, 'a\nb', 'c'],
        [4, 'd', 'e'],
      ],
    ],
    ['"a\r\nb",c\r\n', [[1, 'a\nb', 'c']]],
    [',\n', [[1, '', '']]],
    [
      'a\n\n\nb\n',
      [
        [1, 'a'],
        [4, 'b'],
      ],
    ],
    ['', []],
  ])('%j is %j', async (content, rows) => {
    expect((await rowsOf(content)).map(({ line, fields }) => [line, ...fields])).toEqual(rows);
  });

  it.each([
    ['a,b\n"c,d\n', '2: a quote is not closed'],
    ['"a"b,c\n', '1: something follows a closing quote'],
    ['a"b"c,d\n', '1: a quote stands in a field'],
    [`"${'a\n'.repeat(70_000)}`, '1: a row is longer than 65536 characters'],
  ])('refuses %.20j', async (content, message) => {
    await expect(rowsOf(content)).rejects.toThrow(message);
  });

  it('says that a file is not UTF-8, and what to do, rather than read other ids', async () => {
    await expect(rowsOf(Buffer.from('a,b\ncafé,x\n', 'latin1'))).rejects.toMatchObject({
      failure: {
        code: 'INPUT_UNREADABLE',
        message: expect.stringContaining('UTF-8'),
        path: expect.stringMatching(/:2$/),
      },
    });
  });

  it('reads what it writes', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '\n', 'é', '\ufeff'), maxLength: 8 });
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const read = await rowsOf(given.map((fields) => `${csvLine(fields)}\r\n`).join(''));
        expect(read.map(({ fields }) => fields)).toEqual(given);
      }),
      { numRuns: 50 },
    );
  });
});
