import { FailureError } from '../../domain/failure.ts';
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from '../../sql-database.ts';
import type {
  AccountRecord,
  Archive,
  ArchiveBatch,
  ArchiveContent,
  ArchivedDocument,
  ArchiveReport,
  DocumentKind,
  ErasureRecord,
  ExportRecord,
  StatementRecord,
  ToldReport,
  TimeRange,
} from '../archive.ts';
import type { ChangeFacts, DecisionFacts, WordFacts } from '../item.ts';
import { Keyring, openText } from '../keyring.ts';
import { Accounts, rowsWhere } from './accounts.ts';
import { contentOf } from './content.ts';
import { Eraser, scrubbedTables, type ErasureSettings } from './erase.ts';
import { expire } from './expire.ts';
import { pagesOf } from './pages.ts';
import { changeOf, decisionFactColumns, decisionOf, erasureOf, statementOf, wordOf } from './rows.ts';
import { createLayout, createSources, createTables, schemaVersion, wordColumns } from './schema.ts';
import { TraitBook } from './traits.ts';
import { progressOf, Writer } from './write.ts';

export interface ArchiveSettings extends ErasureSettings {
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** How long records are kept, by their time: milliseconds; Infinity for as long as nobody asks to be forgotten. */
  readonly retentionMs: number;
}

/** What lies open: most of a row is its sealed body, which no report reads. */
const openWord = wordColumns.filter((column) => column !== 'body').join(', ');

/** From one look at what is beyond its retention, which is counted in days, to the next: each has tables written anew. Milliseconds. */
const expiryEveryMs = 3_600_000;
const nothingDone: ArchiveReport = { decisions: 0, words: 0, changes: 0, repeated: 0, erased: 0, expired: 0 };

/** The archive over a database that speaks SQL. */
export class SqlArchive implements Archive {
  readonly #database: SqlDatabase;
  readonly #settings: ArchiveSettings;
  readonly #keyring: Keyring;
  readonly #accounts: Accounts;
  readonly #eraser: Eraser;
  readonly #writer: Writer;
  readonly #traits = new TraitBook();
  /** Until it is done, nobody is told of an erasure. */
  #owesScrub = true;
  /** When it last looked at what is beyond its retention, milliseconds since the epoch. */
  #expiredMs = -Infinity;

  private constructor(database: SqlDatabase, settings: ArchiveSettings) {
    this.#database = database;
    this.#settings = settings;
    this.#keyring = new Keyring(settings.secret);
    this.#accounts = new Accounts(this.#keyring);
    this.#eraser = new Eraser(this.#keyring, this.#accounts, settings);
    this.#writer = new Writer(this.#accounts, this.#eraser, this.#traits);
  }

  /**
   * Opens an archive, and makes its tables where there are none. Throws `FailureError` `ARCHIVE_FOREIGN` where they were made by another
   * version or under another secret.
   */
  static async open(database: SqlDatabase, settings: ArchiveSettings): Promise<SqlArchive> {
    const archive = new SqlArchive(database, settings);
    await archive.#prepare();
    return archive;
  }

  async offsets(): Promise<ReadonlyMap<string, number>> {
    return progressOf(this.#database);
  }

  nameSource(topic: string, id: string): Promise<boolean> {
    return this.#database.transaction(async (session) => {
      const [former] = await session.rows('SELECT id FROM source WHERE topic = $1', [topic]);
      if (former?.['id'] === id) return false;
      await session.run(
        'INSERT INTO source (topic, id) VALUES ($1, $2) ON CONFLICT (topic) DO UPDATE SET id = excluded.id',
        [topic, id],
      );
      if (former === undefined) return false;
      await session.run('DELETE FROM progress WHERE topic = $1', [topic]);
      return true;
    });
  }

  async restart(topic: string, partition: number): Promise<void> {
    await this.#database.transaction((session) =>
      session.run('DELETE FROM progress WHERE topic = $1 AND part = $2', [topic, partition]),
    );
  }

  async write(batch: ArchiveBatch): Promise<ArchiveReport> {
    const report = await this.#database.transaction((session) => this.#writer.write(session, batch));
    this.#owesScrub ||= report.erased > 0;
    return report;
  }

  async sweep(nowMs: number, isCaughtUp: boolean): Promise<ArchiveReport> {
    const report = isCaughtUp ? await this.#forget(nowMs) : nothingDone;
    this.#owesScrub ||= report.erased > 0 || report.expired > 0;
    await this.#scrub();
    return report;
  }

  async *decisions(range: TimeRange): AsyncGenerator<readonly DecisionFacts[]> {
    const order = { table: 'decision', columns: decisionFactColumns, time: 'time_ms', key: 'id' };
    const pages = pagesOf(
      order,
      range,
      (sql, values) => this.#database.valuesOf(sql, values),
      ([time, id]) => [time!, id!],
    );
    for await (const page of pages) {
      const traits = await this.#traits.read(
        this.#database,
        page.map((values) => values[3] as number),
      );
      yield page.map((values) =>
        decisionOf(values, traits.get(values[3] as number) ?? withoutTraits(values[1] as string)),
      );
    }
  }

  words(range: TimeRange): AsyncIterable<WordFacts> {
    return this.#pages('word', 'id', range, wordOf, { columns: openWord });
  }

  changes(range: TimeRange): AsyncIterable<ChangeFacts> {
    return this.#pages('change', 'id', range, changeOf);
  }

  statements(range: TimeRange): AsyncIterable<StatementRecord> {
    return this.#pages('statement', 'decision', range, statementOf);
  }

  exports(range: TimeRange): AsyncIterable<Omit<ExportRecord, 'accountId'>> {
    return this.#pages('export', 'id', range, exportOf);
  }

  erasures(range: TimeRange): AsyncIterable<ErasureRecord> {
    return this.#pages('erasure', 'id', range, erasureOf, { time: 'erased_ms' });
  }

  async bodies(decisionIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const select = `SELECT decision.id AS id, body, pseudonym, wrapped FROM decision JOIN account ON account.account = decision.account`;
    const rows = await rowsWhere(this.#database, select, 'decision.id', [...new Set(decisionIds)]);
    return new Map(rows.map((row) => [row['id'] as string, this.#open(row)]));
  }

  async accountNumbers(accountIds: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    const known = await this.#accounts.known(this.#database, accountIds);
    return new Map(Array.from(known, ([id, { account }]) => [id, account]));
  }

  async *accountRecords(accountId: string, { fromMs, untilMs }: TimeRange): AsyncGenerator<AccountRecord> {
    const account = (await this.accountNumbers([accountId])).get(accountId);
    if (account === undefined) return;
    const found: AccountRecord[] = [];
    const range = [account, Math.max(fromMs, Number.MIN_SAFE_INTEGER), Math.min(untilMs, Number.MAX_SAFE_INTEGER)];
    for (const kind of ['decision', 'word'] as const) {
      const rows = await this.#database.rows(
        `SELECT record.id AS id, time_ms, body, pseudonym, wrapped FROM ${kind} AS record JOIN account ON account.account = record.account
         WHERE record.account = $1 AND time_ms >= $2 AND time_ms < $3`,
        range,
      );
      for (const row of rows)
        found.push({ kind, id: row['id'] as string, timeMs: row['time_ms'] as number, body: this.#open(row) });
    }
    const statements = await this.#database.rows(
      `SELECT statement.* FROM statement JOIN decision ON decision.id = statement.decision
       WHERE account = $1 AND statement.time_ms >= $2 AND statement.time_ms < $3`,
      range,
    );
    for (const row of statements) {
      const { decision: id, timeMs, ...rest } = statementOf(row);
      found.push({ kind: 'statement', id, timeMs, body: JSON.stringify(rest) });
    }
    const exports = await this.#database.rows(
      'SELECT * FROM export WHERE account = $1 AND time_ms >= $2 AND time_ms < $3',
      range,
    );
    for (const row of exports) {
      const { id, timeMs, ...rest } = exportOf(row);
      found.push({ kind: 'export', id, timeMs, body: JSON.stringify(rest) });
    }
    for (const row of await this.#entries(accountId, fromMs, untilMs)) {
      const { key: id, timeMs, ...rest } = changeOf(row);
      found.push({ kind: 'entry', id, timeMs, body: JSON.stringify(rest) });
    }
    yield* found.toSorted((first, second) => first.timeMs - second.timeMs || compare(first.id, second.id));
  }

  async keepDocument({ kind, sha256, bytes }: ArchivedDocument): Promise<void> {
    await this.#insert('document', ['kind', 'sha256', 'bytes'], [[kind, sha256, bytes]]);
  }

  async document(kind: DocumentKind, sha256: string): Promise<ArchivedDocument | null> {
    const [row] = await this.#database.rows('SELECT bytes FROM document WHERE kind = $1 AND sha256 = $2', [
      kind,
      sha256,
    ]);
    return row === undefined ? null : { kind, sha256, bytes: row['bytes'] as Uint8Array };
  }

  async recordStatements(statements: readonly StatementRecord[]): Promise<void> {
    await this.#database.transaction(async (session) => {
      for (const { decision, timeMs, state, answer } of statements)
        await session.run(
          `INSERT INTO statement (decision, time_ms, state, answer) VALUES ($1, $2, $3, $4)
           ON CONFLICT (decision) DO UPDATE SET time_ms = excluded.time_ms, state = excluded.state, answer = excluded.answer`,
          [decision, timeMs, state, answer],
        );
    });
  }

  async recordReport({ period, cutOffMs, body }: ToldReport): Promise<void> {
    await this.#insert('report', ['period', 'cut_off_ms', 'body'], [[period, cutOffMs, body]]);
  }

  async reports(period: string): Promise<readonly ToldReport[]> {
    const rows = await this.#database.rows('SELECT * FROM report WHERE period = $1 ORDER BY cut_off_ms', [period]);
    return rows.map((row) => ({ period, cutOffMs: row['cut_off_ms'] as number, body: row['body'] as string }));
  }

  async recordExport(record: ExportRecord): Promise<void> {
    const { id, accountId, timeMs, author, reason, fromMs, untilMs, lines, sha256 } = record;
    const account = (await this.accountNumbers([accountId])).get(accountId) ?? null;
    await this.#insert('export', exportColumns, [
      [id, account, timeMs, author, reason, fromMs, untilMs, lines, sha256],
    ]);
  }

  async unconfirmed(): Promise<readonly ErasureRecord[]> {
    if (this.#owesScrub) return [];
    return (await this.#database.rows('SELECT * FROM erasure WHERE confirmed = 0 ORDER BY erased_ms, id')).map(
      erasureOf,
    );
  }

  async confirmed(ids: readonly string[]): Promise<void> {
    await this.#database.transaction(async (session) => {
      for (const id of ids) await session.run('UPDATE erasure SET confirmed = 1 WHERE id = $1', [id]);
    });
  }

  verify(): Promise<ArchiveContent> {
    return contentOf(this.#database, this.#traits, (row) => this.#open(row));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #prepare(): Promise<void> {
    await this.#database.transaction(async (session) => {
      await session.run(createLayout(this.#database.bytesType));
      await session.run(createSources);
      const version = await versionOf(session);
      if (version === null) {
        for (const statement of createTables(this.#database.bytesType)) await session.run(statement);
        await session.insert(
          'layout',
          ['version', 'proof', 'accounts'],
          [[schemaVersion, this.#keyring.pseudonymOf(''), 0]],
        );
        return;
      }
      if (version !== schemaVersion)
        foreign(
          `It was made by ${version > schemaVersion ? 'a later' : 'an earlier'} version (layout ${version}; this one reads ${schemaVersion}).`,
        );
      const [layout] = await session.rows('SELECT proof FROM layout');
      if (!Buffer.from(layout!['proof'] as Uint8Array).equals(this.#keyring.pseudonymOf('')))
        foreign('It was made under another archive.secret.');
    });
  }

  async #entries(accountId: string, fromMs: number, untilMs: number): Promise<readonly SqlRow[]> {
    const entry = this.#settings.entryOf?.(accountId);
    if (entry === undefined) return [];
    return this.#database.rows(
      `SELECT * FROM change WHERE log = 'lists' AND name LIKE $1 AND time_ms >= $2 AND time_ms < $3`,
      [`%|account|${entry}`, Math.max(fromMs, Number.MIN_SAFE_INTEGER), Math.min(untilMs, Number.MAX_SAFE_INTEGER)],
    );
  }

  async #forget(nowMs: number): Promise<ArchiveReport> {
    // A clock that was set back does not put it off.
    const isExpiryDue = Math.abs(nowMs - this.#expiredMs) >= expiryEveryMs;
    const report = await this.#database.transaction(async (session) => {
      let erased = 0;
      for (const id of await this.#eraser.waiting(session))
        erased += await this.#eraser.eraseIfDue(session, id, nowMs, nowMs);
      const expired = isExpiryDue ? await expire(session, nowMs - this.#settings.retentionMs, nowMs) : 0;
      await session.run('DELETE FROM memory WHERE ends_ms < $1', [nowMs]);
      return { ...nothingDone, erased, expired };
    });
    if (isExpiryDue) this.#expiredMs = nowMs;
    return report;
  }

  /** After a start too: who was here before may have died between an erasure and this. */
  async #scrub(): Promise<void> {
    if (!this.#owesScrub) return;
    await this.#database.scrub(scrubbedTables);
    this.#owesScrub = false;
  }

  async *#pages<T>(
    table: string,
    key: string,
    range: TimeRange,
    read: (row: SqlRow) => T,
    { columns = '*', time = 'time_ms' }: { readonly columns?: string; readonly time?: string } = {},
  ): AsyncGenerator<T> {
    const pages = pagesOf(
      { table, columns, time, key },
      range,
      (sql, values) => this.#database.rows(sql, values),
      (row) => [row[time]!, row[key]!],
    );
    for await (const page of pages) for (const row of page) yield read(row);
  }

  /** @param row with the id and the body of a record, and the key of its account */
  #open(row: SqlRow): string {
    const id = row['id'] as string;
    try {
      const key = this.#keyring.unwrap(row['wrapped'] as Uint8Array, row['pseudonym'] as Uint8Array);
      return openText(key, id, row['body'] as Uint8Array);
    } catch (error) {
      const message = `What is sealed of ${id} does not open: it was altered, or belongs to another record.`;
      throw new FailureError({ code: 'ARCHIVE_DAMAGED', message }, { cause: error });
    }
  }

  #insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<number> {
    return this.#database.transaction((session) => session.insert(table, columns, rows));
  }
}

const exportColumns = [
  'id',
  'account',
  'time_ms',
  'author',
  'reason',
  'from_ms',
  'until_ms',
  'lines',
  'sha256',
] as const;

function exportOf(row: SqlRow): Omit<ExportRecord, 'accountId'> {
  return {
    id: row['id'] as string,
    timeMs: row['time_ms'] as number,
    author: row['author'] as string,
    reason: row['reason'] as string,
    fromMs: row['from_ms'] as number,
    untilMs: row['until_ms'] as number,
    lines: row['lines'] as number,
    sha256: row['sha256'] as string,
  };
}

/** Of the tables that are there; null where there are none. */
async function versionOf(session: SqlSession): Promise<number | null> {
  const [row] = await session.rows('SELECT version FROM layout');
  return row === undefined ? null : (row['version'] as number);
}

function foreign(message: string): never {
  throw new FailureError({ code: 'ARCHIVE_FOREIGN', message });
}

function compare(first: string, second: string): number {
  return first < second ? -1 : Number(first > second);
}

function withoutTraits(id: string): never {
  throw new FailureError({ code: 'ARCHIVE_DAMAGED', message: `What ${id} has in common with others is not there.` });
}
