/**
 * The tables. Where each word of them lies, and for how long, is in `src/archive/README.md`. A row about a person is `account`
 * (a number without meaning), what reports count, and a sealed `body`.
 */

/** Of the layout: raised with every change of it. What was made by another version is refused: it is made anew from the topics. */
export const schemaVersion = 2;

/** Which version made the tables, under which secret, and how many accounts it has numbered: there before all others. */
export function createLayout(bytes: string): string {
  return `CREATE TABLE IF NOT EXISTS layout (version BIGINT PRIMARY KEY, proof ${bytes} NOT NULL, accounts BIGINT NOT NULL)`;
}

/** Which topic of a name was read, by its id. An archive that was made before there was this table gets it, empty. */
export const createSources = 'CREATE TABLE IF NOT EXISTS source (topic TEXT PRIMARY KEY, id TEXT NOT NULL)';

/** A decision's columns, in the order in which rows are written. What it has in common with many others lies once, under `trait`. */
export const decisionColumns = [
  'id',
  'account',
  'time_ms',
  'trait',
  'created_ms',
  'score',
  'supersedes',
  'cohort',
  'body',
] as const;

export const wordColumns = [
  'id',
  'account',
  'time_ms',
  'type',
  'label',
  'said_by',
  'decision',
  'asked_ms',
  'hold',
  'until_ms',
  'body',
] as const;

export const changeColumns = ['id', 'log', 'name', 'value', 'time_ms'] as const;

/** All tables, each statement by itself. @param bytes what the database calls a column of bytes. */
export function createTables(bytes: string): readonly string[] {
  return [
    `CREATE TABLE progress (topic TEXT NOT NULL, part BIGINT NOT NULL, next BIGINT NOT NULL, PRIMARY KEY (topic, part))`,
    // The one place that knows an account, and the only one that holds its key.
    `CREATE TABLE account (account BIGINT PRIMARY KEY, pseudonym ${bytes} NOT NULL UNIQUE, wrapped ${bytes} NOT NULL)`,
    // Rows are never changed: a number belongs to one text. They name nobody.
    `CREATE TABLE trait (trait BIGINT PRIMARY KEY, text TEXT NOT NULL)`,
    `CREATE TABLE decision (
      id TEXT PRIMARY KEY, account BIGINT, time_ms BIGINT NOT NULL, trait BIGINT NOT NULL, created_ms BIGINT, score DOUBLE PRECISION,
      supersedes TEXT, cohort TEXT, body ${bytes})`,
    // Holds all that reports read: what is sealed is most of a row, and would be read past.
    `CREATE INDEX decision_time ON decision (time_ms, id, account, trait, created_ms, score, supersedes, cohort)`,
    `CREATE INDEX decision_account ON decision (account) WHERE account IS NOT NULL`,
    `CREATE TABLE word (
      id TEXT PRIMARY KEY, account BIGINT, time_ms BIGINT NOT NULL, type TEXT NOT NULL, label TEXT, said_by TEXT,
      decision TEXT, asked_ms BIGINT, hold TEXT, until_ms BIGINT, body ${bytes})`,
    `CREATE INDEX word_time ON word (time_ms, id)`,
    `CREATE INDEX word_account ON word (account) WHERE account IS NOT NULL`,
    `CREATE TABLE change (id TEXT PRIMARY KEY, log TEXT NOT NULL, name TEXT NOT NULL, value TEXT, time_ms BIGINT NOT NULL)`,
    `CREATE INDEX change_time ON change (time_ms, id)`,
    `CREATE TABLE document (kind TEXT NOT NULL, sha256 TEXT NOT NULL, bytes ${bytes} NOT NULL, PRIMARY KEY (kind, sha256))`,
    `CREATE TABLE statement (decision TEXT PRIMARY KEY, time_ms BIGINT NOT NULL, state TEXT NOT NULL, answer TEXT NOT NULL)`,
    `CREATE TABLE report (
      period TEXT NOT NULL, cut_off_ms BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (period, cut_off_ms))`,
    `CREATE TABLE export (
      id TEXT PRIMARY KEY, account BIGINT, time_ms BIGINT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
      from_ms BIGINT NOT NULL, until_ms BIGINT NOT NULL, lines BIGINT NOT NULL, sha256 TEXT NOT NULL)`,
    `CREATE INDEX export_account ON export (account) WHERE account IS NOT NULL`,
    `CREATE TABLE erasure (
      id TEXT PRIMARY KEY, requested_ms BIGINT NOT NULL, due_ms BIGINT NOT NULL, erased_ms BIGINT NOT NULL,
      decisions BIGINT NOT NULL, words BIGINT NOT NULL, exports BIGINT NOT NULL, entries BIGINT NOT NULL,
      confirmed BIGINT NOT NULL)`,
    // What still comes of somebody who was forgotten is known by this, until nothing can come any more.
    `CREATE TABLE memory (
      memory ${bytes} PRIMARY KEY, salt ${bytes} NOT NULL, entry ${bytes}, covers_ms BIGINT NOT NULL, ends_ms BIGINT NOT NULL)`,
    `CREATE INDEX memory_entry ON memory (entry) WHERE entry IS NOT NULL`,
  ];
}
