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
const defaultKnownMax = 20_000;

/** Numbers what decisions have in common, and tells what a number means. A number follows from its text: it is the same in each archive. */
export class TraitBook {
  readonly #knownMax: number;
  /** Both with what was asked for last at the end. */
  readonly #numbers = new Map<string, number>();
  readonly #traits = new Map<number, Traits>();

  /** @param knownMax how many of each are kept in mind. */
  constructor(knownMax = defaultKnownMax) {
    this.#knownMax = knownMax;
  }

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

  /** What numbers mean; without those under which nothing was put down. Belongs to who asked, however many others ask meanwhile. */
  async read(database: Pick<SqlDatabase, 'rows'>, numbers: Iterable<number>): Promise<ReadonlyMap<number, Traits>> {
    const found = new Map<number, Traits>();
    const unknown = new Set<number>();
    for (const number of numbers) {
      const known = this.#traits.get(number);
      if (known === undefined) unknown.add(number);
      else found.set(number, known);
    }
    for (const row of await rowsWhere(database, 'SELECT trait, text FROM trait', 'trait', [...unknown]))
      found.set(row['trait'] as number, JSON.parse(row['text'] as string) as Traits);
    for (const [number, traits] of found) this.#keep(this.#traits, number, traits);
    return found;
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text);
    const number = known ?? Number.parseInt(hash('sha256', text, 'hex').slice(0, hexDigits), 16);
    this.#keep(this.#numbers, text, number);
    return number;
  }

  /** In the place of the one that was asked for longest ago, where there is no other. */
  #keep<Key, Value>(kept: Map<Key, Value>, key: Key, value: Value): void {
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > this.#knownMax) kept.delete(kept.keys().next().value!);
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
