import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/domain/place-of.ts';
import { canaryForSome } from '../../../src/scoring/ballot.ts';
import { blocksOf, compareScores, scoreActionOf } from '../../../src/scoring/comparison.ts';
import { CanaryWatch, type RollbackRules } from '../../../src/scoring/rollback.ts';

const rules: RollbackRules = {
  failuresMax: 2,
  blockRatioMin: 0.5,
  blockRatioMax: 2,
  blocksMin: 20,
  scoreShiftMax: 0.1,
  latencyRatioMax: 5,
  overturnedRatioMax: 2,
  overturnedMin: 5,
};
const thresholds = { challenge: 0.2, review: 0.5, block: 0.9 };

/** A batch in which both block some of the same events. */
function batch(rows: number, champion: number, canary: number, more: object = {}) {
  const agreement = new Uint32Array(16);
  const both = Math.min(champion, canary);
  agreement[15] = both;
  agreement[12] = champion - both;
  agreement[3] = canary - both;
  agreement[0] = rows - champion - canary + both;
  const plain = { role: 'canary', skipped: 0, failed: false, tookMs: 1, championMs: 1, shiftSum: 0 } as const;
  return { ...plain, rows, agreement, ...more };
}

describe('a canary', () => {
  it.each<readonly [what: string, batches: readonly ReturnType<typeof batch>[], reason: RegExp | null]>([
    ['blocks as the champion does', [batch(5_000, 50, 55)], null],
    ['blocks twice as many', [batch(5_000, 30, 60)], null],
    [
      'blocks more than twice as many',
      [batch(5_000, 30, 61)],
      /^it blocks 61 of the same 5000 events where the champion blocks 30$/,
    ],
    ['blocks less than half', [batch(5_000, 41, 20)], /^it blocks 20 /],
    ['blocks many more of so few that it may be chance', [batch(5_000, 1, 19)], null],
    ['blocks what the champion never does', [batch(100, 0, 10), batch(100, 0, 10)], /^it blocks 20 /],
    [
      'fails twice in a row',
      [batch(0, 0, 0, { failed: true }), batch(0, 0, 0, { failed: true })],
      /failed in 2 batches/,
    ],
    ['fails, and goes on', [batch(0, 0, 0, { failed: true }), batch(9, 0, 0), batch(0, 0, 0, { failed: true })], null],
    ['drifts in its scores', [batch(2_000, 0, 0, { shiftSum: -240 })], /mean score is -0\.120 away/],
    ['is slow', [batch(2_000, 0, 0, { tookMs: 60, championMs: 10 })], /costs it 6\.0 times/],
    ['gets no events although it should', [batch(0, 0, 0)], /none of 500 events/],
  ])('that %s', (_, batches, reason) => {
    const watch = new CanaryWatch(rules);
    let said: string | null = null;
    for (const one of batches) said = watch.add(one, 500);
    if (reason === null) expect(said).toBeNull();
    else expect(said).toMatch(reason);
  });

  it.each<readonly [what: string, champion: [number, number], canary: [number, number], reason: RegExp | null]>([
    ['are overturned as the champion’s are', [400, 40], [50, 9], null],
    [
      'are overturned more than twice as often',
      [400, 40],
      [50, 11],
      /^people overturned 11 of its 50 blocks of a week, and 40 of the champion's 400$/,
    ],
    ['are overturned all, but are too few to say so', [400, 0], [4, 4], null],
    ['are overturned all, at a small share, whatever the champion’s', [0, 0], [5, 5], /^people overturned 5 of its 5 /],
    ['are overturned seldom, beside a champion of whom nothing is known', [0, 0], [60, 5], null],
  ])('whose blocks %s', (_, champion, canary, reason) => {
    const judged = {
      champion: { blocks: champion[0], overturned: champion[1] },
      canary: { blocks: canary[0], overturned: canary[1] },
    };
    const said = new CanaryWatch(rules).add(batch(0, 0, 0), 0, judged);
    if (reason === null) expect(said).toBeNull();
    else expect(said).toMatch(reason);
  });

  it('is not blamed for long for what is long ago', () => {
    const watch = new CanaryWatch({ ...rules, blockRatioMax: Infinity });
    for (let day = 0; day < 200; day++) expect(watch.add(batch(2_000, 10, 10, { shiftSum: 100 }), 0)).toBeNull();
    expect(watch.add(batch(50_000, 0, 0, { shiftSum: 50_000 }), 0)).toMatch(/mean score/);
  });
});

describe('the ballot', () => {
  it('spreads accounts evenly, and each canary has an order of its own', () => {
    const accounts = Array.from({ length: 20_000 }, (_, account) => `acc_${account}`);
    const below = (salt: string) => new Set(accounts.filter((account) => placeOf(account, salt) < 0.1));
    const [first, second] = [below('one'), below('two')];
    for (const taken of [first, second]) expect(Math.abs(taken.size - 2_000)).toBeLessThan(200);
    expect(first.intersection(second).size).toBeLessThan(300);
  });

  it('has nobody at a share of 0 and everybody at 1', () => {
    const [champion, canary] = ['1', '2'].map((version) => ({ name: 'm', version, sha256: version }));
    for (const [share, role] of [
      [0, 'champion'],
      [1, 'canary'],
    ] as const) {
      const ballot = canaryForSome(champion!, canary!, share);
      expect(new Set(Array.from({ length: 1_000 }, (_, account) => ballot(`acc_${account}`).role))).toEqual(
        new Set([role]),
      );
    }
  });
});

describe('a comparison', () => {
  it('counts by what each score asks for on its own thresholds', () => {
    const own = { challenge: 0.1, review: 0.2, block: 0.3 };
    const champion = Float32Array.of(0.1, 0.3, 0.95);
    const { agreement, shiftSum } = compareScores(champion, thresholds, Float32Array.of(0.05, 0.35, 0.25), own);
    expect([agreement[0], agreement[4 + 3], agreement[12 + 2]]).toEqual([1, 1, 1]);
    expect(shiftSum).toBeCloseTo(-0.7, 6);
    expect(blocksOf(agreement)).toEqual([1, 1]);
    expect(scoreActionOf(0.9, thresholds)).toBe('block');
  });
});
