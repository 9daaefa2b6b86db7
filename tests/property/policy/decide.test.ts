import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, degradations, modes, strengthOf } from '../../../src/domain/decision.ts';
import { decide, type Evidence } from '../../../src/policy/decide.ts';
import { ruleActions } from '../../../src/policy/policy.ts';
import { firedRule, policyOf } from '../../unit/policy/policies.ts';

const rules = ruleActions.flatMap((action) => modes.map((mode) => firedRule(action, mode)));
const timeMs = fc.integer({ min: 0, max: 200 * 3_600_000 });
const score = fc.double({ min: 0, max: 1, noNaN: true });
const standing = fc.record({ action: fc.constantFrom(...actions), decisionId: fc.constant('dec_1'), sinceMs: timeMs });

const evidence: fc.Arbitrary<Evidence> = fc.record({
  score: fc.option(score),
  fired: fc.array(fc.constantFrom(...rules), { maxLength: 5 }),
  standing: fc.option(standing, { nil: undefined }),
  policy: fc.constant(policyOf()),
  degraded: fc.subarray([...degradations]),
  nowMs: timeMs,
});

describe('a verdict', () => {
  it('is not weaker for a higher score', () => {
    fc.assert(
      fc.property(evidence, score, score, (given, first, second) => {
        const lower = decide({ ...given, score: Math.min(first, second) });
        const higher = decide({ ...given, score: Math.max(first, second) });
        expect(strengthOf(higher.due)).toBeGreaterThanOrEqual(strengthOf(lower.due));
        expect(strengthOf(higher.action)).toBeGreaterThanOrEqual(strengthOf(lower.action));
      }),
    );
  });

  it('is at least as strong as each enforced rule', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { due, action } = decide(given);
        for (const rule of given.fired.filter(({ mode }) => mode === 'enforce')) {
          expect(strengthOf(due)).toBeGreaterThanOrEqual(strengthOf(rule.action));
          expect(strengthOf(action)).toBeGreaterThanOrEqual(strengthOf(rule.action));
        }
      }),
    );
  });

  it('is never the work of shadow rules', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const fired = given.fired.filter(({ mode }) => mode === 'enforce');
        expect(decide(given)).toEqual(decide({ ...given, fired }));
      }),
    );
  });

  it('is not a block on the score alone while something is missing', () => {
    fc.assert(
      fc.property(evidence, fc.constantFrom(...degradations), (given, missing) => {
        const fired = given.fired.filter(({ action }) => action !== 'block');
        expect(decide({ ...given, fired, degraded: [missing] }).due).not.toBe('block');
      }),
    );
  });

  it('lifts nothing while something is missing', () => {
    fc.assert(
      fc.property(evidence, fc.constantFrom(...degradations), (given, missing) => {
        const { action } = decide({ ...given, degraded: [missing] });
        expect(strengthOf(action)).toBeGreaterThanOrEqual(strengthOf(given.standing?.action ?? 'allow'));
      }),
    );
  });

  it('is given once: against what stands by it, the same evidence changes nothing', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { action, changed } = decide(given);
        fc.pre(changed);
        const again = decide({ ...given, standing: { action, decisionId: 'dec_2', sinceMs: given.nowMs } });
        expect(again).toMatchObject({ action, changed: false });
      }),
    );
  });

  it('does not depend on the order of the rules', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { due, action, changed } = decide(given);
        expect(decide({ ...given, fired: given.fired.toReversed() })).toMatchObject({ due, action, changed });
      }),
    );
  });

  it('lowers what stands only after its time', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { action } = decide(given);
        const before = given.standing;
        fc.pre(before !== undefined && before.action !== 'allow' && strengthOf(action) < strengthOf(before.action));
        const stoodMs = given.nowMs - before.sinceMs;
        expect(stoodMs).toBeGreaterThanOrEqual(given.policy.standingMs[before.action]);
      }),
    );
  });
});
