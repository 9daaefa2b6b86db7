import type { SqlSession, SqlValue } from '../../sql-database.ts';
import type { ArchiveBatch, ArchiveReport } from '../archive.ts';
import type { ArchiveItem } from '../item.ts';
import { forgottenId, sealText } from '../keyring.ts';
import type { Accounts, KnownAccount, Memory } from './accounts.ts';
import { forgottenDecision, forgottenWord } from './forgotten.ts';
import type { Eraser } from './erase.ts';
import { decisionRow, wordRow } from './rows.ts';
import { changeColumns, decisionColumns, wordColumns } from './schema.ts';
import type { TraitBook } from './traits.ts';

type ItemOf<Kind extends ArchiveItem['kind']> = Extract<ArchiveItem, { kind: Kind }>;

/** How records become rows. All of it happens within one transaction, which is the caller's. */
export class Writer {
  readonly #accounts: Accounts;
  readonly #eraser: Eraser;
  readonly #traits: TraitBook;

  constructor(accounts: Accounts, eraser: Eraser, traits: TraitBook) {
    this.#accounts = accounts;
    this.#eraser = eraser;
    this.#traits = traits;
  }

  async write(session: SqlSession, { items, positions, nowMs }: ArchiveBatch): Promise<ArchiveReport> {
    const kept = await progressOf(session);
    const fresh = items.filter(
      ({ origin }) => origin === null || origin.offset >= (kept.get(`${origin.topic} ${origin.partition}`) ?? 0),
    );
    const added = { decisions: 0, words: 0, changes: 0, erased: 0 };
    // What bears upon erasure takes its turn between the rest: what it does depends on what came before.
    let plain: ArchiveItem[] = [];
    for (const item of fresh) {
      if (!takesTurn(item)) {
        plain.push(item);
        continue;
      }
      await this.#addAll(session, plain, added);
      plain = [];
      await this.#takeTurn(session, item, nowMs, added);
    }
    await this.#addAll(session, plain, added);
    for (const { topic, partition, next } of positions)
      if (next > (kept.get(`${topic} ${partition}`) ?? -1)) await keepProgress(session, topic, partition, next);
    const { decisions, words, changes } = added;
    return { ...added, repeated: items.length - decisions - words - changes, expired: 0 };
  }

  async #addAll(session: SqlSession, items: readonly ArchiveItem[], added: Added): Promise<void> {
    const people = items.filter((item) => item.kind !== 'change');
    const ids = people.map(({ accountId }) => accountId);
    const memories = await this.#accounts.memories(session, ids);
    const isForgotten = ({ accountId, facts }: ItemOf<'decision' | 'word'>): boolean =>
      facts.timeMs <= (memories.get(accountId)?.coversMs ?? -Infinity);
    const living = people.filter((item) => !isForgotten(item)).map(({ accountId }) => accountId);
    const known = await this.#accounts.known(session, living);
    const unknown = [...new Set(living)].filter((id) => !known.has(id));
    for (const [id, account] of await this.#accounts.create(session, unknown)) known.set(id, account);

    const memoryOf = (item: ItemOf<'decision' | 'word'>): Memory | undefined =>
      isForgotten(item) ? memories.get(item.accountId) : undefined;
    const decided = people.filter((item) => item.kind === 'decision');
    const traits = await this.#traits.write(
      session,
      decided.map(({ facts }) => facts),
    );
    const decisions = decided.map((item, index) =>
      rowOfDecision(item, traits[index]!, known.get(item.accountId), memoryOf(item)),
    );
    const said = people.filter((item) => item.kind === 'word');
    const words = said.map((item) => rowOfWord(item, known.get(item.accountId), memoryOf(item)));
    added.decisions += await session.insert('decision', decisionColumns, decisions);
    added.words += await session.insert('word', wordColumns, words);
    const changes = await this.#eraser.withoutForgotten(
      session,
      items.filter((item) => item.kind === 'change'),
    );
    const rows = changes.map(({ id, facts: { log, key, value, timeMs } }) => [id, log, key, value, timeMs]);
    added.changes += await session.insert('change', changeColumns, rows);
  }

  async #takeTurn(session: SqlSession, item: ItemOf<'word'>, nowMs: number, added: Added): Promise<void> {
    const { accountId, facts, takenMs } = item;
    const memory = (await this.#accounts.memories(session, [accountId])).get(accountId);
    if (memory !== undefined) {
      const gone = await session.rows('SELECT 1 AS there FROM word WHERE id = $1', [
        forgottenId(memory.salt, facts.id),
      ]);
      if (gone.length > 0) return;
    }
    // Only what was due when the word came: another hold may have been placed since, in a record that comes next.
    const asOfMs = Math.min(takenMs, nowMs);
    added.erased += await this.#eraser.eraseIfDue(session, accountId, asOfMs, nowMs);
    let known = (await this.#accounts.known(session, [accountId])).get(accountId);
    known ??= (await this.#accounts.create(session, [accountId])).get(accountId);
    const untilMs = facts.type === 'account.erasure_requested' ? asOfMs : item.untilMs;
    added.words += await session.insert('word', wordColumns, [rowOfWord({ ...item, untilMs }, known, undefined)]);
    added.erased += await this.#eraser.eraseIfDue(session, accountId, asOfMs, nowMs);
  }
}

interface Added {
  decisions: number;
  words: number;
  changes: number;
  erased: number;
}

function takesTurn(item: ArchiveItem): item is ItemOf<'word'> {
  return item.kind === 'word' && item.facts.type !== 'account.labelled';
}

function rowOfDecision(
  { facts, body }: ItemOf<'decision'>,
  trait: number,
  known: KnownAccount | undefined,
  memory: Memory | undefined,
): SqlValue[] {
  if (memory !== undefined) return decisionRow(forgottenDecision(facts, memory.salt), trait, null, null);
  return decisionRow(facts, trait, known!.account, sealText(known!.key, facts.id, body));
}

function rowOfWord(item: ItemOf<'word'>, known: KnownAccount | undefined, memory: Memory | undefined): SqlValue[] {
  const { facts, body } = item;
  if (memory !== undefined)
    return wordRow({ facts: forgottenWord(facts, memory.salt), hold: null, untilMs: null }, null, null);
  return wordRow(item, known!.account, sealText(known!.key, facts.id, body));
}

export async function progressOf(session: Pick<SqlSession, 'rows'>): Promise<Map<string, number>> {
  const rows = await session.rows('SELECT topic, part, next FROM progress');
  return new Map(rows.map((row) => [`${row['topic'] as string} ${row['part'] as number}`, row['next'] as number]));
}

async function keepProgress(session: SqlSession, topic: string, partition: number, next: number): Promise<void> {
  await session.run(
    'INSERT INTO progress (topic, part, next) VALUES ($1, $2, $3) ON CONFLICT (topic, part) DO UPDATE SET next = excluded.next',
    [topic, partition, next],
  );
}
