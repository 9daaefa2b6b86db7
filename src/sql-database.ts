/** A port by itself: what the archive asks of a database. `adapters/sqlite/` and `adapters/postgres/` are two. */

/** What a database keeps in a column. Whole numbers stay within the exact ones. */
export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Calls for one session come one after the other. In SQL, `$1`, `$2` … stand for the values. */
export interface SqlSession {
  /** Returns how many rows it touched. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
  rows(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Adds rows, and passes over those whose key is taken. Returns how many it added. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<number>;
}

/**
 * A database that speaks SQL as SQLite and PostgreSQL both do. Rejects with `FailureError`: `ARCHIVE_UNAVAILABLE` where another try may
 * help, `ARCHIVE_DAMAGED` where it will not.
 */
export interface SqlDatabase {
  /** What it calls a column of bytes; the rest is the same for both: TEXT, BIGINT, DOUBLE PRECISION. */
  readonly bytesType: string;
  /** One statement by itself, as of what is committed. May overlap with a transaction. */
  rows(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** The same for many rows: each as the values of its columns, in their order, at half the cost. */
  valuesOf(sql: string, values?: readonly SqlValue[]): Promise<readonly (readonly SqlValue[])[]>;
  /**
   * All or nothing, durable when it resolves. Transactions come one after the other, those of other processes too; so what one reads
   * nobody changes until it ends.
   */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Overwrites what deleted and changed rows of these tables have left behind on disk. Not within a transaction. */
  scrub(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
