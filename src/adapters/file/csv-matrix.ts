import type { MatrixHeader, MatrixRow, MatrixSink } from '../../ports.ts';
import { csvField, csvLine } from './csv.ts';
import { LineWriter } from './line-writer.ts';

/**
 * Opens a training matrix as CSV (RFC 4180) behind comment lines that name its catalogue, and each feature's group, definition and form. What
 * is missing is an empty field.
 *
 * Numbers are the shortest text that reads back as the same double, and so as the same float32.
 *
 * @param path `-` for standard output.
 */
export async function openCsvMatrix(path: string, header: MatrixHeader): Promise<MatrixSink> {
  const out = new LineWriter(path);
  await out.write(...csvHeader(header));
  return {
    write: (row, features) => out.write(matrixLine(row, features)),
    close: () => out.close(),
  };
}

/** The lines before the first row. */
export function csvHeader({ catalogueVersion, features }: MatrixHeader): readonly string[] {
  const groups = Object.fromEntries(features.map(({ name, group }) => [name, group]));
  const columns = [
    'account_id',
    'event_id',
    'type',
    'time_ms',
    'label',
    'segment',
    ...features.map(({ name }) => name),
  ];
  const definitions = Object.fromEntries(features.map(({ name, definition }) => [name, definition]));
  return [
    `# catalogue_version=${catalogueVersion}`,
    `# groups=${JSON.stringify(groups)}`,
    `# definitions=${JSON.stringify(definitions)}`,
    `# forms=${JSON.stringify(Object.fromEntries(features.map(({ name, form }) => [name, form])))}`,
    csvLine(columns),
  ];
}

function matrixLine({ accountId, eventId, type, timeMs, label, segment }: MatrixRow, features: Float32Array): string {
  let line = `${csvField(accountId)},${csvField(eventId)},${type},${timeMs},${label ?? ''},${csvField(segment ?? '')}`;
  for (const value of features) line += `,${numeral(value)}`;
  return line;
}

function numeral(value: number): string {
  if (Number.isNaN(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}
