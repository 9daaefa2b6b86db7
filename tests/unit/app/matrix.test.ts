import { describe, expect, it } from 'vitest';
import type { Label } from '../../../src/adapters/file/labels.ts';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { matrixHeader, writeMatrix } from '../../../src/app/matrix.ts';
import { catalogueVersion, featureNames } from '../../../src/features/catalogue.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { featureCount } from '../../../src/features/extract.ts';
import type { RecordBatch } from '../../../src/ports.ts';
import { exampleEvents } from '../../../src/wire/examples.ts';
import { batchesOf, recordOf, scoreOfRow, stream, World } from '../../pipeline/world.ts';
import { batchOf, cloudEvent, eventOf, labelOf, loginOf, signupOf, startMs } from '../steps/events.ts';

/** Columns before the features: account, event, type, time, label, segment. */
const firstFeature = 6;

/** The lines of a matrix after its header, and the number of rows that was answered. */
async function matrixOf(batches: readonly RecordBatch[], labels: Readonly<Record<string, Label>> = {}) {
  const lines: string[] = [];
  const rows = await writeMatrix(
    (async function* () {
      yield* batches;
    })(),
    new Map(Object.entries(labels)),
    new EmbeddedFeatureStore({ entitiesMax: 100_000 }),
    new EntityKeyHasher(Buffer.from('0123456789abcdef')),
    (...written) => {
      lines.push(...written);
      return Promise.resolve();
    },
  );
  expect(lines.slice(0, 2)).toEqual(matrixHeader);
  return { lines: lines.slice(2), rows };
}

describe('the header of a matrix', () => {
  it('names the catalogue, then the columns', () => {
    expect(matrixHeader).toEqual([
      `# catalogue_version=${catalogueVersion}`,
      `account_id,event_id,type,time_ms,label,segment,${featureNames.join(',')}`,
    ]);
  });

  it('is written although there are no events', async () => {
    expect(await matrixOf([])).toEqual({ lines: [], rows: 0 });
  });
});

describe('a row of a matrix', () => {
  it('is an event with its label', async () => {
    const batch = batchOf([cloudEvent(loginOf('acc_1', { id: 'e-1' })), cloudEvent(loginOf('acc_2', { id: 'e-2' }))]);
    const { lines, rows } = await matrixOf([batch], { acc_1: { label: 'fake', segment: 'campaign:bulk:1' } });
    expect(rows).toBe(2);
    expect(lines.map((line) => line.split(',').slice(0, firstFeature).join(','))).toEqual([
      `acc_1,e-1,account.login,${startMs},fake,campaign:bulk:1`,
      `acc_2,e-2,account.login,${startMs},,`,
    ]);
  });

  it('has an empty field for what is missing, and a number for all else', async () => {
    const { lines } = await matrixOf([batchOf([cloudEvent(signupOf('acc_1', { form_ms: 1_200 }))])]);
    const values = lines[0]!.split(',').slice(firstFeature);
    expect(values).toHaveLength(featureCount);
    expect(values[featureNames.indexOf('form_ms')]).toBe('1200');
    expect(values[featureNames.indexOf('captcha_ms')]).toBe('');
    expect(values[featureNames.indexOf('email_present')]).toBe('0');
    for (const value of values) expect(value).toMatch(/^(-?\d+(\.\d+)?(e[+-]\d+)?)?$/);
  });

  it('quotes what would be more than one field', async () => {
    const batch = batchOf([cloudEvent(loginOf('a,"b"', { id: 'line\nbreak' }))]);
    const { lines } = await matrixOf([batch], { 'a,"b"': { label: 'fake', segment: 'x,y' } });
    expect(lines[0]).toMatch(/^"a,""b""","line\nbreak",account\.login,\d+,fake,"x,y",/);
  });

  it('is written for scored events alone', async () => {
    const values = [null, cloudEvent(labelOf('acc_1')), cloudEvent(loginOf('acc_1')), Buffer.from('x')];
    const erasure = cloudEvent(eventOf('account.erasure_requested', {}));
    expect((await matrixOf([batchOf([...values, erasure])])).lines).toHaveLength(1);
  });
});

/** An explanation, so that reasons are not found by scoring rows with features left out. */
function explainRow(): number[] {
  return new Array<number>(featureCount).fill(0);
}

describe('the matrix of a stream', () => {
  const records = stream.slice(0, 500).flatMap((value, index) => {
    const label = Buffer.from(JSON.stringify(exampleEvents['account.labelled']));
    return index % 50 === 7 ? [value, label, Buffer.from('{')] : index % 50 === 9 ? [value, value] : [value];
  });
  const numbered = records.map((value, offset) => recordOf(value, offset));

  it('is bit for bit what the pipeline feeds its model', async () => {
    const world = await new World({ model: { scoreRow: scoreOfRow, explainRow } }).takeAll(batchesOf(numbered, [64]));
    const fed = world.model.scored
      .flatMap(({ features, rows }) =>
        Array.from({ length: rows }, (_, row) => features.slice(row * featureCount, (row + 1) * featureCount)),
      )
      .filter((row) => row[0]! < 8);
    const { lines } = await matrixOf(batchesOf(numbered, [100]));
    const written = lines.map((line) => {
      return Float32Array.from(line.split(',').slice(firstFeature), (text) => (text === '' ? NaN : Number(text)));
    });
    expect(featureNames[0]).toBe('event_type');
    expect(written.length).toBeGreaterThan(500);
    expect(written).toEqual(fed);
  });

  it('does not depend on how the stream is cut into batches', async () => {
    const { lines } = await matrixOf(batchesOf(numbered, [1]));
    expect((await matrixOf(batchesOf(numbered, [3, 200, 17]))).lines).toEqual(lines);
  });
});
