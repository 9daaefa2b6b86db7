import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Evidence } from '../../../src/policy/decide.ts';
import { drawOf, sampleOf, type Sampling } from '../../../src/policy/sampling.ts';
import { firedRule, policyOf } from './policies.ts';

const policy = policyOf();
const drawn = { place: 0.001, holdOut: 0.02, audit: 0.05 };

function decideOn(evidence: Partial<Evidence>) {
  return decide({
    score: 0.99,
    fired: [],
    standing: undefined,
    policy,
    degraded: [],
    nowMs: 0,
    draw: drawn,
    ...evidence,
  });
}

describe('an account that would be blocked and is drawn', () => {
  it('is challenged, and the decision says what was asked for, what held it and with which probability', () => {
    expect(decideOn({ fired: [firedRule('review')] })).toMatchObject({
      action: 'challenge',
      restrained: { asked: 'block', by: ['hold-out'] },
      sample: { kind: 'hold-out', probability: 0.02, ofAny: 0.05 },
    });
  });

  it('is blocked where its place is beyond the probability', () => {
    expect(decideOn({ draw: { ...drawn, place: 0.02 } })).toMatchObject({
      action: 'block',
      sample: { kind: 'audit', probability: 0.05 },
    });
    expect(decideOn({ draw: { ...drawn, place: 0.05 } }).sample).toBeUndefined();
  });

  it.each<[string, Partial<Evidence>]>([
    ['a list denies it', { listed: denied() }],
    ['a rule of high harm blocks it', { fired: [{ ...firedRule('block'), overridesProtection: true }] }],
    [
      'a person said that it is fake',
      { standing: { action: 'review', decisionId: null, sinceMs: 0, word: saidFake() } },
    ],
  ])('is not let through where %s', (_, evidence) => {
    expect(decideOn(evidence)).toMatchObject({ action: 'block', sample: { kind: 'audit' } });
  });

  it('is not drawn where something else holds the block already, nor once it is blocked', () => {
    expect(decideOn({ isKilled: true })).toMatchObject({ action: 'review', sample: { kind: 'audit' } });
    const standing = { action: 'block', decisionId: 'dec_1', sinceMs: 0 } as const;
    expect(decideOn({ standing }).sample).toBeUndefined();
  });
});

describe('the draw', () => {
  const sampling: Sampling = {
    periodMs: 1,
    holdOut: [{ from: 0.95, probability: 0.02 }],
    audit: [
      { from: 0, probability: 0.01 },
      { from: 0.5, probability: 0.3 },
    ],
    watchedTimes: 5,
  };

  it('reads the band of the score, none below the first, and looks more often at who is watched', () => {
    expect(drawOf(sampling, 0, 0.94, false)).toEqual({ place: 0, holdOut: 0, audit: 0.3 });
    expect(drawOf(sampling, 0, 0.95, true)).toEqual({ place: 0, holdOut: 0.02, audit: 1 });
    expect(drawOf(sampling, 0, 0.1, true).audit).toBeCloseTo(0.05);
  });

  it('puts an account into some sample exactly where its place is below the probability that is told', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(probability, probability, probability, fc.boolean(), (place, holdOut, audit, isBlock) => {
        const sample = sampleOf({ place, holdOut, audit }, isBlock);
        const ofAny = Math.max(isBlock ? holdOut : 0, audit);
        expect(sample !== undefined).toBe(place < ofAny);
        if (sample !== undefined) expect(sample.ofAny ?? sample.probability).toBe(ofAny);
      }),
    );
  });
});

function denied(): NonNullable<Evidence['listed']> {
  const entry = {
    list: 'burnt',
    kind: 'deny',
    type: 'device',
    hash: '0123456789abcdef',
    reason: 'seen before',
    author: 'tests',
    createdMs: 0,
    expiresMs: Infinity,
  } as const;
  return { account: undefined, denied: entry, entries: [entry] };
}

function saidFake() {
  return { saidMs: 0, holds: 'review', protectedUntilMs: 0 } as const;
}
