import { FailureError } from '../../domain/failure.ts';
import { labels as labelNames } from '../../domain/event.ts';
import { csvLine, readCsv } from './csv.ts';
import { LineWriter } from './line-writer.ts';

/** What is known of an account by other means than its events. */
export interface Label {
  readonly label: (typeof labelNames)[number];
  /** Free text that groups accounts: `campaign:bulk-script:2`, `honest:traveller`. */
  readonly segment: string;
}

const columns = ['account_id', 'label', 'segment'] as const;
export const labelsHeader = csvLine(columns);
const noHeader = `the header is not ${labelsHeader}`;

/** Reads `account_id,label,segment`. Throws `FailureError` `LABELS_INVALID` with the line, or `INPUT_UNREADABLE`. */
export async function readLabels(path: string): Promise<ReadonlyMap<string, Label>> {
  const labels = new Map<string, Label>();
  const refuse = (line: number, message: string): never => fail(path, line, message);
  let hasHeader = false;
  for await (const { line, fields } of readCsv(path, refuse)) {
    if (!hasHeader) {
      if (csvLine(fields) !== labelsHeader) refuse(line, noHeader);
      hasHeader = true;
      continue;
    }
    const [account, label, segment, ...rest] = fields;
    if (segment === undefined || rest.length > 0) refuse(line, 'it has not three fields');
    if (account === '') refuse(line, 'the account id is empty');
    const known = labelNames.find((name) => name === label);
    if (known === undefined) refuse(line, `the label is not one of ${labelNames.join(', ')}`);
    if ((labels.get(account!)?.label ?? known) !== known)
      refuse(line, 'the account has another label in a line before');
    labels.set(account!, { label: known!, segment: segment! });
  }
  if (!hasHeader) refuse(1, noHeader);
  return labels;
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
