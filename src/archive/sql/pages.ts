import type { SqlValue } from '../../sql-database.ts';
import type { TimeRange } from '../archive.ts';

/** Rows that are read at a time. */
const pageRows = 5_000;

/** What is read of a table, in the order of time, and of a key that tells rows of one time apart. */
export interface PageOrder {
  readonly table: string;
  readonly columns: string;
  readonly time: string;
  readonly key: string;
}

/** Rows of a range of time, page by page: a reader that takes its time keeps no transaction open. @param placeOf time and key of a row */
export async function* pagesOf<Row>(
  { table, columns, time, key }: PageOrder,
  { fromMs, untilMs }: TimeRange,
  read: (sql: string, values: readonly SqlValue[]) => Promise<readonly Row[]>,
  placeOf: (row: Row) => readonly SqlValue[],
): AsyncGenerator<readonly Row[]> {
  const sql = `SELECT ${columns} FROM ${table} WHERE (${time}, ${key}) > ($1, $2) AND ${time} < $3 ORDER BY ${time}, ${key} LIMIT ${pageRows}`;
  const end = Math.min(untilMs, Number.MAX_SAFE_INTEGER);
  let after: readonly SqlValue[] = [Math.max(fromMs, Number.MIN_SAFE_INTEGER), ''];
  for (;;) {
    const rows = await read(sql, [...after, end]);
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return;
    after = placeOf(last);
  }
}
