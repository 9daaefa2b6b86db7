import { readFile, stat } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { groupRowsMax, openParquetMatrix } from '../../../../src/adapters/parquet/matrix.ts';
import { readMatrix } from '../../../contract/matrix-files.ts';
import { temporaryFolder } from '../file/folder.ts';

const header = {
  catalogueVersion: 'abc',
  winnowVersion: '1.2.3',
  features: [{ name: 'first', group: 'flow', definition: '0a', form: 'value' as const }],
};
const pathOf = temporaryFolder();
const path = (): string => pathOf('matrix.parquet');

function rowOf(number: number) {
  const label = number % 3 === 0 ? null : 'fake';
  return {
    accountId: `a${number}`,
    eventId: `e${number}`,
    type: 'account.login',
    timeMs: number,
    label,
    segment: null,
  };
}

async function metadataOf(file: string) {
  return parquetMetadataAsync(await asyncBufferFromFile(file));
}

describe('a matrix as Parquet', () => {
  it('has text, times and floats, and what may be missing is optional', async () => {
    await (await openParquetMatrix(path(), header)).close();
    const { schema, num_rows: rows } = await metadataOf(path());
    expect(rows).toBe(0n);
    expect(schema.slice(1).map((each) => [each.name, each.type, each.converted_type, each.repetition_type])).toEqual([
      ['account_id', 'BYTE_ARRAY', 'UTF8', 'REQUIRED'],
      ['event_id', 'BYTE_ARRAY', 'UTF8', 'REQUIRED'],
      ['type', 'BYTE_ARRAY', 'UTF8', 'REQUIRED'],
      ['time_ms', 'INT64', undefined, 'REQUIRED'],
      ['label', 'BYTE_ARRAY', 'UTF8', 'OPTIONAL'],
      ['segment', 'BYTE_ARRAY', 'UTF8', 'OPTIONAL'],
      ['first', 'FLOAT', undefined, 'OPTIONAL'],
    ]);
  });

  it('says what made it', async () => {
    await (await openParquetMatrix(path(), header)).close();
    const { key_value_metadata: pairs, created_by: author } = await metadataOf(path());
    expect(author).toBe('winnow version 1.2.3');
    expect(pairs).toEqual([
      { key: 'catalogue_version', value: 'abc' },
      { key: 'winnow_version', value: '1.2.3' },
      { key: 'groups', value: '{"first":"flow"}' },
      { key: 'definitions', value: '{"first":"0a"}' },
      { key: 'forms', value: '{"first":"value"}' },
    ]);
  });

  it('has null, which no reader takes for a number, where a feature is missing', async () => {
    const sink = await openParquetMatrix(path(), header);
    for (const value of [1.5, NaN]) await sink.write(rowOf(0), Float32Array.of(value));
    await sink.close();
    const written = await parquetReadObjects({ file: await asyncBufferFromFile(path()) });
    expect(written.map((row) => row['first'] as unknown)).toEqual([1.5, null]);
  });

  it('writes a row group as soon as it is full, so that memory does not grow with the stream', async () => {
    const sink = await openParquetMatrix(path(), header);
    const sizes: number[] = [];
    const count = 2 * groupRowsMax + 5;
    for (let number = 0; number < count; number++) {
      await sink.write(rowOf(number), Float32Array.of(number));
      if ((number + 1) % groupRowsMax === 0) sizes.push((await stat(path())).size);
    }
    await sink.close();
    expect(sizes[0]).toBeGreaterThan(groupRowsMax);
    expect(sizes[1]).toBeGreaterThan(1.9 * sizes[0]!);
    const { row_groups: groups } = await metadataOf(path());
    expect(groups.map(({ num_rows: rows }) => Number(rows))).toEqual([groupRowsMax, groupRowsMax, 5]);
    const { rows, features } = await readMatrix(path());
    expect(rows).toEqual(Array.from({ length: count }, (_, number) => rowOf(number)));
    expect(features.map((values) => values[0])).toEqual(Array.from({ length: count }, (_, number) => number));
  });

  it('is no matrix until it is closed', async () => {
    const sink = await openParquetMatrix(path(), header);
    for (let number = 0; number < groupRowsMax; number++) await sink.write(rowOf(number), Float32Array.of(number));
    expect((await readFile(path())).subarray(0, 4).toString()).toBe('PAR1');
    await expect(metadataOf(path())).rejects.toThrow('footer');
  });
});
