import { expect, it } from 'vitest';
import { EmbeddedLegalHolds } from '../../../src/adapters/embedded/legal-holds.ts';
import { takePastHolds } from '../../../src/app/worker/past-holds.ts';
import { isHeld } from '../../../src/domain/legal-hold.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import type { RecordBatch } from '../../../src/ports.ts';
import { dayMs, hold, hourMs, label, lift, request, startMs, type Written } from '../../contract/archive-records.ts';

const at = (hour: number): number => startMs + hour * hourMs;
const nowMs = at(1_000);
const topic = 'account-labels';

/** What is known once a topic was read, in batches of two. */
async function known(
  written: readonly Written[],
  room = {},
  legalHolds = new EmbeddedLegalHolds(room),
  clockMs = nowMs,
): Promise<EmbeddedLegalHolds> {
  const batches = async function* (): AsyncGenerator<RecordBatch> {
    for (let from = 0; from < written.length; from += 2)
      yield {
        topic,
        partition: 3,
        records: written.slice(from, from + 2).map(({ key, value, timestampMs }, index) => ({
          offset: from + index,
          key: Buffer.from(key),
          value: Buffer.from(value!),
          headers: [],
          timestampMs,
        })),
      };
  };
  await takePastHolds(batches(), {
    kafka: { clock: { nowMs: () => clockMs, monotonicMs: () => 0 } },
    events: { behindMsMax: 7 * dayMs, decideFrom: undefined, pastMsMax: 0 },
    legalHolds,
    hasher: new EntityKeyHasher(new Uint8Array(16)),
    progress: () => undefined,
  });
  return legalHolds;
}

it('who is held, and who waits for that to end, is known of what the topic has kept', async () => {
  const holds = await known([
    label('acc_a', at(1)),
    hold('acc_a', at(2), 'A'),
    label('acc_b', at(3)),
    request('acc_a', at(4)),
    hold('acc_c', at(5), 'C'),
    lift('acc_c', at(6), 'C'),
    request('acc_c', at(7)),
    request('acc_d', at(8)),
  ]);
  expect(isHeld(await holds.of('acc_a'), nowMs)).toBe(true);
  expect(await holds.waiting()).toEqual([{ account: 'acc_a', partition: 3 }]);
  // Carried out long ago.
  expect(await holds.of('acc_d')).toEqual([]);
  expect(isHeld(await holds.of('acc_c'), nowMs)).toBe(false);
});

it('a hold is found however its letters are written, and in the headers', async () => {
  const { value, ...rest } = hold('acc_a', at(2), 'A');
  const holds = await known([{ ...rest, value: value!.replaceAll('_', String.raw`\u005f`) }]);
  expect(isHeld(await holds.of('acc_a'), nowMs)).toBe(true);
});

it('holds of years that are over take no room of one that stands', async () => {
  const over = Array.from({ length: 40 }, (_, index) => hold(`acc_${index}`, at(24 * index), 'A', at(24 * index + 1)));
  const holds = await known([...over, hold('acc_last', at(24 * 40), 'B')], { accountsMax: 12 });
  expect(isHeld(await holds.of('acc_last'), nowMs)).toBe(true);
});

/** As a producer writes it that takes microseconds for milliseconds. */
const inMicroseconds = (written: Written): Written => ({ ...written, timestampMs: written.timestampMs * 1_000 });
const strange = (atMs: number): Written => {
  const { value, ...rest } = inMicroseconds(label('acc_b', atMs));
  return { ...rest, value: value!.replace('spoke', String.raw`caf\u00e9`) };
};

it.each([
  ['is no event', { ...strange(at(999)), value: 'hold_' }],
  ['is far behind', strange(at(3))],
  ['is an event like any other', strange(at(999))],
])('a record that says it was written in the year 58000 ends no hold, where it %s', async (_, record) => {
  const holds = await known([hold('acc_a', at(2), 'A', at(2_000)), label('acc_b', at(2)), record]);
  expect(isHeld(await holds.of('acc_a'), nowMs)).toBe(true);
});

it('holds that are over take no room after a record that says it was written in the year 58000', async () => {
  const over = Array.from({ length: 40 }, (_, index) => hold(`acc_${index}`, at(24 * index), 'A', at(24 * index + 1)));
  const holds = await known([strange(at(998)), strange(at(999)), ...over, hold('acc_last', at(24 * 40), 'B')], {
    accountsMax: 12,
  });
  expect(isHeld(await holds.of('acc_last'), nowMs)).toBe(true);
});

it('a word that was refused because it was dated ahead is refused where its producer dated the record ahead too', async () => {
  const later = nowMs + 400 * dayMs;
  const holds = await known([
    hold('acc_a', at(999), 'A', nowMs + dayMs),
    request('acc_a', later),
    lift('acc_a', later, 'A'),
  ]);
  expect(isHeld(await holds.of('acc_a'), nowMs)).toBe(true);
  expect(await holds.waiting()).toEqual([]);
});

const minuteMs = 60_000;

/** A first start by a slow clock passed over what was said in those minutes, for good: a request that came next was carried out. */
it('a word that was written ahead of a clock that may be slow is waited for, and known once the clock is right', async () => {
  const written = [label('acc_b', at(2)), hold('acc_a', nowMs - minuteMs, 'A')];
  const legalHolds = new EmbeddedLegalHolds();
  const slow = known(written, {}, legalHolds, nowMs - 12 * minuteMs);
  await expect(slow).rejects.toMatchObject({ failure: { code: 'CLOCK_BEHIND' } });
  await known(written, {}, legalHolds);
  expect(isHeld(await legalHolds.of('acc_a'), nowMs)).toBe(true);
});

it.each([
  ['written further ahead than a clock is slow', hold('acc_a', nowMs + 16 * minuteMs, 'A')],
  ['dated ahead of its own record', { ...hold('acc_a', nowMs + 12 * minuteMs, 'A'), timestampMs: nowMs }],
])('a word that was %s is refused, and nobody waits for it', async (_, word) => {
  const holds = await known([word, hold('acc_b', at(2), 'B')]);
  expect(await holds.of('acc_a')).toEqual([]);
  expect(isHeld(await holds.of('acc_b'), nowMs)).toBe(true);
});

/** As those write who tell of the reasons of others. */
const told = (atMs: number): Written => {
  const { value, ...rest } = label('acc_b', atMs);
  return { ...rest, value: value!.replace('spoke', String.raw`caf\u00e9`) };
};

it('a label that was written ahead holds no start: it says nothing of who may be forgotten', async () => {
  const holds = await known([hold('acc_a', at(2), 'A'), told(nowMs + 12 * minuteMs)]);
  expect(isHeld(await holds.of('acc_a'), nowMs)).toBe(true);
});

const hourAhead = nowMs + hourMs;
const labels = (count: number, lastMs: number): Written[] =>
  Array.from({ length: count }, (_, index) => label('acc_b', lastMs - count + index));

it.each([
  ['before', [hold('acc_a', hourAhead, 'A'), ...labels(16, hourAhead + minuteMs)]],
  ['after', [...labels(16, hourAhead), hold('acc_a', hourAhead, 'A')]],
])('a clock that is an hour slow is found by most who wrote, where a word came %s them', async (_, written) => {
  await expect(known([label('acc_b', at(2)), ...written])).rejects.toMatchObject({
    failure: { code: 'CLOCK_BEHIND', message: expect.stringContaining('3600 s ahead') as string },
  });
  const holds = await known(written, {}, new EmbeddedLegalHolds(), hourAhead + minuteMs);
  expect(isHeld(await holds.of('acc_a'), hourAhead + minuteMs)).toBe(true);
});

it('a word whose producer alone is an hour ahead holds no start', async () => {
  const holds = await known([
    hold('acc_a', hourAhead, 'A'),
    ...labels(20, nowMs - minuteMs),
    hold('acc_c', nowMs - minuteMs, 'C'),
  ]);
  expect(await holds.of('acc_a')).toEqual([]);
  expect(isHeld(await holds.of('acc_c'), nowMs)).toBe(true);
});
