import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { ServedModel } from '../../../src/scoring/served-model.ts';
import { FakeModel } from './fake-model.ts';

const reference = { name: 'starter', version: '1', sha256: '0'.repeat(64) };
const wholeCatalogue = Int32Array.from({ length: featureCount }, (_, column) => column);
const reversed = wholeCatalogue.toReversed();

/** Row `r`, column `c` holds `1000 r + c`. */
function matrix(rows: number): Float32Array {
  return Float32Array.from({ length: rows * featureCount }, (_, index) => {
    return 1000 * Math.floor(index / featureCount) + (index % featureCount);
  });
}

function served(model: FakeModel, columns: Int32Array = wholeCatalogue): ServedModel {
  return new ServedModel(model, reference, columns);
}

/** The columns that the model was given for row 0. */
function columnsSeen(model: FakeModel): number[] {
  const { features, rows } = model.scored[0]!;
  return [...features.subarray(0, features.length / rows)];
}

describe('what a served model is fed', () => {
  it.each([
    ['all columns', wholeCatalogue],
    ['all columns in another order', reversed],
    ['some columns', Int32Array.of(1, 3, 8)],
    ['some columns in another order', Int32Array.of(8, 1, 3)],
    ['the first columns', Int32Array.of(0, 1)],
  ])('is %s of the catalogue', async (_, columns) => {
    const model = new FakeModel();
    await served(model, columns).score(matrix(2), 2);
    expect(columnsSeen(model)).toEqual([...columns]);
    expect([...model.scored[0]!.features.subarray(columns.length)]).toEqual(
      Array.from(columns, (column) => 1000 + column),
    );
  });

  it('keeps missing values missing', async () => {
    const model = new FakeModel();
    await served(model, Int32Array.of(5, 2)).score(new Float32Array(featureCount).fill(NaN), 1);
    expect(columnsSeen(model)).toEqual([NaN, NaN]);
  });

  it.each([
    [1, [1]],
    [limits.scoreRowsMax, [limits.scoreRowsMax]],
    [limits.scoreRowsMax + 1, [limits.scoreRowsMax, 1]],
    [limits.batchRecordsMax, Array.from({ length: 4 }, () => limits.scoreRowsMax)],
    [0, []],
  ])('comes in calls of a bounded size: %i rows', async (rows, calls) => {
    const model = new FakeModel({ scoreRow: ([first]) => first! / 2_000_000 });
    const scores = await served(model, Int32Array.of(0)).score(matrix(rows), rows);
    expect(model.scored.map((call) => call.rows)).toEqual(calls);
    expect([...scores]).toEqual([...Float32Array.from({ length: rows }, (_, row) => (1000 * row) / 2_000_000)]);
  });

  it('is the matrix itself where the model takes all columns', async () => {
    const features = matrix(3);
    const given: Float32Array[] = [];
    const model = new FakeModel();
    model.score = (part, rows) => {
      given.push(part);
      return Promise.resolve(new Float32Array(rows));
    };
    await served(model).score(features, 3);
    expect(given[0]!.buffer).toBe(features.buffer);
  });
});

describe('the scores of a served model', () => {
  it('reject as the runtime does', async () => {
    const model = new FakeModel({ before: () => Promise.reject(new Error('bad node')) });
    await expect(served(model).score(matrix(1), 1)).rejects.toThrow('bad node');
  });

  // A row without a score had the score 0, so that nobody had found the account genuine and it was taken for it.
  it.each([-1, 1])('reject when their number differs from that of the rows by %i', async (more) => {
    const model = new FakeModel();
    model.score = (_, rows) => Promise.resolve(new Float32Array(rows + more).fill(0.5));
    await expect(served(model).score(matrix(3), 3)).rejects.toThrow(/3/);
  });
});

describe('the explanation of a served model', () => {
  it('is put into the catalogue’s columns, 0 where the model has none', async () => {
    const model = new FakeModel({ explainRow: ([first, second]) => [first! * 2, second! * 3] });
    const contributions = await served(model, Int32Array.of(8, 1)).explain(matrix(3), [2, 0]);
    const expected = new Float32Array(2 * featureCount);
    expected.set([2001 * 3], 1);
    expected.set([2008 * 2], 8);
    expected.set([1 * 3], featureCount + 1);
    expected.set([8 * 2], featureCount + 8);
    expect([...contributions]).toEqual([...expected]);
  });

  it('is by occlusion where the bundle brings none', async () => {
    const model = new FakeModel({ scoreRow: (row) => (Number.isNaN(row[0]) ? 0.5 : 0.75) });
    const contributions = await served(model, Int32Array.of(4)).explain(matrix(1), [0]);
    expect(contributions[4]).toBeCloseTo(Math.log(3), 5);
    expect(contributions.filter((value) => value !== 0)).toHaveLength(1);
  });

  it('rejects when it has another width than the model', async () => {
    const model = new FakeModel({ explainRow: () => [1, 2, 3] });
    await expect(served(model, Int32Array.of(8, 1)).explain(matrix(3), [0])).rejects.toThrow(/3 numbers instead of 2/);
  });

  it.each([limits.scoreRowsMax + 3, 0])('comes for %i rows, in calls of a bounded size', async (count) => {
    const calls: number[] = [];
    const model = new FakeModel();
    model.explain = (features, rows) => {
      calls.push(rows);
      return Promise.resolve(features.map((value) => value / 1000));
    };
    const rows = Array.from({ length: count }, (_, row) => row);
    const contributions = await served(model, Int32Array.of(0)).explain(matrix(count), rows);
    expect(Math.max(0, ...calls)).toBeLessThanOrEqual(limits.scoreRowsMax);
    expect(rows.map((row) => contributions[row * featureCount])).toEqual(rows);
  });
});

describe('a served model that is retired', () => {
  it('is released at once when nobody uses it', async () => {
    const model = new FakeModel();
    await served(model).retire();
    expect(model.releases).toBe(1);
  });

  it('is released when its last user leaves, once', async () => {
    const model = new FakeModel();
    const one = served(model);
    one.enter();
    one.enter();
    await one.retire();
    await one.leave();
    expect(model.releases).toBe(0);
    await one.leave();
    expect(model.releases).toBe(1);
  });

  it('is not released under a call that its user has given up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const model = new FakeModel({ before: () => promise });
    const one = served(model);
    one.enter();
    const late = one.score(matrix(1), 1);
    await one.leave();
    await one.retire();
    expect(model.releases).toBe(0);
    resolve();
    await late;
    expect({ releases: model.releases, underWay: model.underWayAtRelease }).toEqual({ releases: 1, underWay: 0 });
  });

  it('serves its last user until then', async () => {
    const model = new FakeModel();
    const one = served(model);
    one.enter();
    await one.retire();
    expect([...(await one.score(matrix(1), 1))]).toEqual([0.5]);
    await one.leave();
  });

  it('is not released when it is used and then not used, without being retired', async () => {
    const model = new FakeModel();
    const one = served(model);
    one.enter();
    await one.leave();
    expect(model.releases).toBe(0);
  });

  it('has no new users', async () => {
    const one = served(new FakeModel());
    await one.retire();
    expect(() => one.enter()).toThrow(/no new users/);
  });

  it('is released once, however often it is retired', async () => {
    const model = new FakeModel();
    const one = served(model);
    await one.retire();
    await one.retire();
    expect(model.releases).toBe(1);
  });
});
