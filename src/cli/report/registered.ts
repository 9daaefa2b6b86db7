import { readCsv } from '../../adapters/file/csv.ts';
import { FailureError } from '../../domain/failure.ts';

const header = ['account_id', 'registered'];

/**
 * When accounts were registered, as the platform says: a day or a time for each, milliseconds since the epoch. Throws `FailureError`
 * `INPUT_UNREADABLE` with the line.
 */
export async function readRegistered(path: string): Promise<ReadonlyMap<string, number>> {
  const registeredMs = new Map<string, number>();
  const refuse = (line: number, message: string): never => {
    throw new FailureError({ code: 'INPUT_UNREADABLE', message: `${message}.`, path: `${path}:${line}` });
  };
  let isFirst = true;
  for await (const { line, fields } of readCsv(path, refuse)) {
    if (isFirst) {
      if (fields.join() !== header.join()) refuse(line, `the header is not ${header.join()}`);
      isFirst = false;
      continue;
    }
    const [account = '', registered = '', ...more] = fields;
    const timeMs = /^\d{4}-\d{2}-\d{2}/.test(registered) ? Date.parse(registered) : NaN;
    if (account === '' || more.length > 0) refuse(line, 'it has not an account id and a day');
    if (Number.isNaN(timeMs)) refuse(line, 'it has no day such as 2026-09-01');
    registeredMs.set(account, timeMs);
  }
  if (isFirst) refuse(1, `the header is not ${header.join()}`);
  return registeredMs;
}
