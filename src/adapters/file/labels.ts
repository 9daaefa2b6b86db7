import { FailureError } from '../../domain/failure.ts';
import { labels as labelNames } from '../../domain/event.ts';
import { readLines } from './records.ts';

/** What is known of an account by other means than its events. */
export interface Label {
  readonly label: (typeof labelNames)[number];
  /** Free text that groups accounts: `campaign:bulk-script:2`, `honest:traveller`. */
  readonly segment: string;
}

export const labelsHeader = 'account_id,label,segment';
const noHeader = `the header is not ${labelsHeader}`;

/** Reads `account_id,label,segment`. Throws `FailureError` `LABELS_INVALID` with the line, or `INPUT_UNREADABLE`. */
export async function readLabels(path: string): Promise<ReadonlyMap<string, Label>> {
  const labels = new Map<string, Label>();
  const decoder = new TextDecoder();
  let number = 0;
  for await (const bytes of readLines(path)) {
    number++;
    const line = decoder.decode(bytes);
    if (number === 1) {
      if (line !== labelsHeader) fail(path, number, noHeader);
      continue;
    }
    if (line === '') continue;
    const [account, label, segment, ...rest] = line.split(',');
    if (segment === undefined || rest.length > 0) fail(path, number, 'it has not three fields');
    if (account === '') fail(path, number, 'the account id is empty');
    const known = labelNames.find((name) => name === label);
    if (known === undefined) fail(path, number, `the label is not one of ${labelNames.join(', ')}`);
    labels.set(account!, { label: known, segment });
  }
  if (number === 0) fail(path, 1, noHeader);
  return labels;
}

function fail(path: string, line: number, message: string): never {
  throw new FailureError({ code: 'LABELS_INVALID', message: `${message}.`, path: `${path}:${line}` });
}
