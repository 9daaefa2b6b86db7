import fc from 'fast-check';
import { expect, it } from 'vitest';
import { actions, degradations, scoreHolds, strengthOf } from '../../src/domain/decision.ts';
import { actionAfter, dueOf, type Claim, type Stands } from '../../src/policy/claim.ts';
import { restrain } from '../../src/policy/restraint/restrain.ts';
import type { Circumstances, Restraint } from '../../src/policy/restraint/restraint.ts';
import { groupHolds } from '../../src/domain/group-verdict.ts';
import { decisionSchema } from '../../src/wire/decision-schema.ts';

const action = fc.constantFrom(...actions);
const claims: fc.Arbitrary<Claim> = fc.record(
  { scoreAction: action, rulesAction: action, mayLift: fc.boolean(), listAction: action, groupAction: action },
  { requiredKeys: ['scoreAction', 'rulesAction', 'mayLift'] },
);
const entries = fc.record({
  list: fc.constant('own'),
  kind: fc.constantFrom('allow' as const, 'deny' as const),
  type: fc.constant('account' as const),
  hash: fc.constant('0123456789abcdef'),
  reason: fc.constant('Why not'),
  author: fc.constant('tests'),
  createdMs: fc.constant(0),
  expiresMs: fc.constant(Infinity),
});
const standing: fc.Arbitrary<Stands> = fc.record({
  action,
  isOver: fc.boolean(),
  floor: action,
});
const anyCircumstances: fc.Arbitrary<Circumstances> = fc.record({
  degraded: fc.subarray([...degradations]),
  scoreHeldBy: fc.option(fc.constantFrom(...scoreHolds), { nil: undefined }),
  carriedBy: fc.option(fc.constantFrom('device', 'network', 'content'), { nil: undefined }),
  isKilled: fc.boolean(),
  isHeldOut: fc.boolean(),
  governed: fc.option(
    fc.record({
      score: fc.option(fc.constant('governor:model:starter:all'), { nil: undefined }),
      rules: fc.option(fc.constant(['governor:rule:everybody:all']), { nil: null }),
      list: fc.option(fc.constant('governor:list:own:all'), { nil: undefined }),
      group: fc.option(fc.constant(['governor:group:device:all']), { nil: undefined }),
    }),
    { nil: undefined },
  ),
  group: fc.option(
    fc.record({ action, heldBy: fc.subarray([...groupHolds, 'established' as const], { minLength: 1 }) }),
    { nil: undefined },
  ),
  listed: fc.option(
    entries.map((entry) => ({ account: entry, denied: undefined, entries: [entry] })),
    { nil: undefined },
  ),
  isProtected: fc.boolean(),
  overridingAction: action,
});

export interface RestraintCase {
  readonly restraint: Restraint;
  /** A claim that it holds back, why, and by which code. */
  readonly holds: { readonly claim: Claim; readonly circumstances: Circumstances; readonly by: string };
}

/** What holds of every restraint: whoever adds one runs this suite with it. */
export function describeRestraint({ restraint, holds }: RestraintCase): void {
  const stands: Stands = { action: 'allow', isOver: true, floor: 'allow' };

  it('holds back what it is there for, and is named by its code', () => {
    const { claim, asked, by } = restrain(holds.claim, stands, holds.circumstances, [restraint]);
    expect(strengthOf(dueOf(claim))).toBeLessThan(strengthOf(asked));
    expect(by).toEqual([holds.by]);
    expect(decisionSchema.shape.data.shape.restrained_by.safeParse(by).success).toBe(true);
  });

  it('never strengthens, and lets nothing through that another held', () => {
    fc.assert(
      fc.property(claims, anyCircumstances, (claim, circumstances) => {
        const after = restraint(claim, circumstances)?.claim ?? claim;
        expect(strengthOf(after.scoreAction)).toBeLessThanOrEqual(strengthOf(claim.scoreAction));
        expect(strengthOf(after.rulesAction)).toBeLessThanOrEqual(strengthOf(claim.rulesAction));
        expect(strengthOf(after.listAction ?? 'allow')).toBeLessThanOrEqual(strengthOf(claim.listAction ?? 'allow'));
        expect(strengthOf(after.groupAction ?? 'allow')).toBeLessThanOrEqual(strengthOf(claim.groupAction ?? 'allow'));
        if (!claim.mayLift) expect(after.mayLift).toBe(false);
      }),
    );
  });

  it('keeps what was asked for, and is named where it made a difference and only there', () => {
    fc.assert(
      fc.property(claims, standing, anyCircumstances, (claim, before, circumstances) => {
        const left = restrain(claim, before, circumstances, [restraint]);
        expect(left.asked).toBe(dueOf(claim));
        const isSame =
          dueOf(left.claim) === dueOf(claim) && actionAfter(left.claim, before) === actionAfter(claim, before);
        expect(left.by.length > 0).toBe(!isSame);
      }),
    );
  });

  it('is pure: the same again gives the same, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(claims, anyCircumstances, (claim, circumstances) => {
        const frozen = Object.freeze({ ...circumstances, degraded: Object.freeze([...circumstances.degraded]) });
        const first = restraint(Object.freeze({ ...claim }), frozen);
        expect(restraint(Object.freeze({ ...claim }), frozen)).toEqual(first);
      }),
    );
  });

  it('leaves its own result as it is', () => {
    fc.assert(
      fc.property(claims, anyCircumstances, (claim, circumstances) => {
        const once = restraint(claim, circumstances)?.claim ?? claim;
        expect(restraint(once, circumstances)?.claim ?? once).toEqual(once);
      }),
    );
  });

  it('leaves of a stronger score no less than of a weaker one', () => {
    fc.assert(
      fc.property(claims, action, anyCircumstances, (claim, other, circumstances) => {
        const [weaker, stronger] = [claim.scoreAction, other].toSorted((a, b) => strengthOf(a) - strengthOf(b));
        const left = (scoreAction: Claim['scoreAction']): number => {
          const given = { ...claim, scoreAction };
          return strengthOf((restraint(given, circumstances)?.claim ?? given).scoreAction);
        };
        expect(left(stronger!)).toBeGreaterThanOrEqual(left(weaker!));
      }),
    );
  });
}
