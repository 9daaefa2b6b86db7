import { FailureError } from '../../domain/failure.ts';
import { readCsv } from './csv.ts';

/** The group of each account of a queue, by its columns `account_id` and `group`. Throws `FailureError` `LABELS_INVALID` with the line, or `INPUT_UNREADABLE`. */
export async function readQueueGroups(path: string): Promise<ReadonlyMap<string, string>> {
  const groups = new Map<string, string>();
  const refuse = (line: number, message: string): never => {
    throw new FailureError({ code: 'LABELS_INVALID', message: `${message}.`, path: `${path}:${line}` });
  };
  let places: { account: number; group: number } | undefined;
  for await (const { line, fields } of readCsv(path, refuse)) {
    if (places === undefined) {
      places = { account: fields.indexOf('account_id'), group: fields.indexOf('group') };
      if (places.account < 0 || places.group < 0) refuse(line, 'the header has not both account_id and group');
      continue;
    }
    const [account, group] = [fields[places.account], fields[places.group]];
    if (account === undefined || group === undefined) refuse(line, 'it has fewer fields than the header');
    groups.set(account!, group!);
  }
  return groups;
}
