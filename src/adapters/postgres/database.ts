import type { ConnectionOptions } from 'node:tls';
import postgres from 'postgres';
import { FailureError, type FailureCode } from '../../domain/failure.ts';
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from '../../sql-database.ts';

export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** Options of Node's sockets; absent: in clear text. */
  readonly tls?: ConnectionOptions;
}

/** One writes at a time; the others read. */
const connectionsMax = 4;
const connectSecondsMax = 10;
/** Of the lock that transactions take, so that those of all processes come one after the other. Any number will do. */
const turnLock = 7_245_901_183;
/** Of bytes that one statement carries: PostgreSQL would take more, and copy it several times. */
const insertedRowsMax = 1_000;
/** Type of whole numbers of 64 bits in PostgreSQL's catalogue; those here are exact as JavaScript's. */
const bigintType = 20;

/** Classes of SQLSTATE that another try, a person at the server, or other settings may mend; 25006: it only reads, as after a failover. */
const passing = /^(08|25006|28|3D|40|42501|53|55|57|58)/;
const damaged = /^XX00[12]/;

/** A PostgreSQL over TCP. Bytes within rows that are added travel as hexadecimal digits in one JSON text: one statement, whatever their number. */
export class PostgresDatabase implements SqlDatabase {
  readonly bytesType = 'BYTEA';
  readonly #sql: postgres.Sql;

  private constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  /** Connects. Throws `FailureError` `ARCHIVE_UNAVAILABLE`. */
  static async open({ host, port, database, user, password, tls }: PostgresSettings): Promise<PostgresDatabase> {
    const sql = postgres({
      host,
      port,
      database,
      username: user,
      ...(password === undefined ? {} : { password }),
      ssl: tls ?? false,
      max: connectionsMax,
      connect_timeout: connectSecondsMax,
      // Types are asked for by their numbers alone; nothing is looked up at the start.
      fetch_types: false,
      types: { bigint: { to: bigintType, from: [bigintType], serialize: String, parse: Number } },
      connection: { application_name: 'winnow' },
      onnotice: () => undefined,
    }) as unknown as postgres.Sql;
    const opened = new PostgresDatabase(sql);
    try {
      await opened.rows('SELECT 1 AS one');
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  rows(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return telling(() => query(this.#sql, sql, values));
  }

  valuesOf(sql: string, values: readonly SqlValue[] = []): Promise<readonly (readonly SqlValue[])[]> {
    return telling(
      () => query(this.#sql, sql, values).values() as unknown as Promise<readonly (readonly SqlValue[])[]>,
    );
  }

  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return telling(
      () =>
        this.#sql.begin(async (transaction) => {
          await query(transaction, 'SELECT pg_advisory_xact_lock($1)', [turnLock]);
          return work(new Session(transaction));
        }) as Promise<T>,
    );
  }

  /**
   * The first table, which holds the keys, is written anew and its former file deleted; of the others what is dead is let go. Write-ahead
   * log, replicas and backups are the server's affair.
   */
  async scrub([keys, ...others]: readonly string[]): Promise<void> {
    await telling(() => query(this.#sql, `VACUUM FULL ${keys}`, []));
    if (others.length > 0) await telling(() => query(this.#sql, `VACUUM ${others.join(', ')}`, []));
  }

  close(): Promise<void> {
    return this.#sql.end({ timeout: connectSecondsMax });
  }
}

class Session implements SqlSession {
  readonly #sql: postgres.TransactionSql;

  constructor(sql: postgres.TransactionSql) {
    this.#sql = sql;
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return (await query(this.#sql, sql, values)).count;
  }

  rows(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return query(this.#sql, sql, values);
  }

  async insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<number> {
    const names = columns.join(', ');
    const sql = `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, CAST($1 AS text)::json) ON CONFLICT DO NOTHING`;
    let added = 0;
    for (let from = 0; from < rows.length; from += insertedRowsMax) {
      const part = rows.slice(from, from + insertedRowsMax);
      const records = part.map((row) => Object.fromEntries(columns.map((name, at) => [name, written(row[at]!)])));
      added += await this.run(sql, [JSON.stringify(records)]);
    }
    return added;
  }
}

function query(sql: postgres.ISql, text: string, values: readonly SqlValue[]) {
  return sql.unsafe<SqlRow[]>(text, values as (string | number | Buffer | null)[], { prepare: values.length > 0 });
}

/** Of bytes the form in which PostgreSQL reads them out of text. */
function written(value: SqlValue): string | number | null {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
}

/** Calls, and tells what the server or the network says as a failure. What is wrong with a statement is a bug of ours, and stays one. */
async function telling<T>(call: () => PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof FailureError) throw error;
    const { code = '' } = error as Error & { readonly code?: string };
    if (!(error instanceof postgres.PostgresError)) {
      // Errors of sockets, and those that the client makes of a connection that is gone: CONNECT_TIMEOUT, ECONNREFUSED.
      if (/^(CONNECT|E[A-Z]+$)/.test(code)) fail('ARCHIVE_UNAVAILABLE', error);
      throw error;
    }
    if (damaged.test(code)) fail('ARCHIVE_DAMAGED', error);
    if (passing.test(code)) fail('ARCHIVE_UNAVAILABLE', error);
    throw error;
  }
}

function fail(code: FailureCode, error: Error): never {
  throw new FailureError({ code, message: `PostgreSQL: ${error.message}.` }, { cause: error });
}
