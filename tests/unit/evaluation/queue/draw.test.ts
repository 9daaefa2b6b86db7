import { describe, expect, it } from 'vitest';
import { drawQueue, type FrameAccount } from '../../../../src/evaluation/queue/draw.ts';
import { Random } from '../../../../src/simulation/random.ts';

/** A platform: most accounts alone, a campaign of 60, some families of three to six, and a fake share that rises with the score. */
const random = new Random(5);
const accounts: FrameAccount[] = [];
const fake = new Map<string, boolean>();
for (let index = 0; index < 600; index++) {
  const score = random.unit() ** 2;
  const family = index < 60 ? 'campaign' : index < 150 ? `family-${Math.floor(index / 5)}` : `alone-${index}`;
  accounts.push({ accountId: `acc_${index}`, score, group: family });
  fake.set(`acc_${index}`, family === 'campaign' || random.chance(score / 2));
}
const fakeCount = [...fake.values()].filter(Boolean).length;
const draw = (seed: number, count = 90) => drawQueue(accounts, { count, seed, round: 1 });

const isOne = ({ accountId }: { readonly accountId: string }): boolean => accountId === 'acc_599';

describe('drawQueue', () => {
  it('asks more often about who is watched, and says with which probability', () => {
    const watched = accounts.map((account) => (isOne(account) ? { ...account, isWatched: true } : account));
    const probabilities = [accounts, watched].map((frame) => {
      for (let seed = 0; ; seed++) {
        const row = drawQueue(frame, { count: 90, seed, round: 1 }).find(isOne);
        if (row !== undefined) return row.probability;
      }
    });
    expect(probabilities[1]).toBeGreaterThan(probabilities[0]!);
    const few = watched.map((account, index) => (index < 20 ? { ...account, isWatched: true } : account));
    const rows = drawQueue(few, { count: 90, seed: 1, round: 1 });
    expect(rows.filter(({ stratum }) => stratum === 'round1:watched').length).toBeGreaterThan(0);
  });

  it('gives each account in the queue the probability with which it comes in, over many draws', () => {
    const draws = 2_000;
    const drawn = new Map<string, number>();
    const said = new Map<string, number>();
    for (let seed = 0; seed < draws; seed++) {
      for (const { accountId, probability } of draw(seed)) {
        drawn.set(accountId, (drawn.get(accountId) ?? 0) + 1);
        if ((said.get(accountId) ?? probability) !== probability)
          throw new Error(`${accountId}: a probability of its own`);
        said.set(accountId, probability);
      }
    }
    expect(said.size).toBe(accounts.length);
    for (const [accountId, probability] of said) {
      const deviation = Math.sqrt((probability * (1 - probability)) / draws);
      expect(Math.abs(drawn.get(accountId)! / draws - probability)).toBeLessThan(5 * deviation + 1e-9);
    }
    expect([...said.values()].reduce((sum, each) => sum + each, 0)).toBeCloseTo(90, 6);
  });

  it('lets the weights 1/probability estimate how many are fake without bias (Horvitz and Thompson, 1952)', () => {
    const estimates = Array.from({ length: 1_000 }, (_, seed) =>
      draw(seed + 10_000).reduce((sum, row) => sum + (fake.get(row.accountId)! ? 1 / row.probability : 0), 0),
    );
    const mean = estimates.reduce((sum, each) => sum + each, 0) / estimates.length;
    const spread = Math.sqrt(estimates.reduce((sum, each) => sum + (each - mean) ** 2, 0) / estimates.length);
    expect(Math.abs(mean - fakeCount)).toBeLessThan((4 * spread) / Math.sqrt(estimates.length));
  });

  it('asks about a few of each group, and about nobody twice', () => {
    for (let seed = 0; seed < 20; seed++) {
      const queue = draw(seed);
      expect(queue).toHaveLength(90);
      expect(new Set(queue.map(({ accountId }) => accountId)).size).toBe(90);
      const perGroup = Map.groupBy(queue, ({ group }) => group);
      for (const rows of perGroup.values()) expect(rows.length).toBeLessThanOrEqual(2);
    }
  });

  it('asks more often where the score is high, and where many alike have a low one', () => {
    const alike: FrameAccount[] = Array.from({ length: 40 }, (_, index) => ({
      accountId: `twin_${index}`,
      score: 0.001,
      group: `twins-${index % 8}`,
    }));
    const queue = drawQueue([...accounts, ...alike], { count: 100, seed: 1, round: 1 });
    const strata = Object.groupBy(queue, ({ stratum }) => stratum);
    expect(Object.keys(strata)).toContain('round1:disagreement');
    const top = strata['round1:score-p97']!.filter(({ group }) => group !== 'campaign');
    const bottom = strata['round1:score-p0']!;
    expect(Math.min(...top.map(({ probability }) => probability))).toBeGreaterThan(
      Math.max(...bottom.map(({ probability }) => probability)),
    );
  });

  it('gives the same queue for the same seed, and another for another', () => {
    expect(draw(4)).toEqual(draw(4));
    expect(draw(4)).not.toEqual(draw(5));
  });

  it('asks about all candidates where more rows are wanted than there are', () => {
    const few = accounts.slice(0, 70);
    const queue = drawQueue(few, { count: 1_000, seed: 1, round: 1 });
    expect(queue.filter(({ group }) => group === 'campaign')).toHaveLength(2);
    expect(queue.length).toBeLessThan(10);
    expect(queue.filter(({ group }) => group !== 'campaign').every(({ probability }) => probability <= 1)).toBe(true);
  });
});
