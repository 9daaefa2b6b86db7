import { expect, it } from 'vitest';
import { EmbeddedLegalHolds } from '../../../src/adapters/embedded/legal-holds.ts';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { importRecords, type TopicsReport } from '../../../src/app/import-topics.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { emptyObservations } from '../../../src/features/observation.ts';
import { noReference } from '../../../src/features/reference.ts';
import { entityKinds } from '../../../src/features/state.ts';
import type { RecordBatch } from '../../../src/ports.ts';
import { exampleDecision } from '../../../src/wire/examples.ts';
import {
  dayMs,
  decisionRecord,
  hold,
  hourMs,
  label,
  request,
  startMs,
  type Written,
} from '../../contract/archive-records.ts';
import { policyOf } from '../policy/policies.ts';
import { cloudEvent, loginOf } from '../steps/events.ts';

const topics = { events: 'account-events', labels: 'account-labels', decisions: 'account-decisions' };
const accountKind = entityKinds.indexOf('account');
const nowMs = startMs + dayMs;

function login(account: string, atMs: number): Written {
  const value = Buffer.from(cloudEvent({ ...loginOf(account), timeMs: atMs })).toString();
  return { role: 'labels', key: account, value, timestampMs: atMs + 500 };
}

class History {
  readonly store = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
  readonly legalHolds: EmbeddedLegalHolds;
  readonly #hasher: EntityKeyHasher;

  constructor(secret: string, room = {}) {
    this.legalHolds = new EmbeddedLegalHolds(room);
    this.#hasher = new EntityKeyHasher(Buffer.from(secret));
  }

  import(batches: readonly RecordBatch[], clockMs = nowMs): Promise<TopicsReport> {
    return importRecords(
      (async function* () {
        yield* batches;
      })(),
      {
        topics,
        events: { behindMsMax: 7 * dayMs, decideFrom: undefined, pastMsMax: 0 },
        history: { store: this.store, legalHolds: this.legalHolds, handle: (work) => work() },
        hasher: this.#hasher,
        reference: noReference,
        policy: policyOf(),
        clock: { nowMs: () => clockMs, monotonicMs: () => 0 },
      },
    );
  }

  async standing(account: string) {
    this.#hasher.hashText(accountKind, account);
    const look = emptyObservations('look', 0, 1);
    look.timesMs[0] = NaN;
    look.keys.set([this.#hasher.high, this.#hasher.low], accountKind * 2);
    return (await this.store.observe(look)).standings[0];
  }
}

const batch = (topic: string, from: number, ...written: readonly Written[]): RecordBatch => ({
  topic,
  partition: 0,
  records: written.map(({ key, value, timestampMs }, index) => ({
    offset: from + index,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: [],
    timestampMs,
  })),
});

/** A decision about what is at an offset of the events. */
const decision = (account: string, atMs: number, action: 'block' | 'review', offset: number): Written =>
  decisionRecord({
    account,
    atMs,
    action,
    data: {
      mode: 'enforce',
      cause: { kind: 'event' },
      degraded: ['repeat'],
      trigger: { ...exampleDecision.data.trigger!, topic: topics.events, partition: 0, offset: String(offset) },
    },
  });

const past = [
  batch(topics.events, 7, login('acc_blocked', startMs), login('acc_lifted', startMs + 1)),
  batch(
    topics.decisions,
    0,
    decision('acc_blocked', startMs + 9_000, 'block', 7),
    decision('acc_lifted', startMs + 9_001, 'block', 8),
  ),
  batch(topics.labels, 0, hold('acc_blocked', startMs + 10_000, 'A'), request('acc_blocked', startMs + 10_001)),
  batch(topics.labels, 2, label('acc_lifted', startMs + 20_000)),
];

it('what was decided stands in the new history since it happened, and what people said holds', async () => {
  const history = new History('another secret..');
  const report = await history.import(past);
  expect(report).toMatchObject({ stood: 2, standing: 1, leftOut: {} });
  expect(await history.standing('acc_blocked')).toMatchObject({ action: 'block', sinceMs: startMs });
  const lifted = await history.standing('acc_lifted');
  expect(lifted).toMatchObject({ action: 'allow', word: { saidMs: startMs + 20_000, holds: 'allow' } });
  expect(await history.legalHolds.waiting()).toEqual([{ account: 'acc_blocked', partition: 0 }]);
  expect(history.store.coveredOffsets()).toEqual(
    expect.arrayContaining([
      { topic: topics.events, partition: 0, offset: 8 },
      { topic: topics.labels, partition: 0, offset: 2 },
      { topic: topics.decisions, partition: 0, offset: 1 },
    ]),
  );
});

it('what is read a second time changes nothing', async () => {
  const history = new History('another secret..');
  await history.import(past);
  const before = [await history.standing('acc_blocked'), await history.standing('acc_lifted')];
  expect(await history.import(past)).toMatchObject({ added: 0 });
  expect([await history.standing('acc_blocked'), await history.standing('acc_lifted')]).toEqual(before);
});

it('who was forgotten does not come back by what was decided of it before, and written after the request', async () => {
  const history = new History('another secret..');
  await history.import([
    batch(topics.events, 7, login('acc_a', startMs), login('acc_b', startMs + 1)),
    batch(topics.labels, 0, request('acc_a', startMs + 1_000), request('acc_b', startMs + 1_001)),
    batch(topics.events, 9, login('acc_b', startMs + 2_000)),
    batch(
      topics.decisions,
      0,
      decision('acc_a', startMs + hourMs, 'block', 7),
      decision('acc_b', startMs + hourMs + 1, 'block', 9),
    ),
  ]);
  expect(await history.standing('acc_a')).toBeUndefined();
  expect(await history.standing('acc_b')).toMatchObject({ action: 'block' });
});

it('records that are no decisions are passed over, and counted', async () => {
  const history = new History('another secret..');
  const record = { role: 'decisions', key: 'a', timestampMs: startMs } as const;
  const halfOfOne = '{"type":"account.decision","data":{}}';
  const strange = batch(topics.decisions, 0, { ...record, value: 'no JSON' }, { ...record, value: halfOfOne });
  expect(await history.import([strange])).toMatchObject({ stood: 0, unread: 2 });
});

it('what a compaction left of a decision is none that this version cannot read', async () => {
  const tombstone = { role: 'decisions', key: 'a', value: null, timestampMs: startMs } as const;
  const history = new History('another secret..');
  expect(await history.import([batch(topics.decisions, 0, tombstone)])).toMatchObject({ stood: 0, unread: 0 });
});

it('holds of years that are over take no room of one that stands', async () => {
  const history = new History('another secret..', { accountsMax: 12 });
  const daysMs = Array.from({ length: 40 }, (_, day) => startMs - (40 - day) * dayMs);
  const over = daysMs.map((atMs, day) => batch(topics.labels, day, hold(`acc_${day}`, atMs, 'A', atMs + 1)));
  const standing = batch(topics.labels, 40, hold('acc_last', startMs, 'B'), request('acc_last', startMs + 1));
  expect(await history.import([...over, standing])).toMatchObject({ leftOut: {} });
  expect(await history.legalHolds.waiting()).toEqual([{ account: 'acc_last', partition: 0 }]);
});

it.each([
  ['before its event', true],
  ['alone, since its event is in the topic no more', false],
])('what was decided stands where it is read %s, until a person says otherwise', async (_, hasEvent) => {
  const history = new History('another secret..');
  const decided = batch(topics.decisions, 0, decision('acc_blocked', startMs + 9_000, 'review', 7));
  expect(await history.import([decided])).toMatchObject({ stood: 1 });
  if (hasEvent) await history.import([batch(topics.events, 7, login('acc_blocked', startMs))]);
  expect(await history.standing('acc_blocked')).toMatchObject({ action: 'review', sinceMs: startMs + 9_000 });
  await history.import([batch(topics.labels, 0, label('acc_blocked', startMs + 20_000))]);
  expect(await history.standing('acc_blocked')).toMatchObject({ action: 'allow', word: { holds: 'allow' } });
});

it('what is read of a topic that was made anew is not taken for what was read of the former one', async () => {
  const history = new History('another secret..');
  await history.import(past.map((each) => ({ ...each, topicId: 'former' })));
  const anew = [
    batch(topics.events, 0, login('acc_other', startMs + 30_000)),
    batch(topics.decisions, 0, decision('acc_other', startMs + 31_000, 'block', 0)),
  ];
  expect(await history.import(anew.map((each) => ({ ...each, topicId: 'present' })))).toMatchObject({
    added: 1,
    stood: 1,
  });
  expect(await history.standing('acc_other')).toMatchObject({ action: 'block' });
});

/** A slow clock refused it, and its partition was settled behind it: it was lost for good, and the account was forgotten by the next request. */
it('a hold that was written ahead of the clock ends the import, which knows it once the clock is right', async () => {
  const history = new History('another secret..');
  const atMs = startMs + hourMs;
  const held = [
    batch(topics.labels, 0, label('acc_other', startMs)),
    batch(topics.labels, 1, hold('acc_a', atMs, 'A'), request('acc_a', atMs + 1)),
  ];
  await expect(history.import(held, atMs - 600_000)).rejects.toMatchObject({ failure: { code: 'CLOCK_BEHIND' } });
  expect(history.store.coveredOffsets()).toEqual([{ topic: topics.labels, partition: 0, offset: 0 }]);
  expect(await history.import(held.slice(1))).toMatchObject({ leftOut: {} });
  expect(await history.legalHolds.waiting()).toEqual([{ account: 'acc_a', partition: 0 }]);
});

/** Whoever may write events could end each import by a word that nobody takes from there. */
it('a hold among the events, ahead of the clock, ends no import where labels have a topic of their own', async () => {
  const ahead = hold('acc_a', nowMs + 600_000, 'A');
  const report = await new History('another secret..').import([
    batch(topics.events, 0, login('acc_a', startMs), ahead),
  ]);
  expect(report.leftOut).toEqual({ EVENT_WRONG_TOPIC: 1 });
});

it('a hold that was written more than a quarter of an hour ahead of the clock in a quiet topic is left out and counted, unless the broker dated it', async () => {
  const heldMs = startMs + 5 * dayMs;
  const old = Array.from({ length: 30 }, (_, hour) =>
    batch(topics.labels, hour, label('acc_other', startMs + hour * hourMs)),
  );
  const held = batch(topics.labels, old.length, hold('acc_a', heldMs, 'A'));
  const slowMs = heldMs - 20 * 60_000;
  const report = await new History('another secret..').import([...old, held], slowMs);
  expect(report.leftOut).toEqual({ EVENT_TIME_AHEAD: 1 });
  const byBroker = { ...held, records: held.records.map((record) => ({ ...record, isDatedByBroker: true as const })) };
  await expect(new History('another secret..').import([...old, byBroker], slowMs)).rejects.toMatchObject({
    failure: { code: 'CLOCK_BEHIND' },
  });
});
