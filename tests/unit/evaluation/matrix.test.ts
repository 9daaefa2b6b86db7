import { describe, expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { openCsvMatrix } from '../../../src/adapters/file/csv-matrix.ts';
import type { Label } from '../../../src/adapters/file/labels.ts';
import { openParquetMatrix } from '../../../src/adapters/parquet/matrix.ts';
import { allRows, matrixHeader, writeMatrix, type RowChoice } from '../../../src/evaluation/matrix.ts';
import { catalogue, catalogueVersion, definitionHashes, featureNames } from '../../../src/features/catalogue.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { noReference } from '../../../src/features/reference.ts';
import type { MatrixRow, RecordBatch } from '../../../src/ports.ts';
import { readMatrix } from '../../contract/matrix-files.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { batchOf, cloudEvent, eventOf, labelOf, loginOf, signupOf, startMs } from '../steps/events.ts';

const formats = [
  ['csv', openCsvMatrix],
  ['parquet', openParquetMatrix],
] as const;
type Format = (typeof formats)[number][0];

const pathOf = temporaryFolder();

/** Writes a matrix to a file and reads it back. */
async function matrixOf(
  batches: readonly RecordBatch[],
  labels: Readonly<Record<string, Label>> = {},
  format: Format = 'csv',
  choice: RowChoice = allRows,
) {
  const path = pathOf(`matrix.${format}`);
  const { rows, leftOut } = await writeMatrix(
    (async function* () {
      yield* batches;
    })(),
    new Map(Object.entries(labels)),
    new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 }),
    new EntityKeyHasher(Buffer.from('0123456789abcdef')),
    noReference,
    await new Map(formats).get(format)!(path, matrixHeader('1.2.3')),
    null,
    choice,
  );
  const written = await readMatrix(path);
  expect(written.rows).toHaveLength(rows);
  return { ...written, leftOut };
}

describe('the header of a matrix', () => {
  it('is the catalogue', () => {
    expect(matrixHeader('1.2.3')).toEqual({
      catalogueVersion,
      winnowVersion: '1.2.3',
      features: catalogue.map(({ name, group }, column) => ({
        name,
        group,
        definition: definitionHashes[column]!,
        form: 'value',
      })),
    });
  });

  it.each(formats)(
    'gives no two columns the same name, and is written although there are no events (%s)',
    async (format) => {
      const { columns, rows } = await matrixOf([], {}, format);
      expect(columns).toEqual(['account_id', 'event_id', 'type', 'time_ms', 'label', 'segment', ...featureNames]);
      expect(new Set(columns).size).toBe(columns.length);
      expect(rows).toEqual([]);
    },
  );
});

describe('a row of a matrix', () => {
  it('is an event with its label', async () => {
    const batch = batchOf(
      ['acc_1', 'acc_2', 'acc_3'].map((subject, index) => cloudEvent(loginOf(subject, { id: `e-${index}` }))),
    );
    const { rows } = await matrixOf([batch], {
      acc_1: { label: 'fake', segment: 'campaign:bulk:1' },
      acc_2: { label: 'genuine', segment: '' },
    });
    const event = { type: 'account.login', timeMs: startMs };
    expect(rows).toEqual<MatrixRow[]>([
      { accountId: 'acc_1', eventId: 'e-0', ...event, label: 'fake', segment: 'campaign:bulk:1' },
      { accountId: 'acc_2', eventId: 'e-1', ...event, label: 'genuine', segment: null },
      { accountId: 'acc_3', eventId: 'e-2', ...event, label: null, segment: null },
    ]);
  });

  it('has no number for what is missing', async () => {
    const { features } = await matrixOf([batchOf([cloudEvent(signupOf('acc_1', { form_ms: 1_200 }))])]);
    expect(features[0]).toHaveLength(featureCount);
    expect(features[0]![featureNames.indexOf('form_ms')]).toBe(1_200);
    expect(features[0]![featureNames.indexOf('captcha_ms')]).toBeNaN();
    expect(features[0]![featureNames.indexOf('email_present')]).toBe(0);
  });

  it('is written for scored events alone', async () => {
    const values = [null, cloudEvent(labelOf('acc_1')), cloudEvent(loginOf('acc_1')), Buffer.from('x')];
    const erasure = cloudEvent(eventOf('account.erasure_requested', {}));
    expect((await matrixOf([batchOf([...values, erasure])])).rows).toHaveLength(1);
  });
});

const said = (type: string, atMs: number, data = {}): Buffer => {
  const event = { specversion: '1.0', id: `${type} ${atMs}`, source: '/desk', type, subject: 'acc_1', data };
  return Buffer.from(JSON.stringify({ ...event, time: new Date(atMs).toISOString() }));
};

describe('a matrix of a stream in which people ask to be forgotten', () => {
  const hour = 3_600_000;
  const court = { authority: 'court', reference: 'A' };
  const known = cloudEvent({ ...signupOf('acc_1'), timeMs: startMs });
  const asked = said('account.erasure_requested', startMs + 2 * hour);
  const after = cloudEvent({ ...loginOf('acc_1', { id: 'after' }), timeMs: startMs + 4 * hour });

  /** What is known of the account's age when it comes back, hours. */
  const ageOf = async (...words: readonly Buffer[]): Promise<number> => {
    const { features } = await matrixOf([batchOf([known, ...words, after])]);
    return features.at(-1)![featureNames.indexOf('account_age_h')]!;
  };

  it('who waits for the end of a hold is known as ever, and nobody else', async () => {
    const until = new Date(startMs + 3 * hour).toISOString();
    const held = await ageOf(said('account.hold_placed', startMs + hour, court), asked);
    expect(held).toBeCloseTo(4);
    const free = await ageOf(asked);
    expect(free).not.toBeCloseTo(4);
    const lifted = said('account.hold_lifted', startMs + 3 * hour, court);
    expect(await ageOf(said('account.hold_placed', startMs + hour, court), asked, lifted)).toEqual(free);
    // A hold that ends by itself does so between two batches, as far as the stream has come.
    const { features } = await matrixOf([
      batchOf([known, said('account.hold_placed', startMs + hour, { ...court, until }), asked]),
      batchOf([cloudEvent({ ...loginOf('acc_2'), timeMs: startMs + 3.5 * hour })], { offset: 300 }),
      batchOf([after], { offset: 400 }),
    ]);
    expect(features.at(-1)![featureNames.indexOf('account_age_h')]).toEqual(free);
  });
});

describe('a matrix of a stream with events of impossible times', () => {
  const minuteMs = 60_000;
  const good = Array.from({ length: 60 }, (_, index) => {
    const event = signupOf(`acc_${index}`, { context: { ip: '203.0.113.7', device_id: `d${index % 3}` } });
    return cloudEvent({ ...event, timeMs: startMs + index * minuteMs });
  });
  const times = ['0001-01-01', '1970-01-01', '1970-01-01', '2025-01-01', '2030-01-01', '2030-01-01', '9999-12-31'];
  const faulty = times.map((day, index) => {
    const event = signupOf(`acc_${index}`, { context: { ip: '203.0.113.7', device_id: `d${index % 3}` } });
    return cloudEvent({ ...event, timeMs: Date.parse(`${day}T00:00:00Z`) });
  });

  it.each([0, 1, 30, 60])('has the rows and numbers of the same stream without them (before line %i)', async (at) => {
    const mixed = await matrixOf([batchOf(good.toSpliced(at, 0, ...faulty))]);
    expect(mixed.features).toEqual((await matrixOf([batchOf(good)])).features);
    expect(mixed.leftOut['EVENT_TIME_BEHIND']! + mixed.leftOut['EVENT_TIME_AHEAD']!).toBe(faulty.length);
  });
});

/** So many seconds into the stream. */
function secondsIn(seconds: number) {
  return { timeMs: startMs + seconds * 1_000 };
}

describe('rows to learn from', () => {
  it('are those of labelled accounts, as they were when nobody had judged them yet', async () => {
    const events = [
      loginOf('judged', secondsIn(0)),
      loginOf('unknown', secondsIn(1)),
      loginOf('dated', secondsIn(2)),
      { ...labelOf('judged'), ...secondsIn(3) },
      loginOf('judged', secondsIn(4)),
      loginOf('dated', secondsIn(5)),
    ];
    const labels: Readonly<Record<string, Label>> = {
      judged: { label: 'fake', segment: '' },
      dated: { label: 'genuine', segment: '', labelledMs: startMs + 4_000 },
    };
    const { rows } = await matrixOf([batchOf(events.map(cloudEvent))], labels, 'csv', {
      ...allRows,
      of: 'judgeable',
    });
    expect(rows.map(({ accountId, timeMs }) => [accountId, (timeMs - startMs) / 1_000])).toEqual([
      ['judged', 0],
      ['dated', 2],
    ]);
  });
});

describe('rows of a range of time', () => {
  it('are those from its beginning on and before its end, with the history of all events', async () => {
    const batch = batchOf([0, 1, 2, 3].map((seconds) => cloudEvent(loginOf('acc_1', secondsIn(seconds)))));
    const range = { fromMs: startMs + 1_000, untilMs: startMs + 3_000 };
    const [all, some] = [await matrixOf([batch]), await matrixOf([batch], {}, 'csv', { ...allRows, ...range })];
    expect(some.rows).toEqual(all.rows.slice(1, 3));
    expect(some.features).toEqual(all.features.slice(1, 3));
  });
});
