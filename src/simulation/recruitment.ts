import { campaigns } from './campaigns/all.ts';
import type { CampaignKind } from './campaigns/kinds.ts';
import type { Recruit, Recruiter, Setting } from './life.ts';
import { segments } from './segments/all.ts';
import { lookAlikes } from './segments/look-alikes.ts';
import { splitRandomly } from './arrivals.ts';

/** A recruit with its place in the ground truth. */
export interface AssignedRecruit extends Recruit {
  readonly label: 'fake' | 'genuine';
  readonly segment: string;
}

/** All accounts to come, in the order of time. Of the world's kinds of campaigns only those come that are among `chosen`. */
export function recruitAll(
  setting: Setting,
  total: number,
  chosen: readonly CampaignKind[],
): readonly AssignedRecruit[] {
  const { random } = setting;
  const { fakes: customs, segments: weights } = setting.world.customs;
  const kinds = chosen.filter((kind) => (customs.kinds[kind] ?? 0) > 0);
  const fakeShare = kinds.length === 0 ? 0 : random.between(customs.shareMin, customs.shareMax);
  const fakes = Math.round(total * fakeShare);
  const comers = [...segments, ...lookAlikes];
  const honestCounts = apportion(
    total - fakes,
    comers.map(({ name }) => weights[name] ?? 0),
  );
  const fakeCounts = apportion(
    fakes,
    kinds.map((kind) => customs.kinds[kind] ?? 0),
  );
  const honest = comers.flatMap(({ name, recruit }, index) =>
    enlist(setting, recruit, honestCounts[index] ?? 0, 'genuine', `honest:${name}`),
  );
  const fake = kinds.flatMap((kind, index) => recruitInstances(setting, kind, fakeCounts[index] ?? 0));
  return [...honest, ...fake].toSorted((a, b) => a.createdMs - b.createdMs);
}

/** The instances of one kind, of unequal size. */
function recruitInstances(setting: Setting, kind: CampaignKind, count: number): readonly AssignedRecruit[] {
  const sizeMean = Math.sqrt(count * setting.world.customs.fakes.instanceSizeBase);
  const sizes = splitRandomly(setting.random, count, Math.ceil(sizeMean * 0.5), Math.ceil(sizeMean * 1.5));
  return sizes.flatMap((size, index) =>
    enlist(setting, campaigns[kind], size, 'fake', `campaign:${kind}:${String(index + 1)}`),
  );
}

function enlist(
  setting: Setting,
  recruit: Recruiter,
  count: number,
  label: AssignedRecruit['label'],
  segment: string,
): readonly AssignedRecruit[] {
  return recruit(setting, count).map(({ createdMs, country, joins, live }) => {
    return { createdMs, country, joins, live, label, segment };
  });
}

/** Splits a total by weights into whole numbers that add up to it: what rounding leaves goes to the largest remainders. */
export function apportion(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (total * weight) / sum);
  const counts = exact.map(Math.floor);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  let left = sum === 0 ? 0 : total - counts.reduce((a, b) => a + b, 0);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    counts[index] = (counts[index] ?? 0) + 1;
    left -= 1;
  }
  return counts;
}
