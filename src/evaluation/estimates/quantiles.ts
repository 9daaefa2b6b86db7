import assert from 'node:assert/strict';

/** Of the standard normal distribution: 95 % lie within it of 0. */
export const normalQuantile = 1.959963984540054;

/**
 * The same of Student's distribution, by its expansion around the normal (Abramowitz and Stegun, 26.7.5): right to 0.4 % from 3 degrees of freedom on.
 * Between 2 and 3 it lies on the line between the two, by 1 by the degrees of freedom: right to 2 %.
 * @param freedom degrees of freedom, 1 or more.
 */
export function studentQuantile(freedom: number): number {
  assert(freedom >= 1, 'somebody was left to differ');
  if (freedom < 2) return 12.7062;
  if (freedom < 3) return 3.1824 + (4.3027 - 3.1824) * (6 / freedom - 2);
  const z = normalQuantile;
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0);
}
