/** What was seen of something at an instant. */
export interface Point {
  /** Milliseconds, of any clock. */
  readonly atMs: number;
  readonly value: number;
}

/** A line through points, and how sure its slope is. All in the points' unit an hour. */
export interface Trend {
  readonly perHour: number;
  /** The slope lies between these with 95 % confidence. */
  readonly low: number;
  readonly high: number;
}

/** `grows` and `flat` are proven; `undecided` says that the points tell neither: there were too few, or they scatter too much. */
export type TrendVerdict = 'flat' | 'grows' | 'undecided';

/** Neighbours resemble each other: a line through all of them would be far too sure of itself, and one through their blocks is not. */
const blockCount = 20;
const msPerHour = 3_600_000;

/**
 * The line that fits the medians of twenty blocks of points best (least squares). A median, so that one point far out moves nothing.
 * Null for fewer than three blocks: a slope through two points has no confidence.
 *
 * @param points in the order of time
 */
export function trendOf(points: readonly Point[]): Trend | null {
  const blocks = blocksOf(points);
  if (blocks.length < 3) return null;
  const [middle, mean] = [meanOf(blocks.map(({ atMs }) => atMs)), meanOf(blocks.map(({ value }) => value))];
  const variance = sumOf(blocks, ({ atMs }) => (atMs - middle) ** 2);
  if (variance === 0) return null;
  const slope = sumOf(blocks, ({ atMs, value }) => (atMs - middle) * (value - mean)) / variance;
  const unexplained = sumOf(blocks, ({ atMs, value }) => (value - mean - slope * (atMs - middle)) ** 2);
  const freedom = blocks.length - 2;
  const error = studentQuantile(freedom) * Math.sqrt(unexplained / freedom / variance);
  return { perHour: slope * msPerHour, low: (slope - error) * msPerHour, high: (slope + error) * msPerHour };
}

/** Whether something grows by more than is allowed. Null, of what nobody saw, is undecided. */
export function judgeTrend(trend: Trend | null, perHourMax: number): TrendVerdict {
  if (trend === null) return 'undecided';
  if (trend.low > perHourMax) return 'grows';
  return trend.high <= perHourMax ? 'flat' : 'undecided';
}

function blocksOf(points: readonly Point[]): readonly Point[] {
  const count = Math.min(blockCount, points.length);
  return Array.from({ length: count }, (_, block) => {
    const own = points.slice(
      Math.floor((block * points.length) / count),
      Math.floor(((block + 1) * points.length) / count),
    );
    return { atMs: meanOf(own.map(({ atMs }) => atMs)), value: medianOf(own.map(({ value }) => value)) };
  });
}

/** Student's t, 97.5 %: by Cornish and Fisher's expansion, exact to a hundredth from three degrees of freedom on. */
function studentQuantile(freedom: number): number {
  if (freedom === 1) return 12.706;
  if (freedom === 2) return 4.303;
  const z = 1.959964;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sumOf(points: readonly Point[], of: (point: Point) => number): number {
  return points.reduce((sum, point) => sum + of(point), 0);
}
