import assert from 'node:assert/strict';
import { Random } from '../../simulation/random.ts';

/** An account that may be asked about. */
export interface FrameAccount {
  readonly accountId: string;
  /** Highest score of its events, 0 to 1. */
  readonly score: number;
  /** Accounts made alike have the same one. */
  readonly group: string;
  /** Whether people watch it, or something of it, by a list. */
  readonly isWatched?: boolean;
}

/** A row of the queue. */
export interface QueueRow {
  readonly accountId: string;
  readonly stratum: string;
  /** With which probability the account came into the queue, above 0 and at most 1: known before the draw, the same for every seed. */
  readonly probability: number;
  readonly group: string;
}

export interface DrawOptions {
  /** Rows wanted, 1 or more. */
  readonly count: number;
  readonly seed: number;
  /** 1 for the first draw from a platform; later ones leave out who was asked about before. */
  readonly round: number;
  /** Most accounts of one group. */
  readonly groupMax?: number;
}

/** Two of a campaign tell nearly as much as all of it; a second one shows where accounts that look alike are not. */
const groupMaxDefault = 2;
/** Of one group at least so many accounts: were the model right that nobody of them is fake, the likeness would be chance. */
const alikeMin = 5;
/** Lower ends of the score strata, as shares of the accounts by rank: absolute scores of a model that does not fit say little. */
const rankBounds = [0, 0.5, 0.67, 0.8, 0.9, 0.97];
/** From this stratum on rows go beyond what is their due by size: there labels change most. */
const upperFrom = 2;

interface Group {
  readonly members: FrameAccount[];
  score: number;
}

interface Stratum {
  readonly name: string;
  readonly isWanted: boolean;
  readonly groups: Group[];
}

/**
 * Draws the accounts that people are asked about: half of the rows at random over all accounts, half where labels teach most (the
 * upper third by score, in strata of equal shares, where score and likeness disagree, and who is watched), at most a few per group.
 *
 * Both are one stratified sample in two stages, so that each probability is exact. First, at most `groupMax` members of each
 * group, drawn without replacement, are candidates: each with probability min(groupMax, size) / size. A group is in one stratum, by its
 * highest score, so that the number of candidates N of a stratum does not depend on the draw. Then n of those N are drawn without
 * replacement. The inclusion probability is the product of both. The random half is dealt to the strata in proportion to N, which
 * estimates the same with less variance than a draw over all.
 */
export function drawQueue(accounts: readonly FrameAccount[], options: DrawOptions): QueueRow[] {
  const groupMax = options.groupMax ?? groupMaxDefault;
  assert(options.count >= 1 && groupMax >= 1, 'a queue has rows, and groups have members in it');
  const strata = strataOf(groupsOf(accounts), groupMax);
  const sizes = strata.map(({ groups }) => candidateCount(groups, groupMax));
  const rows = allocate(
    sizes,
    strata.map(({ isWanted }) => isWanted),
    options.count,
  );
  const random = new Random(options.seed);
  const queue = strata.flatMap(({ name, groups }, index) => {
    const candidates = groups.flatMap(({ members }) =>
      sample(members, groupMax, random).map((account) => ({
        accountId: account.accountId,
        stratum: `round${options.round}:${name}`,
        probability: (Math.min(groupMax, members.length) / members.length) * (rows[index]! / sizes[index]!),
        group: account.group,
      })),
    );
    return sample(candidates, rows[index]!, random);
  });
  // In random order: where reviewers stop halfway, what they leave out does not depend on the score, nor does the order tell it.
  return shuffled(queue, random);
}

function groupsOf(accounts: readonly FrameAccount[]): Group[] {
  const groups = new Map<string, Group>();
  for (const account of accounts) {
    const group = groups.get(account.group);
    if (group === undefined) groups.set(account.group, { members: [account], score: account.score });
    else {
      group.members.push(account);
      group.score = Math.max(group.score, account.score);
    }
  }
  return [...groups.values()];
}

/** By rank of score, and apart from it the groups that are watched, and those of accounts made alike that the model takes for genuine. */
function strataOf(groups: readonly Group[], groupMax: number): Stratum[] {
  const strata: Stratum[] = rankBounds.map((low, index) => ({
    name: `score-p${Math.round(low * 100)}`,
    isWanted: index >= upperFrom,
    groups: [],
  }));
  const disagreement: Stratum = { name: 'disagreement', isWanted: true, groups: [] };
  const watched: Stratum = { name: 'watched', isWanted: true, groups: [] };
  const total = candidateCount(groups, groupMax);
  let below = 0;
  for (const group of groups.toSorted((first, second) => first.score - second.score)) {
    const index = rankBounds.findLastIndex((low) => below >= low * total);
    const isWatched = group.members.some((member) => member.isWatched === true);
    const isDisagreement = index < upperFrom && group.members.length >= alikeMin;
    (isWatched ? watched : isDisagreement ? disagreement : strata[index]!).groups.push(group);
    below += Math.min(groupMax, group.members.length);
  }
  return [...strata, disagreement, watched].filter(({ groups: inside }) => inside.length > 0);
}

function candidateCount(groups: readonly Group[], groupMax: number): number {
  return groups.reduce((sum, { members }) => sum + Math.min(groupMax, members.length), 0);
}

/**
 * Rows per stratum: half of them by size, the rest evenly over those that are wanted, each stratum at least one and at most all it
 * has; what a full one cannot take goes to the others. Fewer than `count` only where there are fewer candidates.
 */
function allocate(sizes: readonly number[], isWanted: readonly boolean[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = Math.max(1, isWanted.filter(Boolean).length);
  const share = sizes.map(
    (size, index) => (0.5 * size) / total + (isWanted[index]! || !isWanted.includes(true) ? 0.5 / wanted : 0),
  );
  const rows = sizes.map(() => 1);
  for (let given = sizes.length; given < Math.min(count, total); given++) {
    let next = -1;
    for (const [index, size] of sizes.entries())
      if (rows[index]! < size && (next < 0 || rows[index]! / share[index]! < rows[next]! / share[next]!)) next = index;
    rows[next]!++;
  }
  return rows;
}

/** The items in random order, each order as likely as the others. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return sample(items, items.length, random);
}

/** `count` of the items, or all, in random order, each order as likely as the others (Fisher and Yates). */
function sample<T>(items: readonly T[], count: number, random: Random): T[] {
  const drawn = [...items];
  const taken = Math.min(count, items.length);
  for (let index = 0; index < taken; index++) {
    const other = random.integer(index, drawn.length - 1);
    [drawn[index], drawn[other]] = [drawn[other]!, drawn[index]!];
  }
  return drawn.slice(0, taken);
}
