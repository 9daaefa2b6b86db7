import { hash } from 'node:crypto';
import type { SqlDatabase, SqlSession } from '../../sql-database.ts';
import type { DecisionFacts } from '../item.ts';
import { rowsWhere } from './accounts.ts';

/** What is a decision's own. The rest of what reports count it has in common with many others. */
export type OwnFacts = Pick<DecisionFacts, 'id' | 'timeMs' | 'createdMs' | 'score' | 'supersedes' | 'cohort'>;
export type Traits = Omit<DecisionFacts, 'account' | keyof OwnFacts>;

/** Digits of a number that JavaScript and both databases have exactly: 52 bits. With ten thousand texts two meet once in 90 million archives. */
const hexDigits = 13;
/** Texts whose numbers are kept in mind, and numbers whose meanings are: a platform has some thousand. */
const knownMax = 20_000;

/** Numbers what decisions have in common, and tells what a number means. A number follows from its text: it is the same in each archive. */
export class TraitBook {
  readonly #numbers = new Map<string, number>();
  readonly #traits = new Map<number, Traits>();

  /** Puts down what is not there, and returns the number of each. */
  async write(session: SqlSession, traits: readonly Traits[]): Promise<readonly number[]> {
    const rows = new Map<number, string>();
    const numbers = traits.map((one) => {
      const text = textOf(one);
      const number = this.#numberOf(text);
      rows.set(number, text);
      return number;
    });
    await session.insert('trait', ['trait', 'text'], [...rows]);
    return numbers;
  }

  /** Reads what is meant by numbers, for `of`. */
  async learn(database: Pick<SqlDatabase, 'rows'>, numbers: Iterable<number>): Promise<void> {
    if (this.#traits.size > knownMax) this.#traits.clear();
    const unknown = new Set<number>();
    for (const number of numbers) if (!this.#traits.has(number)) unknown.add(number);
    for (const row of await rowsWhere(database, 'SELECT trait, text FROM trait', 'trait', [...unknown]))
      this.#traits.set(row['trait'] as number, JSON.parse(row['text'] as string) as Traits);
  }

  /** What a number means that was learned; undefined where nothing was put down under it. */
  of(number: number): Traits | undefined {
    return this.#traits.get(number);
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size > knownMax) this.#numbers.clear();
    const number = Number.parseInt(hash('sha256', text, 'hex').slice(0, hexDigits), 16);
    this.#numbers.set(text, number);
    return number;
  }
}

/** JSON with its members in one order; of a sample too. */
const members = [
  'mode',
  'action',
  'due',
  'cause',
  'saidBy',
  'eventType',
  'exists',
  'reported',
  'role',
  'model',
  'policy',
  'norms',
  'rules',
  'matched',
  'restrainedBy',
  'degraded',
  'sample',
] as const satisfies readonly (keyof Traits)[];
const written = [...members, 'kind', 'probability', 'ofAny'];

function textOf(traits: Traits): string {
  return JSON.stringify(traits, written);
}
