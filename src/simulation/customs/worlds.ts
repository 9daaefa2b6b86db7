import assert from 'node:assert/strict';
import { Random } from '../random.ts';
import type { SimulationOptions } from '../simulate.ts';
import type { Customs } from './customs.ts';
import { drawCustoms, drawNumbers } from './draw.ts';
import type { ProfileName, WorldPurpose } from './profiles.ts';
import { profileNames, worldPurposes } from './profiles.ts';

/** One made-up platform among many: the n-th of its kind for that purpose, n from 0 to 1,000,000,000. */
export interface WorldName {
  readonly profile: ProfileName;
  readonly purpose: WorldPurpose;
  readonly ordinal: number;
  /** Which course of things in that world, 0 (the default) to 1,000,000: same customs and length, other people and other campaigns. */
  readonly course?: number;
}

/** Streams of random numbers in which worlds draw their customs, one a profile; the simulator's own are elsewhere. */
const customsStreamFirst = 2 ** 30;

/** The seed of a world: even for training, odd for testing, so that the two never meet. */
export function worldSeed({ purpose, ordinal }: Pick<WorldName, 'purpose' | 'ordinal'>): number {
  assert(Number.isInteger(ordinal) && ordinal >= 0 && ordinal <= 1e9, 'a world is counted from 0 to 1,000,000,000');
  return 2 * ordinal + worldPurposes.indexOf(purpose);
}

/** Seeds of a world's courses are so far apart that none is another world's. Even, so that they keep its purpose. */
const courseStep = 2 ** 32;

/** All that makes the world's stream what it is but its size: seed, customs and length. */
export function worldOptions(name: WorldName): Required<Pick<SimulationOptions, 'seed' | 'days' | 'customs'>> {
  const { course = 0 } = name;
  assert(Number.isInteger(course) && course >= 0 && course <= 1e6, 'a course is counted from 0 to 1,000,000');
  const seed = worldSeed(name);
  const random = new Random(seed, customsStreamFirst + profileNames.indexOf(name.profile));
  const drawn = drawCustoms(random, name.profile);
  const days = random.integer(8, 24);
  // Drawn last, so that a world where any number comes is what it was before numbers came in blocks.
  const customs: Customs = { ...drawn, numbers: drawNumbers(random) };
  return { seed: seed + course * courseStep, customs, days };
}
