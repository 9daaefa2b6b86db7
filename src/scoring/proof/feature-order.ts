import { featureRange } from '../../features/catalogue.ts';
import type { GoldenRow } from '../../wire/bundle-schema.ts';
import { fault, type Check } from './proof.ts';

/** Golden values of a column below which nothing is said of them. */
const knownMin = 8;
const rankRange = [0, 1] as const;

type Range = readonly [least: number, most: number];

/**
 * Golden values fit the features in the order of the manifest, or in no order. A manifest that names the features in another order than
 * the model takes them agrees with itself in all else, and the model would be asked of one thing and told of another. Rows that fit in no
 * order were made up, to try a graph: they say nothing of the order.
 */
export const featureOrder: Check = async ({ manifest: { features, forms }, golden: rows }) => {
  const ranges = features.map((name): Range => (forms?.[name] === 'rank' ? rankRange : featureRange(name)!));
  const columns = features.map((_, column) => knownValues(rows, column));
  const misnamed = columns.findIndex((values, column) => !areMostlyIn(values, ranges[column]!));
  if (misnamed < 0) return undefined;
  const fitting = ranges.map((range) => [...columns.keys()].filter((column) => areMostlyIn(columns[column]!, range)));
  if (!hasPerfectMatching(fitting)) return undefined;
  const values = columns[misnamed]!;
  const strange = values.filter((value) => !isIn(value, ranges[misnamed]!));
  const share = `${strange.length} of ${values.length} golden rows have what ${features[misnamed]} cannot have, such as ${strange[0]}`;
  const advice = "and fit the features in another order: name them in the order of the model's columns.";
  return fault('BUNDLE_GOLDEN', `${share}, ${advice}`);
};

function knownValues(rows: readonly GoldenRow[], column: number): readonly number[] {
  return rows.flatMap(({ features }) => features[column] ?? []);
}

/** Rows that try the edges have other values too. */
function areMostlyIn(values: readonly number[], range: Range): boolean {
  const strangers = values.filter((value) => !isIn(value, range)).length;
  return values.length < knownMin || strangers <= values.length / 2;
}

function isIn(value: number, [least, most]: Range): boolean {
  return value >= Math.fround(least) && value <= Math.fround(most);
}

/** Whether each can have one of those that fit it, and none is had twice: by augmenting paths (Kuhn 1955). */
function hasPerfectMatching(fitting: readonly (readonly number[])[]): boolean {
  const holders = new Map<number, number>();
  const findOne = (seeker: number, tried: Set<number>): boolean =>
    fitting[seeker]!.some((column) => {
      if (tried.has(column)) return false;
      tried.add(column);
      const holder = holders.get(column);
      if (holder !== undefined && !findOne(holder, tried)) return false;
      holders.set(column, seeker);
      return true;
    });
  return fitting.every((_, seeker) => findOne(seeker, new Set()));
}
