import { expect, it } from 'vitest';
import { describeOutcome, seedsOfRun } from './seeds.ts';
import { simulate } from './simulation.ts';

/** Lives through every `parts`th seed, and expects that nothing happens that must never be. */
export function expectSeedsToHold(part: number, parts: number): void {
  const seeds = seedsOfRun(part, parts);
  it.skipIf(seeds.length === 0)(
    `whatever goes wrong, each record has one fate: part ${part + 1} of ${parts}`,
    async () => {
      let steps = 0;
      let unmarked = 0;
      for (const seed of seeds) {
        const outcome = await simulate(seed);
        if (outcome.violations.length > 0) expect.fail(describeOutcome(outcome));
        steps += outcome.steps;
        if (outcome.marked === 0) unmarked++;
      }
      // A simulation in which nothing happens, or in which all is excused, would find nothing.
      expect(steps / seeds.length).toBeGreaterThan(100);
      if (seeds.length >= 100) expect(unmarked / seeds.length).toBeGreaterThan(0.2);
    },
  );
}
