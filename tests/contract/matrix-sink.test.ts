import fc from 'fast-check';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openCsvMatrix } from '../../src/adapters/file/csv-matrix.ts';
import { openParquetMatrix } from '../../src/adapters/parquet/matrix.ts';
import { FailureError } from '../../src/domain/failure.ts';
import type { MatrixHeader, MatrixRow, MatrixSink } from '../../src/ports.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { readMatrix } from './matrix-files.ts';
import { codePoint } from '../code-point.ts';

const header: MatrixHeader = {
  catalogueVersion: 'abc',
  winnowVersion: '1.2.3',
  features: [
    { name: 'form_ms', group: 'flow', definition: '0a', form: 'value' },
    { name: 'ip_age_h', group: 'network', definition: '1b', form: 'rank' },
  ],
};
const columns = ['account_id', 'event_id', 'type', 'time_ms', 'label', 'segment', 'form_ms', 'ip_age_h'];
const row: MatrixRow = { accountId: 'a', eventId: 'e', type: 'account.login', timeMs: 1, label: null, segment: null };

const pathOf = temporaryFolder();

/** Floats by their bits, with all NaN alike: which one it was is not told by any format. */
function bitsOf(values: Float32Array): readonly number[] {
  const bits = new Uint32Array(values.slice().buffer);
  return Array.from(values, (value, index) => (Number.isNaN(value) ? NaN : bits[index]!));
}

async function failureOf(call: () => Promise<unknown>) {
  const error: unknown = await call().catch((caught: unknown) => caught);
  return error instanceof FailureError ? error.failure : error;
}

describe.each<readonly [string, (path: string, header: MatrixHeader) => Promise<MatrixSink>]>([
  ['csv', openCsvMatrix],
  ['parquet', openParquetMatrix],
])('a matrix as %s', (ending, open) => {
  const path = (): string => pathOf(`matrix.${ending}`);

  it('gives back every row in order, and every bit of its features', async () => {
    const text = fc.string({ unit: codePoint, minLength: 1, maxLength: 20 });
    const rows = fc.array(
      fc.record({
        row: fc.record({
          accountId: text,
          eventId: text,
          type: fc.constantFrom('account.login', 'account.signup'),
          timeMs: fc.integer({ min: 0, max: 8.64e15 }),
          label: fc.constantFrom('fake', 'genuine', null),
          segment: fc.option(text),
        }),
        features: fc.tuple(fc.float(), fc.constantFrom(0, -0, NaN)).map((pair) => Float32Array.from(pair)),
      }),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const sink = await open(path(), header);
        for (const each of given) await sink.write(each.row, each.features);
        await sink.close();
        const written = await readMatrix(path());
        expect(written.columns).toEqual(columns);
        expect(written.rows).toEqual(given.map((each) => each.row));
        expect(written.features.map(bitsOf)).toEqual(given.map((each) => bitsOf(each.features)));
      }),
      { numRuns: 50 },
    );
  });

  it('names its catalogue, and the group, the definition and the form of each feature', async () => {
    await (await open(path(), header)).close();
    const { metadata, rows } = await readMatrix(path());
    expect(rows).toEqual([]);
    expect(metadata['catalogue_version']).toBe('abc');
    expect(metadata['groups']).toBe('{"form_ms":"flow","ip_age_h":"network"}');
    expect(metadata['definitions']).toBe('{"form_ms":"0a","ip_age_h":"1b"}');
    expect(metadata['forms']).toBe('{"form_ms":"value","ip_age_h":"rank"}');
  });

  it('takes the features before the call resolves', async () => {
    const sink = await open(path(), header);
    const features = new Float32Array(2);
    for (const value of [1, 2]) {
      features.fill(value);
      await sink.write(row, features);
    }
    await sink.close();
    expect((await readMatrix(path())).features.map((each) => each[0])).toEqual([1, 2]);
  });

  it('says that a file cannot be written', async () => {
    await mkdir(pathOf('folder'), { recursive: true });
    for (const [wrong, message] of [
      [pathOf('none/file'), /ENOENT/],
      [pathOf('folder'), /EISDIR/],
    ] as const) {
      const failure = await failureOf(async () => (await open(wrong, header)).close());
      expect(failure).toEqual({
        code: 'OUTPUT_UNWRITABLE',
        message: expect.stringMatching(message) as string,
        path: wrong,
      });
    }
  });
});
