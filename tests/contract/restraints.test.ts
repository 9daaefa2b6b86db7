import { describe, expect, it } from 'vitest';
import { degraded } from '../../src/policy/restraint/degraded.ts';
import { oneGroup } from '../../src/policy/restraint/one-group.ts';
import { restraints } from '../../src/policy/restraint/restrain.ts';
import { describeRestraint, type RestraintCase } from './restraint-contract.ts';

const block = { scoreAction: 'block', rulesAction: 'allow', mayLift: true } as const;

const cases: Readonly<Record<string, RestraintCase>> = {
  degraded: {
    restraint: degraded,
    holds: { claim: block, circumstances: { degraded: ['store'], carriedBy: undefined }, by: 'degraded' },
  },
  'one group': {
    restraint: oneGroup,
    holds: { claim: block, circumstances: { degraded: [], carriedBy: 'device' }, by: 'one-group:device' },
  },
};

describe.each(Object.entries(cases))('the restraint %s', (_, one) => {
  describeRestraint(one);
});

it('every restraint of the chain is held to the contract', () => {
  expect(Object.values(cases).map(({ restraint }) => restraint)).toEqual(restraints);
});
