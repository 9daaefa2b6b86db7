/** Share of the accounts of a day that the score alone may block, where nobody says another. */
export const defaultBudget = 0.005;

/** One-sided 95 %: with so many deviations above the estimate the budget is kept on the platform as well, and not on the sample alone. */
const deviations = 1.645;

/** Days of accounts that it takes at least to tell anything about a budget. */
export function accountDaysMin(budget: number): number {
  return Math.ceil((1 + deviations) / budget);
}

/**
 * The lowest score from which on blocking keeps to the budget: an account is blocked once, on the day on which it first gets there, and so
 * the accounts that ever do, over all days of all accounts, are the share of a day's accounts that is blocked. Null where that cannot
 * be told: the days are too few, or too many accounts have the highest score that there is.
 *
 * @param maxima highest score of each account. Sorted in place. NaN where it has none.
 * @param accountDays days on which these accounts were there, summed.
 */
export function blockThreshold(maxima: Float32Array, accountDays: number, budget: number): number | null {
  const allowed = allowedOf(budget * accountDays);
  if (allowed < 0) return null;
  maxima.sort();
  const firstMissing = maxima.findIndex(Number.isNaN);
  const known = maxima.subarray(0, firstMissing < 0 ? maxima.length : firstMissing);
  // No score is known: that says nothing of where to block.
  if (known.length === 0) return null;
  const firstRefused = known[known.length - 1 - allowed];
  if (firstRefused === undefined) return 0;
  return firstRefused >= 1 ? null : nextAbove(firstRefused);
}

/** The largest number of accounts of which even an unlucky sample would show that they are within the bound; -1 where none is. */
function allowedOf(bound: number): number {
  // count + 1 + deviations × √(count + 1) ≤ bound, solved for √(count + 1).
  const root = (Math.sqrt(deviations ** 2 + 4 * bound) - deviations) / 2;
  return Math.floor(root ** 2) - 1;
}

const bits = new DataView(new ArrayBuffer(4));

/** The next number of 32 bits. @param value at least 0. */
function nextAbove(value: number): number {
  bits.setFloat32(0, value);
  bits.setUint32(0, bits.getUint32(0) + 1);
  return bits.getFloat32(0);
}
