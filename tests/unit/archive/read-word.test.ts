import { describe, expect, it } from 'vitest';
import { readSealedWord, readWord } from '../../../src/archive/read-word.ts';
import { hourMs, startMs, wordRecord } from '../../contract/archive-records.ts';

function appeal(askedMs: number): unknown {
  const asked_at = new Date(askedMs).toISOString();
  return JSON.parse(
    wordRecord('account.labelled', 'acc_1', startMs, { label: 'genuine', by: 'appeal', asked_at }).value!,
  );
}

describe('readSealedWord', () => {
  it.each([
    ['an hour before its answer', startMs - hourMs],
    ['five hours after it', startMs + 5 * hourMs],
    ['in the year 1', Date.parse('0001-01-01T00:00:00Z')],
  ])('comes to what was sealed and to its columns, of an appeal that was sent %s', (_, askedMs) => {
    const sealed = appeal(askedMs);
    expect(readSealedWord(sealed)).toMatchObject({
      ok: true,
      value: { facts: { askedMs }, body: JSON.stringify(sealed) },
    });
  });

  it('is what is taken of a new word, once that is sealed', () => {
    for (const askedMs of [startMs - hourMs, startMs + 5 * hourMs]) {
      const taken = readWord(appeal(askedMs));
      if (!taken.ok) throw new Error(taken.failure.message);
      const { facts, body } = taken.value;
      expect(readSealedWord(JSON.parse(body))).toMatchObject({ value: { facts, body } });
    }
  });
});
