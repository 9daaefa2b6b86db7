import { appendFile, writeFile } from 'node:fs/promises';
import { ByteWriter, ParquetWriter, type ColumnSource, type SchemaElement, type Writer } from 'hyparquet-writer';
import { FailureError } from '../../domain/failure.ts';
import type { MatrixHeader, MatrixRow, MatrixSink } from '../../ports.ts';

/**
 * Rows of a row group. That many are held in memory, 4 bytes a feature, until they are encoded and written; a longer matrix
 * takes no more, but for the place of each column in the file, which the footer lists.
 */
export const groupRowsMax = 8_192;

/**
 * Opens a training matrix as Apache Parquet: text columns, `time_ms` as INT64, features as FLOAT. What is missing is null,
 * which every reader takes for missing: pandas and LightGBM make NaN of it, and SQL leaves it out of a mean. Key-value
 * metadata: `catalogue_version`, `winnow_version`, and `groups`, `definitions` and `forms`, JSON objects that give each feature's
 * group, the hash of its definition, and whether the column holds values or ranks.
 *
 * A file that was not closed has no footer, and no reader takes it for a matrix.
 */
export async function openParquetMatrix(path: string, header: MatrixHeader): Promise<MatrixSink> {
  await taken(path, writeFile(path, ''));
  return new ParquetMatrix(path, header);
}

class ParquetMatrix implements MatrixSink {
  readonly #features: readonly { readonly name: string; readonly values: Float32Array }[];
  readonly #rows: MatrixRow[] = [];
  readonly #parquet: ParquetWriter;

  constructor(path: string, header: MatrixHeader) {
    this.#features = header.features.map(({ name }) => ({ name, values: new Float32Array(groupRowsMax) }));
    this.#parquet = new ParquetWriter({
      writer: appendingWriter(path),
      schema: schemaOf(header),
      statistics: false,
      kvMetadata: [
        { key: 'catalogue_version', value: header.catalogueVersion },
        { key: 'winnow_version', value: header.winnowVersion },
        {
          key: 'groups',
          value: JSON.stringify(Object.fromEntries(header.features.map((each) => [each.name, each.group]))),
        },
        {
          key: 'definitions',
          value: JSON.stringify(Object.fromEntries(header.features.map((each) => [each.name, each.definition]))),
        },
        {
          key: 'forms',
          value: JSON.stringify(Object.fromEntries(header.features.map((each) => [each.name, each.form]))),
        },
      ],
      createdBy: `winnow version ${header.winnowVersion}`,
    });
  }

  async write(row: MatrixRow, features: Float32Array): Promise<void> {
    const place = this.#rows.push(row) - 1;
    for (const [column, { values }] of this.#features.entries()) values[place] = features[column]!;
    if (this.#rows.length === groupRowsMax) await this.#writeGroup();
  }

  async close(): Promise<void> {
    if (this.#rows.length > 0) await this.#writeGroup();
    await this.#parquet.finish();
  }

  async #writeGroup(): Promise<void> {
    const count = this.#rows.length;
    const features = this.#features.map(({ name, values }) => featureColumn(name, values.subarray(0, count)));
    await this.#parquet.write({ columnData: [...columnsOf(this.#rows), ...features], rowGroupSize: groupRowsMax });
    this.#rows.length = 0;
  }
}

function columnsOf(rows: readonly MatrixRow[]): ColumnSource[] {
  return [
    { name: 'account_id', data: rows.map(({ accountId }) => accountId) },
    { name: 'event_id', data: rows.map(({ eventId }) => eventId) },
    { name: 'type', data: rows.map(({ type }) => type) },
    { name: 'time_ms', data: BigInt64Array.from(rows, ({ timeMs }) => BigInt(timeMs)) },
    { name: 'label', data: rows.map(({ label }) => label) },
    { name: 'segment', data: rows.map(({ segment }) => segment) },
  ];
}

function featureColumn(name: string, values: Float32Array): ColumnSource {
  return {
    name,
    // Made when it is this column's turn to be encoded: as numbers of their own, all columns at once take six times the room.
    get data() {
      return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
    },
    // A dictionary would make the file a fifth smaller, but takes -0 for 0.
    encoding: 'PLAIN',
  };
}

function schemaOf({ features }: MatrixHeader): SchemaElement[] {
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
  return [
    { name: 'matrix', num_children: 6 + features.length },
    { name: 'account_id', ...text, repetition_type: 'REQUIRED' },
    { name: 'event_id', ...text, repetition_type: 'REQUIRED' },
    { name: 'type', ...text, repetition_type: 'REQUIRED' },
    { name: 'time_ms', type: 'INT64', repetition_type: 'REQUIRED' },
    { name: 'label', ...text, repetition_type: 'OPTIONAL' },
    { name: 'segment', ...text, repetition_type: 'OPTIONAL' },
    ...features.map(({ name }): SchemaElement => ({ name, type: 'FLOAT', repetition_type: 'OPTIONAL' })),
  ];
}

/** Gathers what is encoded of a row group, and appends it to the file when the group is complete. */
function appendingWriter(path: string): Writer {
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    await taken(path, appendFile(path, bytes.getBytes()));
    bytes.index = 0;
  };
  return Object.assign(bytes, { flush, finish: flush });
}

async function taken(path: string, write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw new FailureError(
      { code: 'OUTPUT_UNWRITABLE', message: `${path}: ${(error as Error).message}.`, path },
      { cause: error },
    );
  }
}
