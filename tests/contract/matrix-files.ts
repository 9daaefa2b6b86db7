import { readFile } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { MatrixRow } from '../../src/ports.ts';

/** Reads matrices back, by other code than what wrote them. */

export interface WrittenMatrix {
  /** Columns before the features, and features, in order. */
  readonly columns: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly rows: readonly MatrixRow[];
  /** One array a row, NaN for missing. */
  readonly features: readonly Float32Array[];
}

export function readMatrix(path: string): Promise<WrittenMatrix> {
  return path.endsWith('.parquet') ? readParquet(path) : readCsv(path);
}

const describing = 6;

async function readParquet(path: string): Promise<WrittenMatrix> {
  const file = await asyncBufferFromFile(path);
  const { schema, key_value_metadata: pairs = [] } = await parquetMetadataAsync(file);
  const columns = schema.slice(1).map(({ name }) => name);
  const objects = await parquetReadObjects({ file });
  return {
    columns,
    metadata: Object.fromEntries(pairs.map(({ key, value }) => [key, value ?? ''])),
    rows: objects.map((row) => ({
      accountId: row['account_id'] as string,
      eventId: row['event_id'] as string,
      type: row['type'] as string,
      timeMs: Number(row['time_ms'] as bigint),
      label: (row['label'] as string | undefined) ?? null,
      segment: (row['segment'] as string | undefined) ?? null,
    })),
    features: objects.map((row) =>
      Float32Array.from(columns.slice(describing), (name) => (row[name] as number | null) ?? NaN),
    ),
  };
}

async function readCsv(path: string): Promise<WrittenMatrix> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const comments = lines.filter((line, index) => index < 4 && line.startsWith('# '));
  const [columns, ...records] = recordsOf(lines.slice(comments.length).join('\n'));
  return {
    columns: columns!,
    metadata: Object.fromEntries(
      comments.map((line) => [line.slice(2, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
    rows: records.map(([accountId, eventId, type, timeMs, label, segment]) => ({
      accountId: accountId!,
      eventId: eventId!,
      type: type!,
      timeMs: Number(timeMs),
      label: label! || null,
      segment: segment! || null,
    })),
    features: records.map((fields) =>
      Float32Array.from(fields.slice(describing), (text) => (text === '' ? NaN : Number(text))),
    ),
  };
}

/** Records of RFC 4180; each ends in a line feed. */
function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
