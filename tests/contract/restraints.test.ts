import { describe, expect, it } from 'vitest';
import { calibration } from '../../src/policy/restraint/calibration.ts';
import { degraded } from '../../src/policy/restraint/degraded.ts';
import { group } from '../../src/policy/restraint/group.ts';
import { governor } from '../../src/policy/restraint/governor.ts';
import { holdOut } from '../../src/policy/restraint/hold-out.ts';
import { killSwitch } from '../../src/policy/restraint/kill-switch.ts';
import { listed } from '../../src/policy/restraint/listed.ts';
import { oneGroup } from '../../src/policy/restraint/one-group.ts';
import { protection } from '../../src/policy/restraint/protection.ts';
import { restraints } from '../../src/policy/restraint/restrain.ts';
import { describeRestraint, type RestraintCase } from './restraint-contract.ts';

const block = { scoreAction: 'block', rulesAction: 'allow', mayLift: true } as const;

const plain = {
  degraded: [],
  scoreHeldBy: undefined,
  carriedBy: undefined,
  isProtected: false,
  overridingAction: 'allow',
} as const;

const allowed = {
  list: 'friends',
  kind: 'allow',
  type: 'account',
  hash: '0123456789abcdef',
  reason: 'Known for years',
  author: 'tests',
  createdMs: 0,
  expiresMs: Infinity,
} as const;

const cases: Readonly<Record<string, RestraintCase>> = {
  'list that lets through': {
    restraint: listed,
    holds: {
      claim: { ...block, listAction: 'block' },
      circumstances: { ...plain, listed: { account: allowed, denied: undefined, entries: [allowed] } },
      by: 'list:friends:account:0123456789abcdef',
    },
  },
  degraded: {
    restraint: degraded,
    holds: { claim: block, circumstances: { ...plain, degraded: ['store'] }, by: 'degraded' },
  },
  calibration: {
    restraint: calibration,
    holds: { claim: block, circumstances: { ...plain, scoreHeldBy: 'uncalibrated' }, by: 'uncalibrated' },
  },
  'one group': {
    restraint: oneGroup,
    holds: { claim: block, circumstances: { ...plain, carriedBy: 'device' }, by: 'one-group:device' },
  },
  group: {
    restraint: group,
    holds: {
      claim: { ...block, scoreAction: 'allow', groupAction: 'block' },
      circumstances: { ...plain, group: { action: 'review', heldBy: ['honest-share'] } },
      by: 'group:honest-share',
    },
  },
  protection: {
    restraint: protection,
    holds: { claim: block, circumstances: { ...plain, isProtected: true }, by: 'protection' },
  },
  'kill switch': {
    restraint: killSwitch,
    holds: {
      claim: { ...block, rulesAction: 'block' },
      circumstances: { ...plain, isKilled: true },
      by: 'kill-switch',
    },
  },
  governor: {
    restraint: governor,
    holds: {
      claim: { ...block, scoreAction: 'review', rulesAction: 'block' },
      circumstances: { ...plain, governed: { score: undefined, rules: ['governor:rule:everybody:KZ'] } },
      by: 'governor:rule:everybody:KZ',
    },
  },
  'hold-out': {
    restraint: holdOut,
    holds: {
      claim: { ...block, rulesAction: 'review', groupAction: 'block' },
      circumstances: { ...plain, isHeldOut: true },
      by: 'hold-out',
    },
  },
};

describe.each(Object.entries(cases))('the restraint %s', (_, one) => {
  describeRestraint(one);
});

it('every restraint of the chain is held to the contract', () => {
  expect(Object.values(cases).map(({ restraint }) => restraint)).toEqual(restraints);
});
