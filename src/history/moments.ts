/**
 * Mean and spread of numbers that come one by one, in three doubles: how many, their mean, and the sum of their squared
 * deviations from it. Source: Welford, "Note on a method for calculating corrected sums of squares and products", 1962.
 */
export const doublesPerMoments = 3;

/** No count, value or square of what is measured comes near this, and its own square is a number still. */
const beyondAll = 1e100;

export function addToMoments(doubles: Float64Array, at: number, value: number): void {
  const count = ++doubles[at]!;
  const deviation = value - doubles[at + 1]!;
  doubles[at + 1]! += deviation / count;
  doubles[at + 2]! += deviation * (value - doubles[at + 1]!);
}

/** Whether numbers can have made this, of whatever comes from outside the process. */
export function areMoments(doubles: Float64Array, at: number): boolean {
  const [count, mean, squares] = [doubles[at]!, doubles[at + 1]!, doubles[at + 2]!];
  return count >= 0 && count < beyondAll && Math.abs(mean) < beyondAll && squares >= 0 && squares < beyondAll;
}

/** NaN of none. */
export function meanOf(doubles: Float64Array, at: number): number {
  return doubles[at]! < 1 ? NaN : doubles[at + 1]!;
}

/** The standard deviation; NaN of fewer than two. */
export function deviationOf(doubles: Float64Array, at: number): number {
  return doubles[at]! < 2 ? NaN : Math.sqrt(doubles[at + 2]! / doubles[at]!);
}
