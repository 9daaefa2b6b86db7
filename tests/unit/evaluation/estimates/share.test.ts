import { describe, expect, it } from 'vitest';
import { studentQuantile } from '../../../../src/evaluation/estimates/quantiles.ts';
import {
  estimateRecall,
  estimateShare,
  estimateTrait,
  unansweredOf,
  wilson,
  type Answered,
  type Estimate,
  type Judged,
} from '../../../../src/evaluation/estimates/share.ts';

function alike(parts: number, others: number, probability = 0.02, cluster = (index: number) => `a${index}`): Judged[] {
  return Array.from({ length: parts + others }, (_, index) => ({
    probability,
    isPart: index < parts,
    cluster: cluster(index),
  }));
}

function widthOf(sample: Judged[]): number {
  const estimate = estimateShare(sample, 1);
  if (estimate.kind !== 'estimated') throw new Error('enough were judged');
  return estimate.high - estimate.low;
}

describe('the interval of Wilson', () => {
  it.each([
    [0.99, 100, 0.946, 0.998],
    [0.97, 300, 0.944, 0.984],
    [0.95, 1_000, 0.935, 0.962],
    [0.9, 3_000, 0.889, 0.91],
  ])('of %s in %s is the published one', (share, size, low, high) => {
    expect(wilson(share, size).low).toBeCloseTo(low, 3);
    expect(wilson(share, size).high).toBeCloseTo(high, 3);
  });

  it('ends at none where none were found, and at all where all were, of whatever size', () => {
    const sizes = Array.from({ length: 1_000 }, (_, index) => index + 1);
    expect(sizes.filter((size) => wilson(0, size).low !== 0 || wilson(1, size).high !== 1)).toEqual([]);
  });
});

it('the quantile of Student is that of the tables', () => {
  for (const [freedom, quantile] of [
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [5, 2.5706],
    [10, 2.2281],
    [29, 2.0452],
    [1e6, 1.96],
  ] as const)
    expect(studentQuantile(freedom) / quantile).toBeCloseTo(1, 2);
});

describe('a share', () => {
  it('of accounts that were all as probable is plainly that of those that were judged', () => {
    expect(estimateShare(alike(97, 3))).toMatchObject({
      kind: 'estimated',
      share: 0.97,
      judged: 100,
      effective: expect.closeTo(100) as number,
      ...wilson(0.97, 100),
    });
  });

  it('weighs each by how many it stands for', () => {
    const sample = [...alike(50, 0, 0.5), ...alike(0, 50, 0.25, (index) => `b${index}`)];
    expect(estimateShare(sample)).toMatchObject({ share: 100 / 300 });
  });

  it('is surer of accounts that know nothing of each other than of campaigns of five', () => {
    const campaigns = alike(500, 200, 0.02, (index) => `campaign ${Math.floor(index / 5)}`);
    expect(widthOf(campaigns)).toBeGreaterThan(1.8 * widthOf(alike(500, 200)));
  });

  it('is not told of few accounts, nor of many of a few campaigns, whatever they were found to be', () => {
    expect(estimateShare([])).toEqual({ kind: 'not-enough-labels', judged: 0, found: 0, effective: 0 });
    expect(estimateShare(alike(29, 0)).kind).toBe('not-enough-labels');
    expect(estimateShare(alike(30, 0)).kind).toBe('estimated');
    const ofThree = alike(500, 0, 0.02, (index) => `campaign ${index % 3}`);
    expect(estimateShare(ofThree)).toMatchObject({ kind: 'not-enough-labels', judged: 500, found: 500 });
  });

  it('is not told where those that are rarely drawn may just be missing from the sample', () => {
    const often = alike(200, 5, 0.5);
    expect(estimateShare(often).kind).toBe('estimated');
    expect(estimateShare(often, 0.01)).toMatchObject({
      kind: 'not-enough-labels',
      effective: expect.closeTo(4.1) as number,
    });
  });

  it('is never certain, however alike they are', () => {
    const estimate = estimateShare([...alike(300, 0, 0.1), ...alike(300, 0, 0.2, (index) => `b${index}`)]);
    expect(estimate).toMatchObject({ share: 1, high: expect.closeTo(1) as number });
    if (estimate.kind === 'estimated') expect(estimate.low).toBeLessThan(0.995);
  });
});

describe('what nobody answered', () => {
  it('bounds the share by the weights of those who were left out, both ways', () => {
    const judged = { isJudged: true, probability: 0.5 };
    const drawn = [
      { ...judged, least: true, most: true },
      { ...judged, least: false, most: false },
      { isJudged: false, probability: 0.25, least: false, most: true },
    ];
    expect(unansweredOf(drawn)).toEqual({ count: 1, low: 2 / 8, high: 6 / 8 });
    expect(unansweredOf(drawn.slice(0, 2))).toEqual({ count: 0, low: 0.5, high: 0.5 });
    expect(unansweredOf([])).toEqual({ count: 0, low: null, high: null });
  });

  it('counts nobody among those of whom the share is not', () => {
    const other = { isJudged: false, probability: 0.5, least: null, most: true };
    expect(unansweredOf([other, { ...other, isJudged: true, least: false, most: false }])).toEqual({
      count: 1,
      low: 0,
      high: 0.5,
    });
  });
});

function shareOf(estimate: Estimate): number {
  return estimate.kind === 'estimated' ? estimate.share : NaN;
}

describe('answers of which a known share is wrong', () => {
  /** 2,000 fakes of 10,000, of whom 1,600 were reached and of the others 80, each answered about wrongly once in twenty. */
  const sample: readonly Answered[] = Array.from({ length: 10_000 }, (_, index) => {
    const isTrulyFake = index < 2_000;
    const isReached = isTrulyFake ? index < 1_600 : index < 2_080;
    const isFake = isTrulyFake !== (index % 20 === 0);
    return { probability: 0.1, cluster: `a${index}`, isFake, isReached };
  });
  it('draw a share towards a half, and are allowed for where they are known', () => {
    expect(shareOf(estimateTrait(sample, 0))).toBeCloseTo(0.23);
    expect(shareOf(estimateTrait(sample, 0.05))).toBeCloseTo(0.2);
    expect(estimateTrait(sample.slice(2_100), 0.05)).toMatchObject({ share: 0, low: 0 });
  });

  it('make it look as if most fakes were missed where fakes are rare', () => {
    expect(shareOf(estimateRecall(sample, 0))).toBeCloseTo(1_524 / 2_300);
    expect(shareOf(estimateRecall(sample, 0.05))).toBeCloseTo(0.8);
  });
});

function told(count: number, isFake: boolean, isReached: boolean): Answered[] {
  return Array.from({ length: count }, (_, index) => ({
    probability: 0.5,
    cluster: `${isFake} ${isReached} ${index}`,
    isFake,
    isReached,
  }));
}

describe('the interval of a share that wrong answers have driven to one end', () => {
  it('has two ends that are numbers, and is not certain', () => {
    const allReached = estimateRecall([...told(60, true, true), ...told(100, false, false)], 0.05);
    expect(allReached).toMatchObject({ kind: 'estimated', share: 1, high: 1 });
    if (allReached.kind === 'estimated') expect(allReached.low).toBeGreaterThan(0.9);
    if (allReached.kind === 'estimated') expect(allReached.low).toBeLessThan(0.96);
  });

  it('is wide where hardly more fakes were told than wrong answers bring', () => {
    const few = estimateRecall([...told(30, true, true), ...told(10, true, false), ...told(1_000, false, false)], 0.03);
    expect(few).toMatchObject({ kind: 'estimated', share: 1, high: 1 });
    if (few.kind === 'estimated') expect(few.low).toBeLessThan(0.5);
  });

  it('is not told where wrong answers alone bring as many fakes as were told', () => {
    const none = estimateRecall([...told(40, true, true), ...told(1_000, false, false)], 0.05);
    expect(none).toMatchObject({ kind: 'not-enough-labels', judged: 40 });
  });
});

it('the interval is wider where a few large clusters bring most of what varies', () => {
  const small = Array.from({ length: 400 }, (_, index) => ({
    probability: 0.1,
    isPart: index % 2 === 0,
    cluster: `s${index >> 1}`,
  }));
  const oneLarge = small.map((one, index) => (index < 60 ? { ...one, cluster: 'large' } : one));
  expect(widthOf(oneLarge)).toBeGreaterThan(1.2 * widthOf(small));
});

/** 400 fake accounts alone, and crowds of genuine ones of these sizes. */
function amongFakes(...sizes: readonly number[]): Judged[] {
  return [...alike(400, 0), ...sizes.flatMap((size, crowd) => alike(0, size, 0.02, () => `crowd ${crowd}`))];
}

describe('the few clusters that draw a share down, among many that are alike', () => {
  it('tell more where they are of one size than where one is most of what was found', () => {
    const even = widthOf(amongFakes(6, 6, 6, 5, 5));
    const uneven = widthOf(amongFakes(20, 2, 2, 2, 2));
    // By the variance alone, with the freedom that the weights of all leave, it would be 2.4 times as wide.
    expect(uneven).toBeGreaterThan(3 * even);
  });

  it('are not held to differ where each is one account: how many there are is in the interval already', () => {
    const { low, high } = wilson(400 / 404, 404);
    expect(widthOf(amongFakes(1, 1, 1, 1))).toBeCloseTo(high - low, 3);
  });
});
