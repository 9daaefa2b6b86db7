import { createHash } from 'node:crypto';
import { FailureError } from '../../domain/failure.ts';
import type { SqlDatabase, SqlRow } from '../../sql-database.ts';
import type { ArchiveContent } from '../archive.ts';
import { readDecision } from '../../wire/decode-decision.ts';
import { keptOfDecision } from '../read-decision.ts';
import { readSealedWord } from '../read-word.ts';
import { decisionFactColumns, decisionOf, wordOf } from './rows.ts';
import type { TraitBook } from './traits.ts';

/** Rows that are read at a time. */
const pageRows = 2_000;
const factColumns = decisionFactColumns.split(', ');

/**
 * What an archive holds, as one hash: the sum of the hashes of its records, so that their order is no part of it. Of a forgotten record
 * its name is none either, since chance made it. Each record is opened and held against its columns. Throws `FailureError`
 * `ARCHIVE_DAMAGED`.
 */
export async function contentOf(
  database: SqlDatabase,
  traits: TraitBook,
  open: (row: SqlRow) => string,
): Promise<ArchiveContent> {
  const sum = new ContentSum();
  const decisions = await eachRow(database, 'decision', true, async (row) => {
    const number = row['trait'] as number;
    const shared = (await traits.read(database, [number])).get(number);
    if (shared === undefined) return differs(row['id'] as string);
    const facts = decisionOf(
      factColumns.map((column) => row[column]!),
      shared,
    );
    if (facts.account === null) return sum.add('decision', { ...facts, id: '' });
    const json: unknown = JSON.parse(open(row));
    const read = readDecision(json);
    if (!read.ok) return differs(facts.id);
    const kept = keptOfDecision(read.decision, JSON.stringify(json));
    const { account: _account, ...columns } = facts;
    if (!kept.ok || JSON.stringify(inOrder(kept.value.facts)) !== JSON.stringify(inOrder(columns))) differs(facts.id);
    sum.add('decision', kept.value.body);
  });
  const words = await eachRow(database, 'word', true, (row) => {
    const facts = wordOf(row);
    if (facts.account === null) return sum.add('word', { ...facts, id: '' });
    const read = readSealedWord(JSON.parse(open(row)));
    const { account: _account, ...columns } = facts;
    if (!read.ok || JSON.stringify(inOrder(read.value.facts)) !== JSON.stringify(inOrder(columns))) differs(facts.id);
    sum.add('word', read.value.body);
  });
  const changes = await eachRow(database, 'change', false, (row) => sum.add('change', row));
  const erasures = await eachRow(database, 'erasure', false, ({ id, requested_ms, due_ms }) =>
    sum.add('erasure', { id, requested_ms, due_ms }),
  );
  const count = async (table: string): Promise<number> =>
    (await database.rows(`SELECT COUNT(*) AS count FROM ${table}`))[0]!['count'] as number;
  return {
    decisions,
    words,
    changes,
    accounts: await count('account'),
    documents: await count('document'),
    erasures,
    sha256: sum.hex(),
  };
}

/** A sum modulo 2^256 of SHA-256: a multiset has one, whatever its order. */
class ContentSum {
  #sum = 0n;

  add(kind: string, content: object | string): void {
    const text = typeof content === 'string' ? content : JSON.stringify(inOrder(content));
    const digest = createHash('sha256').update(`${kind} ${text}`).digest('hex');
    this.#sum = BigInt.asUintN(256, this.#sum + BigInt(`0x${digest}`));
  }

  hex(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}

/** Returns how many there are. @param isSealed each has a body, under the key of an account */
async function eachRow(
  database: SqlDatabase,
  table: string,
  isSealed: boolean,
  take: (row: SqlRow) => void | Promise<void>,
): Promise<number> {
  const select = isSealed
    ? `SELECT record.*, pseudonym, wrapped FROM ${table} AS record LEFT JOIN account ON account.account = record.account`
    : `SELECT * FROM ${table} AS record`;
  let [count, after] = [0, ''];
  for (;;) {
    const rows = await database.rows(`${select} WHERE record.id > $1 ORDER BY record.id LIMIT ${pageRows}`, [after]);
    for (const row of rows) await take(row);
    count += rows.length;
    if (rows.length < pageRows) return count;
    after = rows.at(-1)!['id'] as string;
  }
}

/** Members by name, so that equal content has equal text. */
function inOrder(content: object): object {
  return Object.fromEntries(Object.entries(content).toSorted(([first], [second]) => (first < second ? -1 : 1)));
}

function differs(id: string): never {
  const message = `The columns of ${id} are not what is sealed of it.`;
  throw new FailureError({ code: 'ARCHIVE_DAMAGED', message });
}
