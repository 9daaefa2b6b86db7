import { describe, expect, it } from 'vitest';
import { EmbeddedLegalHolds } from '../../../src/adapters/embedded/legal-holds.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import type { IncomingRecord, LegalHolds } from '../../../src/ports.ts';
import { AccountTurns } from '../../../src/steps/account-turns.ts';
import { decodeBatch } from '../../../src/steps/decode-batch.ts';
import { ErasuresAfterHolds } from '../../../src/steps/erasures-after-holds.ts';
import { enrichBatch } from '../../../src/steps/enrich-batch.ts';
import { erasuresOfBatch, speaksOfErasure } from '../../../src/steps/erasures-of-batch.ts';
import { UnsettledOutcomes } from '../../../src/unsettled-outcomes.ts';
import { noReference } from '../../../src/features/reference.ts';
import { dayMs, hold, hourMs, label, lift, request, startMs, type Written } from '../../contract/archive-records.ts';

const at = (hour: number): number => startMs + hour * hourMs;
const nowMs = at(1_000);
const { signal } = new AbortController();
const hasher = new EntityKeyHasher(new Uint8Array(16));

function batchOf(...written: readonly Written[]) {
  const records = written.map(({ key, value, timestampMs }, index): IncomingRecord => ({
    offset: 10 + index,
    key: Buffer.from(key),
    value: Buffer.from(value!),
    headers: [],
    timestampMs,
  }));
  const batch = { topic: 'account-labels', partition: 3, records };
  return { batch, enriched: enrichBatch(decodeBatch(batch, nowMs), noReference) };
}

/** Rows at which an account goes. */
async function erasedBy(holds: LegalHolds, ...written: readonly Written[]): Promise<number[]> {
  const { batch, enriched } = batchOf(...written);
  const erasing = await erasuresOfBatch(holds, hasher, enriched, batch, nowMs, 'clock');
  await erasing.done();
  return [...erasing.rows];
}

describe('a request to be forgotten', () => {
  it('is done at its row where nothing holds, and leaves nothing behind', async () => {
    const holds = new EmbeddedLegalHolds();
    expect(await erasedBy(holds, label('a', at(1)), request('a', at(2)), request('b', at(3)))).toEqual([1, 2]);
    expect(await holds.accounts()).toEqual([]);
  });

  it('waits for the last of several holds, which each end by their own name', async () => {
    const holds = new EmbeddedLegalHolds();
    const words = [
      hold('a', at(1), 'A'),
      hold('a', at(2), 'B'),
      request('a', at(3)),
      lift('a', at(4), 'A'),
      lift('a', at(5), 'A'),
    ];
    expect(await erasedBy(holds, ...words)).toEqual([]);
    expect(await erasedBy(holds, lift('b', at(6), 'B'), lift('a', at(6), 'B'))).toEqual([1]);
    expect(await holds.waiting()).toEqual([]);
    expect(await holds.of('a')).toEqual([]);
  });

  it('waits for a hold that was placed after it and before it was written down', async () => {
    const holds = new EmbeddedLegalHolds();
    const late = { ...request('a', at(1)), timestampMs: at(9) };
    expect(await erasedBy(holds, hold('a', at(5), 'A'), late)).toEqual([]);
    expect(await erasedBy(holds, lift('a', at(20), 'A'))).toEqual([0]);
  });

  it('is not held by what came once it was carried out, and what came is a hold upon a new beginning', async () => {
    const holds = new EmbeddedLegalHolds();
    expect(await erasedBy(holds, request('a', at(1)), hold('a', at(2), 'A'), request('a', at(3)))).toEqual([0]);
    expect(await holds.waiting()).toEqual([{ account: 'a', partition: 3 }]);
  });

  it('is not kept twice where it comes again while it waits', async () => {
    const holds = new EmbeddedLegalHolds();
    await erasedBy(
      holds,
      hold('a', at(1), 'A'),
      ...Array.from({ length: 40 }, (_, day) => request('a', at(2 + 24 * day))),
    );
    expect(await holds.of('a')).toHaveLength(2);
  });

  it('comes to the same in however many batches, and however often each comes', async () => {
    const words = [
      hold('a', at(1), 'A', at(4)),
      request('a', at(2)),
      hold('a', at(3), 'B'),
      label('a', at(5)),
      lift('a', at(6), 'B'),
    ];
    for (const size of [1, 2, 5]) {
      const holds = new EmbeddedLegalHolds();
      const erased: string[] = [];
      for (let from = 0; from < words.length; from += size)
        for (let time = 0; time < 2; time++)
          for (const row of await erasedBy(holds, ...words.slice(from, from + size)))
            erased.push(JSON.parse(words[from + row]!.value!).time as string);
      expect(new Set(erased)).toEqual(new Set([new Date(at(6)).toISOString()]));
      expect(await holds.waiting()).toEqual([]);
    }
  });

  it('is looked for only where a batch speaks of it', () => {
    expect(speaksOfErasure(batchOf(label('a', at(1))).enriched.facts)).toBe(false);
    expect(speaksOfErasure(batchOf(label('a', at(1)), lift('a', at(2), 'A')).enriched.facts)).toBe(true);
  });
});

it('a hold that there is no room for is a dead letter, among the others in their order', async () => {
  const holds = new EmbeddedLegalHolds({ accountsMax: 1, wordsMax: 2 });
  const broken = { ...label('a', at(1)), value: '{' };
  const words = [hold('a', at(1), 'A'), label('a', at(2)), hold('b', at(3), 'B'), broken, request('a', at(4))];
  const { batch, enriched } = batchOf(...words);
  const { enriched: left, rows } = await erasuresOfBatch(holds, hasher, enriched, batch, nowMs, 'clock');
  expect(left.offsets).toEqual([10, 11, 14]);
  expect(left.facts.map(({ event }) => event.subject)).toEqual(['a', 'a', 'a']);
  expect(left.deadLetterOffsets).toEqual([12, 13]);
  expect(left.deadLetterCodes).toEqual(['LEGAL_HOLDS_FULL', 'EVENT_NOT_JSON']);
  expect(String(left.deadLetters[0]!.value)).toBe(words[2]!.value);
  expect(rows.size).toBe(0);
});

it('an account with as many words as it may have is forgotten all the same, once its holds are lifted', async () => {
  const holds = new EmbeddedLegalHolds({ wordsMax: 3 });
  const placed = ['A', 'B', 'C'].map((reference, index) => hold('a', at(index), reference));
  const lifts = ['A', 'B', 'C'].map((reference, index) => lift('a', at(20 + index), reference));
  const { batch, enriched } = batchOf(...placed, hold('a', at(8), 'D'), request('a', at(9)), ...lifts);
  const erasing = await erasuresOfBatch(holds, hasher, enriched, batch, nowMs, 'clock');
  expect(erasing.enriched.deadLetterOffsets).toEqual([13]);
  expect([...erasing.rows]).toEqual([6]);
  await erasing.done();
  expect(await holds.accounts()).toEqual([]);
});

it('a hold is kept under a name that nobody can make who has not the key', async () => {
  const names = await Promise.all(
    [1, 2].map(async (key) => {
      const holds = new EmbeddedLegalHolds();
      const { batch, enriched } = batchOf(hold('a', at(1), 'A'), hold('b', at(1), 'A'));
      await erasuresOfBatch(holds, new EntityKeyHasher(new Uint8Array(16).fill(key)), enriched, batch, nowMs, 'clock');
      return (await Promise.all(['a', 'b'].map((account) => holds.of(account)))).flat().map((word) => word.hold);
    }),
  );
  expect(names.flat().every((name) => /^[0-9a-f]{16}$/.test(name!))).toBe(true);
  expect(new Set(names.flat()).size).toBe(2);
});

it('what is known of a hold is let go of a week after its end, and no sooner', async () => {
  const legalHolds = new EmbeddedLegalHolds();
  const store = { forget: () => Promise.reject(new Error('nobody asked')) };
  const due = new ErasuresAfterHolds({
    legalHolds,
    hasher,
    store,
    turns: new AccountTurns(),
    unsettled: new UnsettledOutcomes(),
  });
  await erasedBy(
    legalHolds,
    hold('a', at(0), 'A', at(10)),
    hold('b', at(0), 'B'),
    hold('c', at(0), 'C'),
    lift('c', at(10), 'C'),
  );
  await due.tidy(at(10) + 7 * dayMs, signal);
  expect(await legalHolds.accounts()).toEqual(['a', 'b', 'c']);
  await due.tidy(at(10) + 7 * dayMs + 1, signal);
  expect(await legalHolds.accounts()).toEqual(['b']);
});
