import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError, type FailureCode } from '../../domain/failure.ts';
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from '../../sql-database.ts';

/** How long a statement waits for another process to end its transaction, milliseconds. The loop stands still meanwhile. */
const busyMsMax = 5_000;
/** Of pages, of each of the two connections: the upper parts of all indexes of ten million rows. SQLite's default is 2 MiB. */
const cacheKiB = 64 * 1_024;
/** Statements that are kept prepared: their texts are few. */
const statementsMax = 256;
const scrubTries = 50;
const scrubWaitMs = 100;

/** Of SQLite's result codes, in their lowest byte: those that another try, more space or another right may mend. */
const passing: ReadonlySet<number> = new Set([5, 6, 8, 10, 13, 14]); // busy, locked, read-only, I/O, full, cannot open
const damaged: ReadonlySet<number> = new Set([11]); // corrupt
const notOurs = 26; // not a database

/**
 * A database in one file, by the SQLite that Node.js brings: nothing else to run. One connection writes; another reads what is committed,
 * beside it (write-ahead log). What is deleted is overwritten with zeros.
 */
export class SqliteDatabase implements SqlDatabase {
  readonly bytesType = 'BLOB';
  readonly #path: string;
  readonly #writer: Connection;
  readonly #reader: Connection;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, writer: Connection, reader: Connection) {
    this.#path = path;
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Makes the file where there is none, for its owner alone. Throws `FailureError`. */
  static open(path: string): SqliteDatabase {
    return telling(path, () => {
      closeSync(openSync(path, 'a', 0o600));
      const writer = new Connection(path);
      writer.run('PRAGMA journal_mode = WAL', []);
      writer.run('PRAGMA synchronous = FULL', []);
      writer.run('PRAGMA secure_delete = ON', []);
      return new SqliteDatabase(path, writer, new Connection(path));
    });
  }

  async rows(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return telling(this.#path, () => this.#reader.rows(sql, values));
  }

  async valuesOf(sql: string, values: readonly SqlValue[] = []): Promise<readonly (readonly SqlValue[])[]> {
    return telling(this.#path, () => this.#reader.valuesOf(sql, values));
  }

  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#transact(work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** The log goes too: it holds pages as they were. Whoever reads a former state elsewhere is waited for. */
  async scrub(): Promise<void> {
    for (let tries = scrubTries; ; tries--) {
      const [answer] = telling(this.#path, () => this.#writer.rows('PRAGMA wal_checkpoint(TRUNCATE)', []));
      if (answer?.['busy'] === 0) return;
      if (tries === 0) fail(this.#path, 'ARCHIVE_UNAVAILABLE', 'Another process reads a former state of it.');
      await sleep(scrubWaitMs);
    }
  }

  async close(): Promise<void> {
    await this.#last;
    this.#reader.close();
    this.#writer.close();
  }

  async #transact<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const run = (sql: string): number => telling(this.#path, () => this.#writer.run(sql, []));
    run('BEGIN IMMEDIATE');
    try {
      const result = await work(new Session(this.#path, this.#writer));
      run('COMMIT');
      return result;
    } catch (error) {
      // SQLite has ended the transaction by itself after some failures.
      if (this.#writer.isInTransaction) run('ROLLBACK');
      throw error;
    }
  }
}

class Session implements SqlSession {
  readonly #path: string;
  readonly #connection: Connection;

  constructor(path: string, connection: Connection) {
    this.#path = path;
    this.#connection = connection;
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return telling(this.#path, () => this.#connection.run(sql, values));
  }

  async rows(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return telling(this.#path, () => this.#connection.rows(sql, values));
  }

  async insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<number> {
    const places = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT DO NOTHING`;
    return telling(this.#path, () => rows.reduce((added, row) => added + this.#connection.run(sql, row), 0));
  }
}

/** One connection, with the statements that it has prepared. */
class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: busyMsMax });
    this.#database.exec(`PRAGMA cache_size = -${cacheKiB}`);
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  run(sql: string, values: readonly SqlValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  rows(sql: string, values: readonly SqlValue[]): readonly SqlRow[] {
    const statement = this.#prepared(sql);
    statement.setReturnArrays(false);
    return statement.all(...values) as unknown as readonly SqlRow[];
  }

  valuesOf(sql: string, values: readonly SqlValue[]): readonly (readonly SqlValue[])[] {
    const statement = this.#prepared(sql);
    statement.setReturnArrays(true);
    return statement.all(...values) as unknown as readonly (readonly SqlValue[])[];
  }

  close(): void {
    this.#database.close();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= statementsMax) this.#statements.clear();
    const statement = this.#database.prepare(sql.replaceAll(/\$(\d+)/g, '?$1'));
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Calls, and tells what SQLite says as a failure. What is wrong with a statement is a bug of ours, and stays one. */
function telling<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { errcode, code, message } = error as NodeJS.ErrnoException & { readonly errcode?: number };
    const kind = errcode === undefined ? undefined : errcode & 0xff;
    if (kind === notOurs) fail(path, 'ARCHIVE_FOREIGN', 'It is no database', error);
    if (kind !== undefined && damaged.has(kind)) fail(path, 'ARCHIVE_DAMAGED', message, error);
    if (kind !== undefined && passing.has(kind)) fail(path, 'ARCHIVE_UNAVAILABLE', message, error);
    if (kind === undefined && code?.startsWith('E') === true && !code.startsWith('ERR_'))
      fail(path, 'ARCHIVE_UNAVAILABLE', message, error);
    throw error;
  }
}

function fail(path: string, code: FailureCode, message: string, cause?: unknown): never {
  throw new FailureError({ code, message: message.endsWith('.') ? message : `${message}.`, path }, { cause });
}
