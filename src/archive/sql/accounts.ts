import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import type { SqlRow, SqlSession, SqlValue } from '../../sql-database.ts';
import type { Keyring } from '../keyring.ts';

/** An account that the archive knows: its number, and the key of what is about it. */
export interface KnownAccount {
  readonly account: number;
  readonly key: KeyObject;
}

/** What still comes of an account that was forgotten, up to a time, is forgotten too. */
export interface Memory {
  readonly salt: Uint8Array;
  readonly coversMs: number;
}

/** Values that one statement looks for. Its text says how many, so there are few texts: what is missing to the next is filled up. */
const askedCounts = [1, 16, 128, 1_024] as const;

/** Rows of a table by a column whose values are unique, as many as there are. */
export async function rowsWhere(
  session: Pick<SqlSession, 'rows'>,
  select: string,
  column: string,
  values: readonly SqlValue[],
): Promise<readonly SqlRow[]> {
  const most = askedCounts.at(-1)!;
  const found: SqlRow[] = [];
  for (let from = 0; from < values.length; from += most) {
    const asked = values.slice(from, from + most);
    const count = askedCounts.find((each) => each >= asked.length)!;
    const filled = asked.concat(new Array<SqlValue>(count - asked.length).fill(asked[0]!));
    const places = filled.map((_, index) => `$${index + 1}`).join(', ');
    found.push(...(await session.rows(`${select} WHERE ${column} IN (${places})`, filled)));
  }
  return found;
}

/** Looks accounts up, and gives a number and a key to those that have none. */
export class Accounts {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async known(session: Pick<SqlSession, 'rows'>, ids: Iterable<string>): Promise<Map<string, KnownAccount>> {
    const byPseudonym = this.#byHash(ids, (id) => this.#keyring.pseudonymOf(id));
    const select = 'SELECT account, pseudonym, wrapped FROM account';
    const rows = await rowsWhere(
      session,
      select,
      'pseudonym',
      [...byPseudonym.values()].map(({ hash }) => hash),
    );
    return new Map(
      rows.map((row) => {
        const pseudonym = row['pseudonym'] as Uint8Array;
        const { id } = byPseudonym.get(textOf(pseudonym))!;
        const key = this.#keyring.unwrap(row['wrapped'] as Uint8Array, pseudonym);
        return [id, { account: row['account'] as number, key }];
      }),
    );
  }

  async memories(session: Pick<SqlSession, 'rows'>, ids: Iterable<string>): Promise<Map<string, Memory>> {
    // Nearly always: nobody was forgotten of late.
    if ((await session.rows('SELECT 1 AS there FROM memory LIMIT 1')).length === 0) return new Map();
    const byMemory = this.#byHash(ids, (id) => this.#keyring.memoryOf(id));
    const select = 'SELECT memory, salt, covers_ms FROM memory';
    const rows = await rowsWhere(
      session,
      select,
      'memory',
      [...byMemory.values()].map(({ hash }) => hash),
    );
    return new Map(
      rows.map((row) => [
        byMemory.get(textOf(row['memory'] as Uint8Array))!.id,
        { salt: row['salt'] as Uint8Array, coversMs: row['covers_ms'] as number },
      ]),
    );
  }

  async create(session: SqlSession, ids: readonly string[]): Promise<Map<string, KnownAccount>> {
    if (ids.length === 0) return new Map();
    // A number is never given twice, not even one that nobody has any more.
    const [counted] = await session.rows('UPDATE layout SET accounts = accounts + $1 RETURNING accounts', [ids.length]);
    let account = (counted!['accounts'] as number) - ids.length;
    const created = new Map<string, KnownAccount>();
    const rows = ids.map((id) => {
      const pseudonym = this.#keyring.pseudonymOf(id);
      const { key, wrapped } = this.#keyring.createKey(pseudonym);
      account += 1;
      created.set(id, { account, key });
      return [account, pseudonym, wrapped];
    });
    const added = await session.insert('account', ['account', 'pseudonym', 'wrapped'], rows);
    assert.equal(added, ids.length, 'who is created was not there');
    return created;
  }

  #byHash(ids: Iterable<string>, hashOf: (id: string) => Uint8Array): Map<string, { id: string; hash: Uint8Array }> {
    return new Map(
      Array.from(new Set(ids), (id) => {
        const hash = hashOf(id);
        return [textOf(hash), { id, hash }];
      }),
    );
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
