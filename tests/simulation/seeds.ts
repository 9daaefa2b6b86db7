import { simulate, type Outcome } from './simulation.ts';

/** Seeds that are lived through, unless the environment names others. */
const seedsByDefault = 1_000;

/**
 * Seeds beyond those that found something once, lived through in any case: a process that stood still and got its partitions back, and
 * twice a topic that was made anew while the store was away; a snapshot of a topic that was made anew, before anything of it was settled. A change
 * of the code may make other schedules of them.
 */
const keptSeeds: readonly number[] = [2272, 2981, 3694, 20470];

/** Seeds within which a fault must be found that was mended once and is put back. */
const seedsToFind = 300;

/** The seeds among which a fault that was put back must be found. */
export const seedsToFindItIn: readonly number[] = Array.from({ length: seedsToFind }, (_, seed) => seed);

/** `WINNOW_TEST_SEED` repeats one seed; `WINNOW_TEST_SEEDS` says how many to live through, and `WINNOW_TEST_SEEDS_FROM` the first. */
export function seedsOfRun(part: number, parts: number): readonly number[] {
  const { WINNOW_TEST_SEED: one, WINNOW_TEST_SEEDS: many, WINNOW_TEST_SEEDS_FROM: from = '0' } = process.env;
  if (one !== undefined) return part === 0 ? [Number(one)] : [];
  const count = many === undefined ? seedsByDefault : Number(many);
  const seeds = new Set([
    ...Array(count)
      .keys()
      .map((seed) => seed + Number(from)),
    ...keptSeeds,
  ]);
  return [...seeds].filter((seed) => seed % parts === part);
}

/**
 * The first of some seeds in which something happens that must never be; undefined where nothing does.
 * @param symptom what is looked for, where a fault that was put back breaks other things as well
 */
export async function firstViolation(seeds: Iterable<number>, symptom = /./): Promise<Outcome | undefined> {
  for (const seed of seeds) {
    const outcome = await simulate(seed);
    if (outcome.violations.some((violation) => symptom.test(violation))) return outcome;
  }
  return undefined;
}

/** What a person needs to repeat it. */
export function describeOutcome({ seed, schedule, violations }: Outcome): string {
  return [`WINNOW_TEST_SEED=${seed}`, ...schedule, '', ...violations.slice(0, 5)].join('\n');
}
