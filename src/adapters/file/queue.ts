import { FailureError } from '../../domain/failure.ts';
import { readCsv } from './csv.ts';

/** What a queue says of an account that was drawn. */
export interface Drawn {
  /** With which it was, above 0 and at most 1. */
  readonly probability: number;
  /** Accounts made alike have the same one. */
  readonly group: string;
}

/**
 * Reads `queue.csv` of `winnow queue`, by its columns `account_id`, `probability` and `group`. Throws `FailureError` `LABELS_INVALID` with the
 * line, or `INPUT_UNREADABLE`.
 */
export async function readQueue(path: string): Promise<ReadonlyMap<string, Drawn>> {
  const queue = new Map<string, Drawn>();
  const refuse = (line: number, message: string): never => {
    throw new FailureError({ code: 'LABELS_INVALID', message: `${message}.`, path: `${path}:${line}` });
  };
  let places: readonly number[] | undefined;
  for await (const { line, fields } of readCsv(path, refuse)) {
    if (places === undefined) {
      places = ['account_id', 'probability', 'group'].map((column) => fields.indexOf(column));
      if (places.includes(-1)) refuse(line, 'the header has not account_id, probability and group');
      continue;
    }
    const [account = '', text = '', group = ''] = places.map((place) => fields[place]);
    const probability = Number(text);
    if (account === '') refuse(line, 'the account id is empty');
    if (!(probability > 0 && probability <= 1)) refuse(line, 'the probability is not above 0 and at most 1');
    queue.set(account, { probability, group });
  }
  return queue;
}
