import { FailureError } from '../../domain/failure.ts';
import { labels as labelNames } from '../../domain/event.ts';
import { isHistoryTime } from '../../history/time-bounds.ts';
import { csvLine, readCsv, type CsvRefusal } from './csv.ts';
import { LineWriter } from './line-writer.ts';

/** What is known of an account by other means than its events. */
export interface Label {
  readonly label: (typeof labelNames)[number];
  /** Free text that groups accounts: `campaign:bulk-script:2`, `honest:traveller`. */
  readonly segment: string;
  /** When it was given, milliseconds since the epoch; absent where the file does not say. */
  readonly labelledMs?: number;
}

const columns = ['account_id', 'label', 'segment'] as const;
export const labelsHeader = csvLine(columns);
/** Columns that labels may have beside these, in any order: of the queue that asked for them, and when the answer was given. */
const furtherColumns = ['stratum', 'probability', 'group', 'labelled_at'];

/**
 * Reads labels: the columns `account_id` and `label`, and perhaps `segment` and what a queue adds, in any order. Throws `FailureError`
 * `LABELS_INVALID` with the line, or `INPUT_UNREADABLE`.
 */
export async function readLabels(path: string): Promise<ReadonlyMap<string, Label>> {
  const labels = new Map<string, Label>();
  const refuse = (line: number, message: string): never => fail(path, line, message);
  let header: readonly string[] | undefined;
  for await (const { line, fields } of readCsv(path, refuse)) {
    if (header === undefined) {
      header = checkedHeader(fields, line, refuse);
      continue;
    }
    if (fields.length !== header.length) refuse(line, `it has not ${numerals[header.length] ?? header.length} fields`);
    const at = (column: (typeof columns)[number]): string => fields[header!.indexOf(column)] ?? '';
    const [account, label, segment] = columns.map(at) as [string, string, string];
    if (account === '') refuse(line, 'the account id is empty');
    const known = labelNames.find((name) => name === label);
    if (known === undefined) refuse(line, `the label is not one of ${labelNames.join(', ')}`);
    if ((labels.get(account)?.label ?? known) !== known) refuse(line, 'the account has another label in a line before');
    labels.set(account, {
      label: known!,
      segment,
      ...labelledAt(fields[header.indexOf('labelled_at')] ?? '', line, refuse),
    });
  }
  if (header === undefined) refuse(1, noHeader);
  return labels;
}

function labelledAt(text: string, line: number, refuse: CsvRefusal): Pick<Label, 'labelledMs'> {
  if (text === '') return {};
  const labelledMs = Date.parse(text);
  // Without a zone it would be another moment on each machine; and who writes the year 1 does not know it.
  if (!zone.test(text) || !isHistoryTime(labelledMs))
    refuse(line, 'labelled_at is no time such as 2026-11-24T04:36:51Z');
  return { labelledMs };
}

const zone = /(?:[Zz]|[+-]\d\d:\d\d)$/;

const noHeader = `the header is not ${labelsHeader}; segment may be left out, and ${furtherColumns.join(', ')} be added`;
const numerals: Readonly<Record<number, string>> = { 2: 'two', 3: 'three' };

function checkedHeader(fields: readonly string[], line: number, refuse: CsvRefusal): readonly string[] {
  const known = new Set<string>([...columns, ...furtherColumns]);
  const isKnown = fields.every((field) => known.has(field)) && new Set(fields).size === fields.length;
  if (!isKnown || !fields.includes('account_id') || !fields.includes('label')) refuse(line, noHeader);
  return fields;
}

/** Writes what `readLabels` reads. Throws `FailureError` `OUTPUT_UNWRITABLE`. */
export async function writeLabels(
  path: string,
  accounts: Iterable<Label & { readonly accountId: string }>,
): Promise<void> {
  const out = new LineWriter(path);
  await out.write(labelsHeader);
  for (const { accountId, label, segment } of accounts) await out.write(csvLine([accountId, label, segment]));
  await out.close();
}

function fail(path: string, line: number, message: string): never {
  throw new FailureError({ code: 'LABELS_INVALID', message: `${message}.`, path: `${path}:${line}` });
}
