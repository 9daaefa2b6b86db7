import { describe, expect, it } from 'vitest';
import { readFacts } from '../../../src/features/facts.ts';
import { listsMax, networkWidthsMax } from '../../../src/lists/list-book.ts';
import { encodeListEntry } from '../../../src/wire/list-schema.ts';
import { signupOf, startMs } from '../steps/events.ts';
import { entryOf, openBook, type Draft } from './lists.ts';

const facts = readFacts(signupOf('acc_1', { context: { ip: '95.56.234.10', device_id: 'd_91af' } }));
const deny: Draft = { kind: 'deny', type: 'account', value: 'acc_1' };

describe('the book of lists', () => {
  it('leases nothing where there is no entry, also when the last has gone', () => {
    const { book, add, remove } = openBook();
    expect(book.lease()).toBeNull();
    add(deny);
    expect(book.lease()).not.toBeNull();
    remove(deny);
    expect(book.lease()).toBeNull();
  });

  it('changes nothing that was leased', () => {
    const { book, add, remove } = openBook();
    add(deny);
    const leased = book.lease()!;
    remove(deny);
    add({ ...deny, kind: 'allow', list: 'friends' }, { kind: 'watch', type: 'device', value: 'd_91af' });
    expect(leased.match(facts, startMs)?.entries.map(({ kind }) => kind)).toEqual(['deny']);
    expect(
      book
        .lease()!
        .match(facts, startMs)
        ?.entries.map(({ kind }) => kind),
    ).toEqual(['allow', 'watch']);
    expect(book.lease()).toBe(book.lease());
  });

  it('lets a later record of a key replace the former, and keeps the other lists of a value', () => {
    const { book, add, remove } = openBook();
    add(deny, { ...deny, list: 'friends', kind: 'watch' }, { ...deny, kind: 'allow' });
    expect(
      book
        .lease()!
        .match(facts, startMs)
        ?.entries.map(({ list, kind }) => [list, kind]),
    ).toEqual([
      ['friends', 'watch'],
      ['own', 'allow'],
    ]);
    remove(deny);
    expect(
      book
        .lease()!
        .match(facts, startMs)
        ?.entries.map(({ list }) => list),
    ).toEqual(['friends']);
  });

  it.each<[string, string, object | string]>([
    ['no key', 'own|account', {}],
    ['an unknown type', 'own|passport|0123456789abcdef', {}],
    [
      'a kind that only a later version knows',
      'own|account|0123456789abcdef',
      { kind: 'challenge', reason: 'r', author: 'a', created: '2026-11-24T00:00:00Z' },
    ],
    ['a value in the clear', 'own|account|acc_1', {}],
    ['a name of a list with blanks', 'my list|account|0123456789abcdef', {}],
    ['no JSON', 'own|account|0123456789abcdef', '{'],
    ['no reason', 'own|account|0123456789abcdef', { kind: 'deny', author: 'a', created: '2026-11-24T00:00:00Z' }],
    ['no author', 'own|account|0123456789abcdef', { kind: 'deny', reason: 'r', created: '2026-11-24T00:00:00Z' }],
    [
      'a denied address without end',
      'own|ip|0123456789abcdef',
      { kind: 'deny', reason: 'r', author: 'a', created: '2026-11-24T00:00:00Z' },
    ],
    [
      'a network of no width',
      'own|cidr|0123456789abcdef',
      { kind: 'watch', reason: 'r', author: 'a', created: '2026-11-24T00:00:00Z' },
    ],
    [
      'a network that is too narrow',
      'own|cidr|0123456789abcdef',
      { kind: 'watch', reason: 'r', author: 'a', created: '2026-11-24T00:00:00Z', network: { version: 6, length: 80 } },
    ],
  ])('refuses a record with %s, and what held still holds', (_, key, value) => {
    const { book, refusals, add } = openBook();
    add(deny);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    book.take({ key, value: Buffer.from(text), offset: 17 });
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ code: 'LIST_ENTRY_INVALID' });
    expect(refusals[0]!.message).toContain('(offset 17)');
    expect(book.lease()!.match(facts, startMs)?.entries).toHaveLength(1);
  });

  it('refuses a wrong record of a key that it has, and keeps what held under it', () => {
    const { book, refusals, add } = openBook();
    add(deny);
    book.take({ key: encodeListEntry(entryOf(deny)).key, value: Buffer.from('{}'), offset: 3 });
    expect(refusals).toHaveLength(1);
    expect(book.lease()!.match(facts, startMs)?.account?.kind).toBe('deny');
  });

  it('takes what there was no room for as soon as there is, as one that begins anew would', () => {
    const { book, add, remove, refusals } = openBook();
    for (let index = 0; index <= listsMax; index++) add({ ...deny, list: `list-${index}` });
    expect(refusals).toHaveLength(1);
    expect(book.names().has(`list-${listsMax}`)).toBe(false);
    remove({ ...deny, list: 'list-3' });
    expect(book.names().has(`list-${listsMax}`)).toBe(true);
    expect(book.names().has('list-3')).toBe(false);
  });

  it('does not take later what was removed while it waited', () => {
    const { book, add, remove } = openBook();
    for (let index = 0; index <= listsMax; index++) add({ ...deny, list: `list-${index}` });
    remove({ ...deny, list: `list-${listsMax}` });
    remove({ ...deny, list: 'list-3' });
    expect(book.names().size).toBe(listsMax - 1);
  });

  it('keeps to its bounds: lists, and widths of networks', () => {
    const { book, refusals, add } = openBook();
    for (let index = 0; index <= listsMax; index++) add({ ...deny, list: `list-${index}` });
    expect(refusals).toHaveLength(1);
    const wide = openBook();
    for (let length = 8; length <= 8 + networkWidthsMax; length++)
      wide.add({ kind: 'watch', type: 'cidr', value: `96.0.0.0/${length}` });
    expect(wide.refusals).toHaveLength(1);
    expect(book.lease()!.match(facts, startMs)?.entries).toHaveLength(listsMax);
    // One that has gone makes room, and the one that waits takes it.
    wide.remove({ kind: 'watch', type: 'cidr', value: '96.0.0.0/8' });
    wide.add({ kind: 'watch', type: 'cidr', value: '96.0.0.0/30' });
    expect(wide.refusals).toHaveLength(2);
  });
});
