import { describe, expect, it } from 'vitest';
import { winnow } from './winnow.ts';

/** Three replays: on a busy machine they take their time. */
const patienceMs = 180_000;

describe('winnow groups prove', () => {
  it(
    'tells what groups do to honest look-alikes and to campaigns, and the most that ties alone could',
    () => {
      const { stdout, stderr, status } = winnow('groups prove --accounts 1200 --days 6 --seed 3');
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^1,200 simulated accounts in 6 days, [\d,]+ events \(seed 3\), policy \S+\n/);
      const rows = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
      const row = (name: string) => rows.find(([first]) => first?.startsWith(name))?.slice(1) ?? [];
      const lookAlikes = [
        'campus',
        'hundreds of strangers',
        'a family',
        'internet café',
        'a class',
        'hundreds follow',
        'a campaign day',
        'one model',
        'staff',
      ];
      for (const name of lookAlikes) {
        const [accounts, , , blocked] = row(name).map(Number);
        expect(accounts).toBeGreaterThan(0);
        expect(blocked).toBe(0);
      }
      // Campaigns by one hand are blocked by groups that the score missed, and honest people are not.
      const [byGroup, honestByGroup] = row('by a group').map(Number);
      expect(byGroup).toBeGreaterThan(5);
      expect(honestByGroup).toBe(0);
      expect(row('by evidence of their own').map(Number)[0]).toBeGreaterThan(0);
      const [, without, acting, first] = row('one-hand').map((cell) => Number.parseFloat(cell));
      expect(first).toBeGreaterThan(0);
      expect(acting).toBeGreaterThan(without!);
      // What groups come to is at most what ties alone come to.
      const [fake, , honest] = row('would be blocked by a group').map((cell) => Number.parseFloat(cell));
      expect(byGroup).toBeLessThanOrEqual(fake! + honest!);
      expect(row('all')).toHaveLength(8);
    },
    patienceMs,
  );
});
