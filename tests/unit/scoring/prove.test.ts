import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { referenceOf } from '../../../src/scoring/proof/check-bundle.ts';
import { proveModel } from '../../../src/scoring/proof/prove.ts';
import {
  orderedShareMins,
  type PlatformAccounts,
  type ProofOptions,
  type ReferenceSample,
} from '../../../src/scoring/proof/proof.ts';
import type { GoldenRow } from '../../../src/wire/bundle-schema.ts';
import { exampleManifest } from '../../../src/wire/examples.ts';
import { FakeModel, type FakeModelOptions } from './fake-model.ts';

const features = ['device_accounts_24h', 'form_ms'];
const known = (value: number | undefined): number => (Number.isNaN(value) ? 0 : Math.min(9, Math.max(0, value!)));
const logOddsOf = ([first, second]: Float32Array): number => known(first) - known(second) - 1;
const sigmoid = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
const sound: FakeModelOptions = {
  scoreRow: (row) => sigmoid(logOddsOf(row)),
  explainRow: ([first, second]) => [known(first), -known(second)],
};
const manifest = { ...exampleManifest, features, explanation: { file: 'explanation.onnx', baseLogOdds: -1 } as const };
const golden: readonly GoldenRow[] = Array.from({ length: 600 }, (_, row) => {
  const values = [row % 7, row % 5 === 0 ? null : row % 3];
  return {
    features: values,
    probability: sigmoid(logOddsOf(Float32Array.from(values, (value) => value ?? NaN))),
    tolerance: 1e-5,
  };
});
const reference: ReferenceSample = {
  of: 'starter 1',
  by: 'starter 1',
  tailShare: 0.1,
  features: Float32Array.from(golden.flatMap(({ features: row }) => row.map((value) => value ?? NaN))),
  scores: Float32Array.from(golden, ({ probability }) => probability),
};
const options: ProofOptions = {
  reference,
  platform: null,
  orderedShareMin: orderedShareMins.ofServed,
  rowUsMax: 500,
  threadCpuMs: () => 0,
};

function prove(model: FakeModelOptions, more: Partial<ProofOptions> = {}, rows = golden) {
  return proveModel({ model: new FakeModel({ ...sound, ...model }), manifest, golden: rows }, { ...options, ...more });
}

/** A model of a score, with golden rows that say the same. */
function scored(scoreRow: (row: Float32Array) => number): readonly [FakeModelOptions, readonly GoldenRow[]] {
  return [
    { scoreRow, explainRow: (row) => [Math.log(scoreRow(row) / (1 - scoreRow(row))) + 1, 0] },
    golden.map((row) => ({
      ...row,
      probability: scoreRow(Float32Array.from(row.features, (value) => value ?? NaN)),
    })),
  ];
}

describe('proveModel', () => {
  it('finds nothing wrong with a sound model', async () => {
    expect(await prove({})).toBeUndefined();
  });

  it('asks for no more rows at once than a batch has', async () => {
    const model = new FakeModel(sound);
    await proveModel({ model, manifest, golden }, options);
    expect(Math.max(...model.scored.map(({ rows }) => rows))).toBe(limits.scoreRowsMax);
  });

  it.each<readonly [what: string, model: FakeModelOptions, code: string, message: RegExp]>([
    [
      'another probability than a golden one, by its place among all',
      { scoreRow: (row) => (row[0] === 6 && row[1] === 2 ? 0.5 : sigmoid(logOddsOf(row))) },
      'BUNDLE_GOLDEN',
      /golden row 42 gives 0\.5, not /,
    ],
    ['NaN for a golden row', { scoreRow: () => NaN }, 'BUNDLE_GOLDEN', /golden row 1 gives NaN/],
    [
      'an explanation of another width',
      { explainRow: () => [1, 2, 3] },
      'BUNDLE_SHAPE',
      /gives 3 numbers a row, not 2/,
    ],
    [
      'NaN for a row of which all is missing',
      { scoreRow: (row) => (row.every(Number.isNaN) ? NaN : sigmoid(logOddsOf(row))) },
      'BUNDLE_EDGE',
      /a row of missing values everywhere gets NaN/,
    ],
    [
      'more than 1 for a very large value',
      { scoreRow: (row) => (row[1]! > 1e12 ? 1.5 : sigmoid(logOddsOf(row))) },
      'BUNDLE_EDGE',
      /gets 1\.5/,
    ],
    [
      'an infinite contribution for a very large value',
      { explainRow: ([first, second]) => [first! > 1e12 ? Infinity : known(first), -known(second)] },
      'BUNDLE_EDGE',
      /the explanation of a row .* is Infinity/,
    ],
    [
      'contributions that do not add up',
      { explainRow: ([first, second]) => [known(first), known(second)] },
      'BUNDLE_EXPLANATION',
      /contributions of golden row 2 add up to 0\.731059, its score is 0\.26/,
    ],
    [
      'a graph that throws',
      { before: () => Promise.reject(new Error('bad node\n at 3')) },
      'BUNDLE_GOLDEN',
      /throw: bad node at 3\.$/,
    ],
    [
      'a graph without memory',
      { before: () => Promise.reject(new Error('std::bad_alloc')) },
      'BUNDLE_MEMORY',
      /bad_alloc/,
    ],
  ])('refuses %s', async (_, model, code, message) => {
    expect(await prove(model)).toEqual({ code, message: expect.stringMatching(message) as string });
  });

  it('refuses features that are named in another order than the model takes them', async () => {
    const turned = { ...manifest, features: ['form_ms', 'signup_failed'] };
    const rows = golden.map((row) => ({ ...row, features: [1, 2_000] }));
    const fault = await proveModel(
      { model: new FakeModel({ ...sound, scoreRow: () => 0.5 }), manifest: turned, golden: rows },
      options,
    );
    expect(fault).toEqual({
      code: 'BUNDLE_GOLDEN',
      message: expect.stringContaining('600 of 600 golden rows have what signup_failed cannot have, such as 2000'),
    });
  });

  it('takes golden rows that were made up, and fit the features in no order', async () => {
    // As a normal distribution has them: no column is one of zeros and ones, or of milliseconds.
    const rows = golden.map((row) => ({ ...row, features: [-1.5, -0.4], probability: 0.5 }));
    const fault = await proveModel(
      { model: new FakeModel({ ...sound, scoreRow: () => 0.5 }), manifest, golden: rows },
      options,
    );
    expect(fault).not.toMatchObject({ code: 'BUNDLE_GOLDEN' });
  });

  it('refuses what takes more of a processor than it may, by the fastest of its runs', async () => {
    let atMs = 0;
    const slow = { before: () => void (atMs += 400) };
    expect(await prove(slow, { threadCpuMs: () => atMs })).toMatchObject({ code: 'BUNDLE_SLOW', message: /1563 us/ });
  });

  it('refuses what says nearly the same of the rows of a proven model, whatever its golden rows show', async () => {
    const ownRows: readonly GoldenRow[] = golden.map(({ tolerance }, row) => ({
      features: [100 + row, row],
      probability: row % 2,
      tolerance,
    }));
    const flat: FakeModelOptions = { scoreRow: ([first]) => (first! >= 100 ? first! % 2 : 0.999), explainRow: null };
    expect(await prove(flat, {}, ownRows)).toMatchObject({
      code: 'BUNDLE_FLAT',
      message: /^80 % of the 600 rows of starter 1 get between 0\.99\d+ and 0\.99\d+\.$/,
    });
    expect(await prove(flat, { reference: null }, ownRows)).toBeUndefined();
  });

  it('refuses another order than that of a model that served, and by a stranger only one that is turned', async () => {
    const stranger = { orderedShareMin: orderedShareMins.ofStranger };
    // The reference goes by the first less the second.
    const [other, otherRows] = scored(([first, second]) => sigmoid(known(second) + known(first) / 10 - 1));
    expect(await prove(other, {}, otherRows)).toMatchObject({ code: 'BUNDLE_ORDER' });
    expect(await prove(other, stranger, otherRows)).toBeUndefined();
    const [turned, turnedRows] = scored((row) => sigmoid(-logOddsOf(row)));
    expect(await prove(turned, {}, turnedRows)).toMatchObject({ code: 'BUNDLE_ORDER' });
    expect(await prove(turned, stranger, turnedRows)).toMatchObject({
      code: 'BUNDLE_ORDER',
      message: expect.stringMatching(/at least 25 %/) as string,
    });
  });
});

/** A hundred that were there on two days each and had two events; who judges holds one in ten for fake. */
const rowsOfAccounts = Array<number>(100).fill(2);
const isFake = (account: number): boolean => account % 10 === 0;
const platform = (more: Partial<PlatformAccounts> = {}): PlatformAccounts => ({
  norms: '2026-11-24-1',
  budget: 0.01,
  days: rowsOfAccounts,
  rows: rowsOfAccounts,
  // Twice the account, so that a candidate knows it.
  features: Float32Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? 100 + Math.floor(at / 4) : at % 4)),
  judged: {
    by: 'starter 1',
    scores: Float32Array.from({ length: 200 }, (_, row) => (isFake(row >> 1) && row % 2 === 1 ? 0.9 : 0.1)),
  },
  ...more,
});
/** Sound, but for accounts of the platform, of which it would block these by the second event. */
const blocking = (accounts: (account: number) => boolean): FakeModelOptions => ({
  scoreRow: (row) => {
    if (row[0]! < 100 || row[0]! > 200) return sigmoid(logOddsOf(row));
    return accounts(row[0]! - 100) && row[1] === 3 ? 0.999 : 0.01;
  },
  explainRow: null,
});

describe('the accounts of the platform', () => {
  it('may be blocked as far as who judges holds them for fake, and some more', async () => {
    expect(await prove(blocking(isFake), { platform: platform() })).toBeUndefined();
    expect(
      await prove(
        blocking((account) => isFake(account) || account < 20),
        { platform: platform() },
      ),
    ).toBeUndefined();
  });

  it('are not blocked by the dozen against the budget: that is refused in one line', async () => {
    const most = blocking((account) => account < 60);
    expect(await prove(most, { platform: platform() })).toEqual({
      code: 'BUNDLE_BLOCKS',
      message:
        'of 90 accounts of norms 2026-11-24-1 that starter 1 holds for genuine it would block 54 from its threshold 0.95 on; at most 30 are in keeping with a budget of 0.01 a day.',
    });
    expect(await prove(most, { platform: platform({ budget: 0.001 }) })).toMatchObject({ message: /at most 5 are/ });
    expect(await prove(most, { platform: platform({ judged: null }) })).toMatchObject({
      message: /^of 100 accounts of/,
    });
  });
});

describe('the reference sample', () => {
  const proven = {
    manifest: { ...manifest, features, forms: { form_ms: 'rank' as const } },
    golden: golden.slice(0, 2),
  };

  it('has the columns of the candidate, by name', () => {
    const sample = referenceOf(proven, { features: ['form_ms', 'device_accounts_24h'], forms: { form_ms: 'rank' } });
    expect(sample!.features).toEqual(Float32Array.of(NaN, 0, 1, 1));
  });

  it('does not take a rank for a value', () => {
    expect(referenceOf(proven, { features })!.features).toEqual(Float32Array.of(0, NaN, 1, NaN));
    expect(referenceOf(proven, { features: ['form_ms'] })).toBeNull();
  });
});
