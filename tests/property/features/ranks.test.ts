import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { describeDistribution } from '../../../src/features/norms/distribution.ts';
import type { Distribution } from '../../../src/features/norms/norms.ts';
import { Ranker } from '../../../src/features/norms/ranker.ts';
import { columns, normsOf, nothing, rowOf, typeNorms } from '../../unit/features/norms/norms.ts';

const number = fc.oneof(
  fc.integer({ min: 0, max: 8 }).map(Number),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e-45, 3.4028234663852886e38, -3.4028234663852886e38),
  // Floats that lie as close together as floats do, and on both sides of where their exponent changes.
  fc
    .tuple(fc.constantFrom(1, -1, 1_000, 2 ** 24), fc.integer({ min: -40, max: 40 }))
    .map(([near, step]) => near + near * step * 2 ** -24),
);
const sample = fc.array(fc.oneof({ weight: 5, arbitrary: number }, { weight: 1, arbitrary: fc.constant(NaN) }), {
  minLength: 1,
  maxLength: 400,
});

function rankerOf(values: readonly number[]): (value: number) => number {
  const distribution = describeDistribution(Float32Array.from(values));
  const all = typeNorms([distribution, nothing]);
  const ranker = new Ranker(normsOf({}, all), columns);
  return (value) => ranker.rank(rowOf('account.login', value), 0, 1)[0]!;
}

it('ranks never fall as values rise, and are shares', () => {
  fc.assert(
    fc.property(sample, number, number, (values, first, second) => {
      fc.pre(values.some((value) => !Number.isNaN(value)));
      const rank = rankerOf(values);
      const [lower, higher] = [Math.fround(first), Math.fround(second)].toSorted((a, b) => a - b) as [number, number];
      expect(rank(lower)).toBeLessThanOrEqual(rank(higher));
      expect(rank(lower)).toBeGreaterThanOrEqual(0);
      expect(rank(higher)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

/** What the documentation of `Ranker` says, step by step. */
function rankByDefinition({ values, below, upTo }: Distribution, value: number): number {
  const f = Math.fround;
  const cuts = values.map(f);
  if (Number.isNaN(value) || cuts.length === 0) return NaN;
  const at = cuts.findLastIndex((cut) => cut <= value);
  if (at < 0) return 0;
  if (cuts[at] === value) return f((below[at]! + upTo[at]!) / 2);
  if (at === cuts.length - 1) return 1;
  const slope = f((below[at + 1]! - upTo[at]!) / (cuts[at + 1]! - cuts[at]!));
  return Math.min(f(f(upTo[at]!) + (value - cuts[at]!) * slope), f(below[at + 1]!));
}

it('a rank is what its definition says, bit by bit, in every event of a batch', () => {
  const values = fc.array(fc.oneof({ weight: 5, arbitrary: number }, { weight: 1, arbitrary: fc.constant(NaN) }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(sample, sample, values, (own, others, asked) => {
      const [login, all] = [own, others].map((one) => describeDistribution(Float32Array.from(one)));
      const norms = normsOf({ 'account.login': typeNorms([login!, nothing]) }, typeNorms([all!, login!]));
      const ranker = new Ranker(norms, columns);
      // Those that are cuts, and their neighbours, too.
      const nearby = [...login!.values, ...all!.values].flatMap((cut) => [cut, cut * 1.000001, cut * 0.999999]);
      const told = [...asked, ...nearby]
        .map(Math.fround)
        .filter((value) => Number.isNaN(value) || Number.isFinite(value));
      const rows = told.flatMap((value) => [
        rowOf('account.login', value, value),
        rowOf('account.signup', value, value),
      ]);
      const features = new Float32Array(rows.flatMap((row) => [...row]));
      const expected = told.flatMap((value) => [
        rankByDefinition(login!, value),
        NaN,
        rankByDefinition(all!, value),
        rankByDefinition(login!, value),
      ]);
      expect(ranker.rank(features, 0, rows.length)).toEqual(Float32Array.from(expected));
    }),
    { numRuns: 100 },
  );
});

it('an event has the ranks that it has alone, whatever its batch is, and what is no rank stays as it was', () => {
  const event = fc.tuple(fc.constantFrom('account.login' as const, 'account.signup' as const), number, number);
  fc.assert(
    fc.property(
      sample,
      sample,
      fc.array(event, { minLength: 1, maxLength: 30 }),
      fc.nat(),
      (own, others, events, at) => {
        const [login, all] = [own, others].map((one) => describeDistribution(Float32Array.from(one)));
        const norms = normsOf({ 'account.login': typeNorms([login!, all!]) }, typeNorms([all!, login!]));
        const rows = events.map(([type, ...values]) => rowOf(type, ...values.map(Math.fround)));
        const features = new Float32Array(rows.flatMap((row) => [...row]));
        const alone = new Ranker(norms, columns);
        const from = at % rows.length;
        const into = new Ranker(norms, columns, Int32Array.of(3, 1), 4);
        const ranks = into.rank(
          features,
          from,
          rows.length - from,
          new Float32Array(4 * (rows.length - from)).fill(-7),
        );
        const expected = rows.slice(from).flatMap((row) => {
          const [first, second] = alone.rank(row, 0, 1);
          return [-7, second!, -7, first!];
        });
        expect(ranks).toEqual(Float32Array.from(expected));
      },
    ),
    { numRuns: 100 },
  );
});

/** The widest gap between two cuts of a distribution. */
const errorMax = 0.1;

it('a rank is the middle of those that share the value, within a gap between two cuts; exactly for few values', () => {
  fc.assert(
    fc.property(sample, (values) => {
      const known = values.filter((value) => !Number.isNaN(value)).map(Math.fround);
      fc.pre(known.length > 0);
      const isExact = new Set(known.map((value) => value + 0)).size <= 8 && known.length <= 20;
      const rank = rankerOf(values);
      for (const value of known) {
        const below = known.filter((each) => each < value).length;
        const upTo = known.filter((each) => each <= value).length;
        const expected = (below + upTo) / 2 / known.length;
        expect(Math.abs(rank(value) - expected)).toBeLessThan(isExact ? 1e-6 : errorMax + 1 / known.length);
      }
    }),
  );
});

it('a distribution has a bounded number of cuts, ascending, and is the same however its sample is ordered', () => {
  fc.assert(
    fc.property(sample, (values) => {
      const distribution = describeDistribution(Float32Array.from(values));
      expect(distribution.values.length).toBeLessThanOrEqual(limits.normsCutsMax);
      expect(distribution.values.every((value, at) => at === 0 || distribution.values[at - 1]! < value)).toBe(true);
      expect(describeDistribution(Float32Array.from(values.toReversed()))).toEqual(distribution);
    }),
  );
});
