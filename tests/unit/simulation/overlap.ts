/** A feature's value of one account, `undefined` where it has none, with its label. */
export interface Sample {
  readonly value: number | undefined;
  readonly fake: boolean;
}

/**
 * The best recall that a single threshold reaches, in either direction, while it takes less than `falsePositiveRateMax`
 * of the genuine accounts for fake. An account without a value is never taken for fake.
 */
export function bestRecall(samples: readonly Sample[], falsePositiveRateMax: number): number {
  return Math.max(recallAbove(samples, falsePositiveRateMax, 1), recallAbove(samples, falsePositiveRateMax, -1));
}

function recallAbove(samples: readonly Sample[], falsePositiveRateMax: number, sign: 1 | -1): number {
  const fakes = samples.filter(({ fake }) => fake).length;
  const genuine = samples.length - fakes;
  const ranked = samples
    .flatMap(({ value, fake }) => (value === undefined ? [] : [{ score: value * sign, fake }]))
    .toSorted((a, b) => b.score - a.score);
  let caught = 0;
  let wronged = 0;
  let best = 0;
  ranked.forEach(({ score, fake }, index) => {
    if (fake) caught += 1;
    else wronged += 1;
    // A threshold cannot part equal values.
    const isLastOfEqual = ranked[index + 1]?.score !== score;
    if (isLastOfEqual && wronged / genuine < falsePositiveRateMax) best = Math.max(best, caught / fakes);
  });
  return best;
}
