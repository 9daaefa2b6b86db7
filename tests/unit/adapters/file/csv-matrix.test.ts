import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { csvHeader, openCsvMatrix } from '../../../../src/adapters/file/csv-matrix.ts';
import type { MatrixRow } from '../../../../src/ports.ts';
import { temporaryFolder } from './folder.ts';

const header = {
  catalogueVersion: 'abc',
  winnowVersion: '1.2.3',
  features: [
    { name: 'first', group: 'flow', definition: '0a', form: 'value' },
    { name: 'second', group: 'device', definition: '1b', form: 'rank' },
  ],
} as const;
const row: MatrixRow = {
  accountId: 'acc_1',
  eventId: 'e-1',
  type: 'account.login',
  timeMs: 1_000,
  label: 'fake',
  segment: 'campaign:bulk:1',
};

const pathOf = temporaryFolder();

/** The text of one row. */
async function lineOf(given: MatrixRow, ...features: readonly number[]): Promise<string> {
  const sink = await openCsvMatrix(pathOf('row.csv'), header);
  await sink.write(given, Float32Array.from(features));
  await sink.close();
  const text = await readFile(pathOf('row.csv'), 'utf8');
  return text.slice(csvHeader(header).join('\n').length + 1);
}

describe('a matrix as CSV', () => {
  it('begins with the catalogue, the groups, the definitions, the forms and the columns', () => {
    expect(csvHeader(header)).toEqual([
      '# catalogue_version=abc',
      '# groups={"first":"flow","second":"device"}',
      '# definitions={"first":"0a","second":"1b"}',
      '# forms={"first":"value","second":"rank"}',
      'account_id,event_id,type,time_ms,label,segment,first,second',
    ]);
  });

  it('is a line an event, with what is missing left empty', async () => {
    expect(await lineOf(row, 1.5, NaN)).toBe('acc_1,e-1,account.login,1000,fake,campaign:bulk:1,1.5,\n');
    expect(await lineOf({ ...row, label: null, segment: null }, NaN, -0)).toBe('acc_1,e-1,account.login,1000,,,,-0\n');
  });

  it('quotes what would be more than one field', async () => {
    const line = await lineOf({ ...row, accountId: 'a,"b"', eventId: 'line\nbreak', segment: 'x,y' }, 0, 0);
    expect(line).toBe('"a,""b""","line\nbreak",account.login,1000,fake,"x,y",0,0\n');
  });
});
