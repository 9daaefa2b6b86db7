import { expect, it } from 'vitest';
import { TraitBook, type Traits } from '../../../../src/archive/sql/traits.ts';
import type { SqlSession } from '../../../../src/sql-database.ts';

/** A table of texts by number, and how often each was asked for. */
class Table {
  readonly texts = new Map<number, string>();
  readonly asked: number[] = [];

  insert(_table: string, _columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void> {
    for (const [number, text] of rows) this.texts.set(number as number, text as string);
    return Promise.resolve();
  }

  rows(_sql: string, values: readonly unknown[] = []): Promise<{ trait: number; text: string }[]> {
    const numbers = [...new Set(values as number[])];
    this.asked.push(...numbers);
    return Promise.resolve(
      numbers.flatMap((trait) => (this.texts.has(trait) ? [{ trait, text: this.texts.get(trait)! }] : [])),
    );
  }
}

const traits = (action: string): Traits => ({ mode: 'enforce', action }) as unknown as Traits;

async function bookOf(knownMax: number, count: number) {
  const table = new Table();
  const session = table as unknown as SqlSession;
  const book = new TraitBook(knownMax);
  const numbers = await book.write(
    session,
    Array.from({ length: count }, (_, index) => traits(`action ${index}`)),
  );
  return { table, session, book, numbers };
}

it('what a reader was given stays, though others read more than is kept in mind', async () => {
  const { session, book, numbers } = await bookOf(2, 10);
  const first = await book.read(session, numbers.slice(0, 4));
  await book.read(session, numbers.slice(4));
  expect(numbers.slice(0, 4).map((number) => first.get(number)?.action)).toEqual(
    [0, 1, 2, 3].map((index) => `action ${index}`),
  );
});

it('what goes is what was asked for longest ago, one for one', async () => {
  const { table, session, book, numbers } = await bookOf(3, 4);
  const [a, b, c, d] = numbers as [number, number, number, number];
  await book.read(session, [a, b, c]);
  await book.read(session, [a]);
  await book.read(session, [d]);
  table.asked.length = 0;
  await book.read(session, [a, c, d]);
  expect(table.asked).toEqual([]);
  await book.read(session, [b]);
  expect(table.asked).toEqual([b]);
});

it('a text keeps its number, in mind or not', async () => {
  const { session, book, numbers } = await bookOf(1, 3);
  expect(await book.write(session, [traits('action 0'), traits('action 2')])).toEqual([numbers[0], numbers[2]]);
});
