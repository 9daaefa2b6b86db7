import assert from 'node:assert/strict';
import { erasureDueMs, type HoldWord } from '../../domain/legal-hold.ts';
import type { SqlSession } from '../../sql-database.ts';
import type { ArchiveItem } from '../item.ts';
import { createSalt, openText, sealText, type Keyring } from '../keyring.ts';
import { rowsWhere, type Accounts, type KnownAccount } from './accounts.ts';
import { forgottenDecision, forgottenWord } from './forgotten.ts';
import { decisionRow, ownFactsOf, wordOf, wordRow } from './rows.ts';
import { decisionColumns, wordColumns } from './schema.ts';

export interface ErasureSettings {
  /**
   * What is dated up to this long after an erasure became due is forgotten with it: events come late, and decisions later. Milliseconds.
   */
  readonly graceMs: number;
  /** How long it is remembered that an account was forgotten: no shorter than topics keep their records. Milliseconds. */
  readonly rememberMs: number;
  /** What entries of lists about an account are kept under; absent where nobody knows the key. */
  readonly entryOf?: (accountId: string) => string;
}

type Change = Extract<ArchiveItem, { kind: 'change' }>;

/** Tables in which an erasure leaves something to be overwritten. */
export const scrubbedTables = ['account', 'decision', 'word', 'change', 'export'] as const;

/** Forgets accounts. All of it happens within one transaction, which is the caller's. */
export class Eraser {
  readonly #keyring: Keyring;
  readonly #accounts: Accounts;
  readonly #settings: ErasureSettings;

  constructor(keyring: Keyring, accounts: Accounts, settings: ErasureSettings) {
    this.#keyring = keyring;
    this.#accounts = accounts;
    this.#settings = settings;
  }

  /**
   * Forgets an account where that is due by a time. Returns how often: who asks again after the erasure was due asks for another one.
   * @param asOfMs by which it is due
   * @param nowMs by the clock
   */
  async eraseIfDue(session: SqlSession, accountId: string, asOfMs: number, nowMs: number): Promise<number> {
    for (let erased = 0; ; erased += 1) {
      const known = (await this.#accounts.known(session, [accountId])).get(accountId);
      const dueMs = known === undefined ? null : erasureDueMs(await holdWords(session, known.account));
      if (dueMs === null || dueMs > asOfMs) return erased;
      await this.#erase(session, accountId, known!, dueMs, nowMs);
    }
  }

  /** Those for whom somebody asked, and who are still there. */
  async waiting(session: SqlSession): Promise<readonly string[]> {
    const rows = await session.rows(
      `SELECT word.id, word.body, account.pseudonym, account.wrapped FROM word JOIN account ON account.account = word.account
       WHERE word.type = 'account.erasure_requested'`,
    );
    return [
      ...new Set(
        rows.map((row) => {
          const key = this.#keyring.unwrap(row['wrapped'] as Uint8Array, row['pseudonym'] as Uint8Array);
          return subjectOf(openText(key, row['id'] as string, row['body'] as Uint8Array));
        }),
      ),
    ];
  }

  /** Without entries of lists about those who were forgotten since. */
  async withoutForgotten(session: SqlSession, changes: readonly Change[]): Promise<readonly Change[]> {
    const named = changes.flatMap((change) => {
      const entry = accountEntry(change);
      return entry === undefined ? [] : [{ change, memory: this.#keyring.memoryOf(entry) }];
    });
    if (named.length === 0) return changes;
    const select = 'SELECT entry, covers_ms FROM memory';
    const rows = await rowsWhere(
      session,
      select,
      'entry',
      named.map(({ memory }) => memory),
    );
    const covers = new Map(
      rows.map((row) => [Buffer.from(row['entry'] as Uint8Array).toString('hex'), row['covers_ms'] as number]),
    );
    const gone = new Set(
      named
        .filter(
          ({ change, memory }) => change.facts.timeMs <= (covers.get(Buffer.from(memory).toString('hex')) ?? -Infinity),
        )
        .map(({ change }) => change),
    );
    return changes.filter((change) => !gone.has(change));
  }

  async #erase(
    session: SqlSession,
    accountId: string,
    known: KnownAccount,
    dueMs: number,
    nowMs: number,
  ): Promise<void> {
    const coversMs = dueMs + this.#settings.graceMs;
    const entry = this.#settings.entryOf?.(accountId);
    const salt = await this.#remember(session, accountId, entry, coversMs, nowMs);
    const requests = await session.rows(
      `SELECT id, time_ms FROM word WHERE account = $1 AND type = 'account.erasure_requested' AND time_ms < $2 ORDER BY time_ms, id`,
      [known.account, dueMs],
    );
    // One at least goes with each erasure, so that they come to an end: one that stayed would be due again.
    assert(requests.length > 0, 'an erasure is due after what asked for it');
    const decisions = await this.#forgetDecisions(session, known.account, coversMs, salt);
    const words = await this.#forgetWords(session, known.account, dueMs, coversMs, salt);
    const exports = await session.run('UPDATE export SET account = NULL WHERE account = $1 AND time_ms <= $2', [
      known.account,
      Math.max(nowMs, coversMs),
    ]);
    const entries =
      entry === undefined
        ? 0
        : await session.run(`DELETE FROM change WHERE log = 'lists' AND name LIKE $1 AND time_ms <= $2`, [
            `%|account|${entry}`,
            coversMs,
          ]);
    await session.run('DELETE FROM account WHERE account = $1', [known.account]);
    await this.#beginAnew(session, accountId, known);
    const rows = requests.map((request, index) => {
      const counts = index === 0 ? [decisions, words, exports, entries] : [0, 0, 0, 0];
      return [`erased_${request['id'] as string}`, request['time_ms']!, dueMs, nowMs, ...counts, 0];
    });
    await session.insert('erasure', erasureColumns, rows);
  }

  /** Returns the salt of what the account's records are called from now on. */
  async #remember(
    session: SqlSession,
    accountId: string,
    entry: string | undefined,
    coversMs: number,
    nowMs: number,
  ): Promise<Uint8Array> {
    const former = (await this.#accounts.memories(session, [accountId])).get(accountId);
    const salt = former?.salt ?? createSalt();
    await session.run(
      `INSERT INTO memory (memory, salt, entry, covers_ms, ends_ms) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (memory) DO UPDATE SET covers_ms = excluded.covers_ms, ends_ms = excluded.ends_ms`,
      [
        this.#keyring.memoryOf(accountId),
        salt,
        entry === undefined ? null : this.#keyring.memoryOf(entry),
        Math.max(coversMs, former?.coversMs ?? -Infinity),
        Math.max(nowMs, coversMs) + this.#settings.rememberMs,
      ],
    );
    return salt;
  }

  async #forgetDecisions(session: SqlSession, account: number, coversMs: number, salt: Uint8Array): Promise<number> {
    const rows = await session.rows('SELECT * FROM decision WHERE account = $1 AND time_ms <= $2', [account, coversMs]);
    await session.run('DELETE FROM decision WHERE account = $1 AND time_ms <= $2', [account, coversMs]);
    const left = rows.map((row) =>
      decisionRow(forgottenDecision(ownFactsOf(row), salt), row['trait'] as number, null, null),
    );
    await session.insert('decision', decisionColumns, left);
    return rows.length;
  }

  /** Judgements as decisions are; what is about the erasure itself before it became due. */
  async #forgetWords(
    session: SqlSession,
    account: number,
    dueMs: number,
    coversMs: number,
    salt: Uint8Array,
  ): Promise<number> {
    const which = `account = $1 AND time_ms <= CASE WHEN type = 'account.labelled' THEN CAST($2 AS BIGINT) ELSE CAST($3 AS BIGINT) END`;
    const values = [account, coversMs, dueMs - 1];
    const rows = await session.rows(`SELECT * FROM word WHERE ${which}`, values);
    await session.run(`DELETE FROM word WHERE ${which}`, values);
    const left = rows.map((row) =>
      wordRow({ facts: forgottenWord(wordOf(row), salt), hold: null, untilMs: null }, null, null),
    );
    await session.insert('word', wordColumns, left);
    return rows.length;
  }

  /** What came of the account after all that was forgotten gets a number and a key that nothing before had. */
  async #beginAnew(session: SqlSession, accountId: string, { account, key }: KnownAccount): Promise<void> {
    const tables = [
      ['decision', await session.rows('SELECT id, body FROM decision WHERE account = $1', [account])],
      ['word', await session.rows('SELECT id, body FROM word WHERE account = $1', [account])],
    ] as const;
    if (tables.every(([, rows]) => rows.length === 0)) return;
    const anew = (await this.#accounts.create(session, [accountId])).get(accountId)!;
    for (const [table, rows] of tables)
      for (const row of rows) {
        const id = row['id'] as string;
        const body = sealText(anew.key, id, openText(key, id, row['body'] as Uint8Array));
        await session.run(`UPDATE ${table} SET account = $1, body = $2 WHERE id = $3`, [anew.account, body, id]);
      }
  }
}

const erasureColumns = [
  'id',
  'requested_ms',
  'due_ms',
  'erased_ms',
  'decisions',
  'words',
  'exports',
  'entries',
  'confirmed',
] as const;

export async function holdWords(session: Pick<SqlSession, 'rows'>, account: number): Promise<readonly HoldWord[]> {
  const rows = await session.rows(
    `SELECT type, time_ms, hold, until_ms FROM word WHERE account = $1 AND type <> 'account.labelled'`,
    [account],
  );
  return rows.map((row) => {
    const { type, time_ms: timeMs, hold, until_ms: untilMs } = row;
    const isRequest = type === 'account.erasure_requested';
    const knownMs = isRequest ? (untilMs ?? timeMs) : timeMs;
    return { type, timeMs, knownMs, hold, untilMs: isRequest ? null : untilMs } as HoldWord;
  });
}

function subjectOf(body: string): string {
  return (JSON.parse(body) as { readonly subject: string }).subject;
}

/** The keyed hash of the account that an entry of a list is about; undefined where it is about something else. */
function accountEntry({ facts: { log, key } }: Change): string | undefined {
  if (log !== 'lists') return undefined;
  const [, type, hash] = key.split('|');
  return type === 'account' ? hash : undefined;
}
