import { readCsv } from '../../adapters/file/csv.ts';
import { FailureError } from '../../domain/failure.ts';

/** A column that says something of each account. */
interface Column<T> {
  readonly name: string;
  /** Of what a cell says; null for what is no such thing. */
  readonly read: (cell: string) => T | null;
  /** What has to be there, for who reads the refusal: `day such as 2026-09-01`. */
  readonly expected: string;
}

/** When accounts were registered: a day or a time for each, milliseconds since the epoch. */
const registered: Column<number> = {
  name: 'registered',
  read: (cell) => {
    const timeMs = /^\d{4}-\d{2}-\d{2}/.test(cell) ? Date.parse(cell) : NaN;
    return Number.isNaN(timeMs) ? null : timeMs;
  },
  expected: 'day such as 2026-09-01',
};

/** The language of accounts, as two small letters (ISO 639-1). */
const language: Column<string> = {
  name: 'language',
  read: (cell) => (/^[a-z]{2}$/.test(cell) ? cell : null),
  expected: 'language such as de',
};

export const readRegistered = (path: string): Promise<ReadonlyMap<string, number>> => readTable(path, registered);
export const readLanguages = (path: string): Promise<ReadonlyMap<string, string>> => readTable(path, language);

/** What the platform says of accounts, by id. Throws `FailureError` `INPUT_UNREADABLE` with the line. */
async function readTable<T>(path: string, { name, read, expected }: Column<T>): Promise<ReadonlyMap<string, T>> {
  const said = new Map<string, T>();
  const header = `account_id,${name}`;
  const refuse = (line: number, message: string): never => {
    throw new FailureError({ code: 'INPUT_UNREADABLE', message: `${message}.`, path: `${path}:${line}` });
  };
  let isFirst = true;
  for await (const { line, fields } of readCsv(path, refuse)) {
    if (isFirst) {
      if (fields.join() !== header) refuse(line, `the header is not ${header}`);
      isFirst = false;
      continue;
    }
    const [account = '', cell = '', ...more] = fields;
    if (account === '' || more.length > 0) refuse(line, 'it has not an account id and one thing more');
    const value = read(cell);
    if (value === null) refuse(line, `it has no ${expected}`);
    said.set(account, value!);
  }
  if (isFirst) refuse(1, `the header is not ${header}`);
  return said;
}
