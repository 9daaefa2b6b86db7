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

/**
 * Rows of a range of time, page by page: a reader that takes its time keeps no transaction open. While a page is gone through, the next is read.
 * @param placeOf time and key of a row
 */
export async function* pagesOf<Row>(
  { table, columns, time, key }: PageOrder,
  { fromMs, untilMs }: TimeRange,
  read: (sql: string, values: readonly SqlValue[]) => Promise<readonly Row[]>,
  placeOf: (row: Row) => readonly SqlValue[],
): AsyncGenerator<readonly Row[]> {
  const sql = `SELECT ${columns} FROM ${table} WHERE (${time}, ${key}) > ($1, $2) AND ${time} < $3 ORDER BY ${time}, ${key} LIMIT ${pageRows}`;
  const end = Math.min(untilMs, Number.MAX_SAFE_INTEGER);
  let reading = read(sql, [Math.max(fromMs, Number.MIN_SAFE_INTEGER), '', end]);
  for (;;) {
    const rows = await reading;
    const isLast = rows.length < pageRows;
    if (!isLast) reading = read(sql, [...placeOf(rows.at(-1)!), end]);
    // Told by the await of the next turn; to nobody where the reader has had enough.
    reading.catch(() => undefined);
    yield rows;
    if (isLast) return;
  }
}
