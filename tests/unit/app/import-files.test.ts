import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { EmbeddedLegalHolds } from '../../../src/adapters/embedded/legal-holds.ts';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import type { ImportReport } from '../../../src/app/import-batch.ts';
import { importFiles, type ImportOptions } from '../../../src/app/import-files.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { emptyObservations } from '../../../src/features/observation.ts';
import { Observer } from '../../../src/features/observe.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { noReference } from '../../../src/features/reference.ts';
import { entityKinds, kindLayouts } from '../../../src/features/state.ts';
import type { FeatureStore } from '../../../src/ports.ts';
import { decodeEvent } from '../../../src/wire/decode-event.ts';
import { policyOf } from '../policy/policies.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamEvents, streamText } from '../cli/winnow.ts';

const pathOf = temporaryFolder();
const hasher = new EntityKeyHasher(Buffer.from('0123456789abcdef'));
const dayMs = 86_400_000;
/** After all that the tests import. */
const nowMs = Date.UTC(2026, 11, 1);
const ageColumn = kindLayouts[entityKinds.indexOf('account')]!.spans.age_s!;

function storeOf(): EmbeddedFeatureStore {
  return new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
}

function fileOf(name: string, content: string | Uint8Array): string {
  writeFileSync(pathOf(name), content);
  return pathOf(name);
}

function importInto(
  store: FeatureStore,
  files: readonly string[],
  options: Partial<ImportOptions> = {},
): Promise<ImportReport> {
  return importFiles({
    files,
    history: { store, legalHolds: new EmbeddedLegalHolds(), handle: (work) => work() },
    hasher,
    reference: noReference,
    disorderMsMax: 7 * dayMs,
    policy: policyOf(),
    beforeMs: Infinity,
    clock: { nowMs: () => nowMs, monotonicMs: () => 0 },
    ...options,
  });
}

function loginLine(subject: string, timeMs: number, id = `${subject} ${timeMs}`): string {
  const data = { status: 'succeeded', method: 'otp' };
  const event = { specversion: '1.0', id, source: '/s', type: 'account.login', subject };
  return `${JSON.stringify({ ...event, time: new Date(timeMs).toISOString(), data })}\n`;
}

function wordLine(type: string, subject: string, timeMs: number, data = {}): string {
  const event = { specversion: '1.0', id: `${type} ${subject} ${timeMs}`, source: '/s', type, subject };
  return `${JSON.stringify({ ...event, time: new Date(timeMs).toISOString(), data })}\n`;
}

function labelLine(subject: string, timeMs: number, label: 'fake' | 'genuine' = 'fake'): string {
  const data = { label, by: 'review' };
  const event = {
    specversion: '1.0',
    id: `label ${subject} ${timeMs}`,
    source: '/s',
    type: 'account.labelled',
    subject,
  };
  return `${JSON.stringify({ ...event, time: new Date(timeMs).toISOString(), data })}\n`;
}

/** Observes one event of a live topic, and returns its fate and row of the snapshot. */
async function observeLive(store: FeatureStore, line: string, offset = 0) {
  const decoded = decodeEvent({ offset, key: null, value: Buffer.from(line), headers: [], timestampMs: NaN });
  if (!decoded.ok) throw new Error(decoded.failure.message);
  const batch = emptyObservations('account-events', 0, 1);
  new Observer(hasher).observe(readFacts(decoded.value, noReference), offset, batch, 0);
  const { values, fates, standings } = await store.observe(batch);
  const account = entityKinds.indexOf('account') * 2;
  const keys = [batch.keys[account]!, batch.keys[account + 1]!] as const;
  return { values: values.slice(), fate: fates[0]!, standing: standings[0], keys };
}

async function standingIn(store: FeatureStore, subject: string, offset = 0) {
  const { standing } = await observeLive(store, loginLine(subject, nowMs), offset);
  return standing;
}

describe('importing files', () => {
  it('leaves the history that seeing the events live would have left', async () => {
    const [imported, live] = [storeOf(), storeOf()];
    const report = await importInto(imported, [fileOf('events.ndjson', streamText)]);
    const labelled = streamEvents.filter(({ type }) => type === 'account.labelled').length;
    expect(report).toEqual({
      added: streamEvents.length,
      standing: labelled,
      addedBefore: 0,
      duplicates: 0,
      later: 0,
      outside: 0,
      leftOut: {},
    });
    for (const [offset, { json }] of streamEvents.entries()) await observeLive(live, json, offset);
    for (const { subject } of streamEvents.slice(0, 50)) {
      const probe = loginLine(subject, streamEvents.at(-1)!.timeMs + 1_000);
      const [one, other] = [await observeLive(imported, probe), await observeLive(live, probe, streamEvents.length)];
      expect(one.values).toEqual(other.values);
    }
  });

  it('makes an account that has been there for years no new one', async () => {
    const store = storeOf();
    await importInto(store, [fileOf('old.ndjson', loginLine('acc_old', nowMs - 1_000 * dayMs))]);
    const { values } = await observeLive(store, loginLine('acc_old', nowMs));
    expect(values[ageColumn]).toBe(1_000 * 86_400);
  });

  it('knows a file by what is in it: a second import adds nothing, under another name and packed too', async () => {
    const store = storeOf();
    await importInto(store, [fileOf('once.ndjson', streamText)]);
    const { entities } = store.state();
    for (const [name, content] of [
      ['once.ndjson', streamText],
      ['renamed.ndjson.gz', gzipSync(streamText)],
      ['crlf.ndjson', streamText.replaceAll('\n', '\r\n')],
    ] as const)
      expect(await importInto(store, [fileOf(name, content)])).toMatchObject({
        added: 0,
        duplicates: 0,
        addedBefore: streamEvents.length,
      });
    expect(store.state()).toMatchObject({ entities, partitions: [expect.anything()] });
  });

  it('goes on where it was interrupted', async () => {
    const store = storeOf();
    const lines = Array.from({ length: 3_000 }, (_, at) => loginLine(`acc_${at % 90}`, nowMs - 60_000 + at));
    const file = fileOf('interrupted.ndjson', lines.join(''));
    let calls = 0;
    const away = new FailureError({ code: 'STORE_UNAVAILABLE', message: 'away' });
    const failing: FeatureStore = Object.create(store, {
      observe: {
        value: (...asked: Parameters<FeatureStore['observe']>) => {
          // The first asks how far the file was imported, the second adds.
          if (calls++ === 2) throw away;
          return store.observe(...asked);
        },
      },
      settle: { value: store.settle.bind(store) },
    }) as FeatureStore;
    await expect(importInto(failing, [file])).rejects.toBe(away);
    const { added, addedBefore } = await importInto(store, [file]);
    expect(added).toBeGreaterThan(0);
    expect(addedBefore).toBeGreaterThan(0);
    expect(added + addedBefore).toBe(lines.length);
  });

  it('keeps to a hold that a file says, and forgets by the file whom nothing holds', async () => {
    const store = storeOf();
    const legalHolds = new EmbeddedLegalHolds();
    const options = { history: { store, legalHolds, handle: <T>(work: () => Promise<T>) => work() } };
    const held = { authority: 'court', reference: '1' };
    const lines = [
      loginLine('acc_held', nowMs - 9 * dayMs),
      loginLine('acc_free', nowMs - 9 * dayMs + 1),
      wordLine('account.hold_placed', 'acc_held', nowMs - 8 * dayMs, held),
      wordLine('account.erasure_requested', 'acc_free', nowMs - 7 * dayMs),
      wordLine('account.erasure_requested', 'acc_held', nowMs - 7 * dayMs + 1),
    ];
    const file = fileOf('holds.ndjson', lines.join(''));
    await importInto(store, [file], options);
    expect(await legalHolds.waiting()).toEqual([{ account: 'acc_held', partition: -1 }]);
    const lift = fileOf('lift.ndjson', wordLine('account.hold_lifted', 'acc_held', nowMs - dayMs, held));
    const entities = store.size();
    await importInto(store, [lift], options);
    expect(store.size()).toBeLessThan(entities);
    expect(await legalHolds.accounts()).toEqual([]);
    // Imported again, what it says has had its effect.
    await importInto(store, [file, lift], options);
    expect(await legalHolds.accounts()).toEqual([]);
  });

  it('does not let stand again what a label said of an account before that was forgotten', async () => {
    const store = storeOf();
    const lines = [
      labelLine('acc_a', nowMs - 9 * dayMs),
      wordLine('account.erasure_requested', 'acc_a', nowMs - 8 * dayMs),
      labelLine('acc_b', nowMs - 7 * dayMs),
    ];
    const { standing } = await importInto(store, [fileOf('forgotten.ndjson', lines.join(''))]);
    expect(standing).toBe(1);
  });

  it('forgets once more what was cut off before it was settled: the words that ask for it are kept until then', async () => {
    const store = storeOf();
    const legalHolds = new EmbeddedLegalHolds();
    const history = { legalHolds, handle: <T>(work: () => Promise<T>) => work() };
    const held = { authority: 'court', reference: '1' };
    const before = [
      wordLine('account.hold_placed', 'acc_a', nowMs - 8 * dayMs, held),
      wordLine('account.erasure_requested', 'acc_a', nowMs - 7 * dayMs),
    ];
    await importInto(store, [fileOf('asked.ndjson', before.join(''))], { history: { ...history, store } });
    const lift = fileOf('lifted.ndjson', wordLine('account.hold_lifted', 'acc_a', nowMs - dayMs, held));
    const away = new FailureError({ code: 'STORE_UNAVAILABLE', message: 'away.' });
    vi.spyOn(store, 'settle').mockRejectedValueOnce(away);
    await expect(importInto(store, [lift], { history: { ...history, store } })).rejects.toBe(away);
    expect(await legalHolds.waiting()).toHaveLength(1);
    await importInto(store, [lift], { history: { ...history, store } });
    expect(await legalHolds.accounts()).toEqual([]);
  });

  it('counts a hold that there is no room for under its own code, whatever else is left out', async () => {
    const store = storeOf();
    const legalHolds = new EmbeddedLegalHolds({ accountsMax: 0 });
    const history = { store, legalHolds, handle: <T>(work: () => Promise<T>) => work() };
    const lines = [
      wordLine('account.hold_placed', 'acc_a', nowMs - 8 * dayMs, { authority: 'court', reference: '1' }),
      '{\n',
      loginLine('acc_a', nowMs - dayMs),
    ];
    const { leftOut } = await importInto(store, [fileOf('full.ndjson', lines.join(''))], { history });
    expect(leftOut).toEqual({ LEGAL_HOLDS_FULL: 1, EVENT_NOT_JSON: 1 });
  });

  it('leaves the offsets of a live topic alone', async () => {
    const store = storeOf();
    await importInto(store, [fileOf('apart.ndjson', streamText)]);
    expect(store.coveredOffsets().map(({ topic }) => topic)).toEqual([expect.stringMatching(/^import:[0-9a-f]{64}$/)]);
    expect((await observeLive(store, loginLine('acc_live', nowMs), 0)).fate).toBe(0);
  });

  it('adds what is older than a history that has begun, and moves no window of now', async () => {
    const [store, other] = [storeOf(), storeOf()];
    for (const each of [store, other]) await observeLive(each, loginLine('acc_begun', nowMs - 60_000), 0);
    const { added } = await importInto(store, [fileOf('older.ndjson', loginLine('acc_begun', nowMs - 400 * dayMs))]);
    expect(added).toBe(1);
    const [with_, without] = [
      await observeLive(store, loginLine('acc_begun', nowMs), 1),
      await observeLive(other, loginLine('acc_begun', nowMs), 1),
    ];
    expect(with_.values[ageColumn]).toBe(400 * 86_400);
    const { counts } = kindLayouts[entityKinds.indexOf('account')]!;
    for (const { column, windows } of counts)
      for (const at of windows.keys()) expect(with_.values[column + at]).toBe(without.values[column + at]);
  });

  it('leaves out what is dated wrongly, and says so: ahead of the clock, and behind its neighbours', async () => {
    const store = storeOf();
    const [one, two] = [0, 1].map((day) =>
      Array.from({ length: 20 }, (_, at) => loginLine(`acc_${at}`, nowMs - (9 - day) * dayMs + at)),
    );
    const future = Array.from({ length: 40 }, (_, at) => loginLine(`acc_f${at}`, nowMs + 400 * dayMs + at));
    const text = [...one!, loginLine('acc_1', Date.UTC(1, 0, 1)), '{}\n', ...two!, ...future].join('');
    const { added, leftOut } = await importInto(store, [fileOf('wrong.ndjson', text)]);
    expect(added).toBe(40);
    expect(leftOut).toEqual({ EVENT_TIME_AHEAD: 40, EVENT_TIME_BEHIND: 1, EVENT_NOT_CLOUDEVENT: 1 });
    expect((await observeLive(store, loginLine('acc_1', nowMs))).fate).toBe(0);
  });

  it('takes files in no order where it may', async () => {
    const text = [300, 2, 200, 1].map((days) => loginLine('acc_mixed', nowMs - days * dayMs)).join('');
    const file = fileOf('mixed.ndjson', text);
    expect(await importInto(storeOf(), [file])).toMatchObject({ added: 3, leftOut: { EVENT_TIME_BEHIND: 1 } });
    expect(await importInto(storeOf(), [file], { disorderMsMax: 365 * dayMs })).toMatchObject({ added: 4 });
  });

  it('leaves to the topic what the topic will bring', async () => {
    const text = [3, 2, 1].map((days) => loginLine('acc_later', nowMs - days * dayMs)).join('');
    const report = await importInto(storeOf(), [fileOf('later.ndjson', text)], { beforeMs: nowMs - 2 * dayMs });
    expect(report).toMatchObject({ added: 1, later: 2 });
  });

  it('takes labels from a file of their own, after years of events', async () => {
    const store = storeOf();
    const events = [300, 1].map((days) => loginLine('acc_judged', nowMs - days * dayMs)).join('');
    const labels = labelLine('acc_judged', nowMs - 299 * dayMs);
    const report = await importInto(store, [fileOf('e.ndjson', events), fileOf('l.ndjson', labels)]);
    expect(report).toMatchObject({ added: 3, leftOut: {}, outside: 0 });
  });

  it('lets what people said stand and protect, the later of two in whatever files they come', async () => {
    const store = storeOf();
    const labels = [
      labelLine('acc_fake', nowMs - 200 * dayMs),
      labelLine('acc_cleared', nowMs - 9 * dayMs),
      labelLine('acc_cleared', nowMs - 5 * dayMs, 'genuine'),
    ];
    const report = await importInto(store, [
      fileOf('later.ndjson', labels.join('')),
      fileOf('earlier.ndjson', labelLine('acc_cleared', nowMs - 7 * dayMs)),
      fileOf(
        'events.ndjson',
        ['acc_fake', 'acc_cleared', 'acc_other'].map((id) => loginLine(id, nowMs - dayMs)).join(''),
      ),
    ]);
    expect(report).toMatchObject({ added: 7, standing: 3 });
    expect(await standingIn(store, 'acc_fake', 0)).toMatchObject({ action: 'block', lasts: true, decisionId: null });
    expect(await standingIn(store, 'acc_cleared', 1)).toMatchObject({
      action: 'allow',
      word: { holds: 'allow', protectedUntilMs: nowMs + 25 * dayMs },
    });
    expect(await standingIn(store, 'acc_other', 2)).toBeUndefined();
  });

  it('lets stand what people said though the first import was interrupted before that was settled', async () => {
    const store = storeOf();
    const file = fileOf('cut.ndjson', labelLine('acc_cut', nowMs - dayMs));
    const away = new FailureError({ code: 'STORE_UNAVAILABLE', message: 'away' });
    const failing: FeatureStore = Object.create(store, {
      observe: { value: store.observe.bind(store) },
      settle: { value: () => Promise.reject(away) },
    }) as FeatureStore;
    await expect(importInto(failing, [file])).rejects.toBe(away);
    expect(await importInto(store, [file])).toMatchObject({ addedBefore: 1, standing: 1 });
    expect(await standingIn(store, 'acc_cut')).toMatchObject({ action: 'block' });
  });

  it('does not lift in silence what has come to stand since', async () => {
    const store = storeOf();
    const [keyHigh, keyLow] = await observeLive(store, loginLine('acc_now', nowMs - 2)).then(({ keys }) => keys);
    const decisionId = `dec_${'1'.repeat(32)}`;
    const standing = { action: 'block', decisionId, sinceMs: nowMs - 2, lasts: true } as const;
    await store.settle({ topic: 'account-events', partition: 0, offset: 0 }, [{ keyHigh, keyLow, standing }]);
    await importInto(store, [fileOf('old.ndjson', labelLine('acc_now', nowMs - 90 * dayMs, 'genuine'))]);
    expect(await standingIn(store, 'acc_now', 1)).toMatchObject({ action: 'block', decisionId });
  });

  it('refuses a file without an event', async () => {
    await expect(importInto(storeOf(), [fileOf('none.ndjson', '{}\n')])).rejects.toMatchObject({
      failure: { code: 'INPUT_UNREADABLE' },
    });
  });
});
