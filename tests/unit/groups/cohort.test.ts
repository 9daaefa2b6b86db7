import { describe, expect, it } from 'vitest';
import type { GroupMember, SharedValue } from '../../../src/domain/group-member.ts';
import { groupDefaults, type GroupTerms } from '../../../src/domain/group-terms.ts';
import { cohortPattern, groupEdgeKinds, type EdgeKind, type GroupHold } from '../../../src/domain/group-verdict.ts';
import { cohortOf, exemptionOf, isEvident, judge, otherTies, weightOf } from '../../../src/groups/cohort.ts';
import { familyOf } from '../../../src/groups/ties.ts';
import { mergeSighting } from '../../../src/history/group-memory.ts';
import { sighting, startMs, valuesOf, type PlainSighting } from '../../contract/group-sightings.ts';

const terms: GroupTerms = {
  ...groupDefaults,
  mode: 'enforce',
  edges: new Set(groupEdgeKinds),
  reviewAccountsMin: 3,
  blockAccountsMin: 5,
  blockAccountsMax: 10,
  holdersMax: 12,
};
const dayMs = 86_400_000;
const population = 100_000;
const rare = () => 5;

const member = (plain: PlainSighting): GroupMember => mergeSighting(undefined, sighting(plain))!;
const crowd = (size: number, shows: Partial<Record<EdgeKind, string>>, more: Partial<PlainSighting> = {}) =>
  Array.from({ length: size }, (_, index) => member({ account: index + 1, shows, ...more }));
const held = (holders: readonly GroupMember[], kind: EdgeKind = 'device', text = 'd') => ({
  value: valuesOf(kind, text)[0]!,
  holders,
  isCommon: false,
  population,
});
const judged = (
  holders: readonly GroupMember[],
  with_: Partial<GroupTerms> = {},
  accountsOf: (value: SharedValue) => number = rare,
) => judge(held(holders), { ...terms, ...with_ }, accountsOf);
const actionsOf = (...of: Parameters<typeof judged>) => judged(...of).members.map(({ action }) => action);
const holdsOf = (...of: Parameters<typeof judged>) => [
  ...new Set(judged(...of).members.flatMap(({ heldBy }) => heldBy)),
];
const repeat = (size: number, action: string) => Array<string>(size).fill(action);
const both = { device: 'd', avatar: 'a' } as const;
const isAvatar = ({ kind }: SharedValue) => kind === 'avatar';

describe('a group', () => {
  it('is blocked where two independent kinds of ties bind enough of it', () => {
    const finding = judged(crowd(6, both));
    expect(finding).toMatchObject({ size: 6, kinds: ['device', 'avatar'] });
    expect(finding.members.map(({ action }) => action)).toEqual(repeat(6, 'block'));
    expect(finding.members[0]).toMatchObject({ due: 'block', heldBy: [] });
    expect(finding.members[0]!.ties.map(({ accounts }) => accounts)).toEqual([6, 6]);
  });

  it.each<[EdgeKind, EdgeKind, boolean]>([
    ['device', 'avatar', true],
    ['device', 'mailbox', true],
    ['mailbox', 'bio', true],
    ['phone', 'text', true],
    ['device', 'name-template', false],
    ['mailbox', 'phone', false],
    ['avatar', 'bio', false],
    ['bio', 'text', false],
  ])('of %s and %s: they are independent: %s', (first, second, isIndependent) => {
    expect(familyOf[first] !== familyOf[second]).toBe(isIndependent);
    const holders = crowd(6, { [first]: 'x', [second]: 'y' });
    const finding = judge(held(holders, first, 'x'), terms, rare);
    expect(finding.members[0]).toMatchObject({
      due: 'block',
      action: isIndependent ? 'block' : 'review',
      heldBy: isIndependent ? [] : ['one-kind'],
    });
  });

  it.each<EdgeKind>(['device', 'mailbox', 'phone', 'avatar', 'bio', 'text', 'name-template'])(
    'by %s alone is looked at, whatever its size',
    (kind) => {
      const finding = judge(held(crowd(8, { [kind]: 'x' }), kind, 'x'), terms, rare);
      expect(finding.members.map(({ action }) => action)).toEqual(repeat(8, 'review'));
      expect(finding.kinds).toEqual([kind]);
    },
  );

  it('is nothing below the size of a review, and not blocked below that of a block', () => {
    expect(actionsOf(crowd(2, both))).toEqual(repeat(2, 'allow'));
    expect(actionsOf(crowd(3, both))).toEqual(repeat(3, 'review'));
    expect(judged(crowd(4, both)).members[0]).toMatchObject({ due: 'review', heldBy: [] });
    expect(actionsOf(crowd(5, both))).toEqual(repeat(5, 'block'));
  });

  it('looks at those of a blocked group whom only one kind binds', () => {
    const holders = [...crowd(6, both), member({ account: 7, shows: { device: 'd' } })];
    const finding = judged(holders);
    expect(finding.members.map(({ action }) => action)).toEqual([...repeat(6, 'block'), 'review']);
    expect(finding.members[6]!.heldBy).toEqual(['one-kind']);
  });

  it('leaves alone who has no evidence of its own, and is none where most have none', () => {
    const clean = (account: number) => member({ account, shows: both, score: 0.1 });
    expect(actionsOf([...crowd(6, both), clean(7)])).toEqual([...repeat(6, 'block'), 'allow']);
    expect(actionsOf([...crowd(3, both), clean(7), clean(8), clean(9), clean(10)])).toEqual(repeat(7, 'allow'));
  });

  it.each<[string, Partial<PlainSighting>]>([
    ['aged', { createdMs: startMs - terms.exemptAgeMs }],
    ['verified', { proof: 'phone' }],
    ['found genuine', { word: { saidMs: startMs, isGenuine: true } }],
  ])('leaves alone who is %s, and is looked at where such are too many', (_, more) => {
    const exempt = member({ account: 50, shows: both, ...more });
    expect(exemptionOf(exempt, terms)).toBeDefined();
    const finding = judged([...crowd(6, both), exempt]);
    expect(finding.members.map(({ action }) => action)).toEqual([...repeat(6, 'review'), 'allow']);
    expect(finding.members[0]!.heldBy).toEqual(['honest-share']);
  });

  it('is blocked all the same where of many one is exempt', () => {
    const holders = [...crowd(20, both), member({ account: 50, shows: both, proof: 'phone' })];
    const large = { holdersMax: 50, blockAccountsMax: 50 };
    expect(actionsOf(holders, large).filter((action) => action === 'block')).toHaveLength(20);
    expect(holdsOf([...holders, member({ account: 51, shows: both, proof: 'phone' })], large)).toEqual([
      'honest-share',
    ]);
  });

  it('does not take a mailbox that was verified for a person, unless the policy does', () => {
    const holders = crowd(6, both, { proof: 'email' });
    expect(actionsOf(holders)).toEqual(repeat(6, 'block'));
    expect(actionsOf(holders, { exemptProofs: new Set(['email'] as const) })).toEqual(repeat(6, 'allow'));
  });

  it('is not blocked by a machine above a size, and is none above the bound of holders', () => {
    expect(actionsOf(crowd(10, both))).toEqual(repeat(10, 'block'));
    expect(actionsOf(crowd(11, both))).toEqual(repeat(11, 'review'));
    expect(holdsOf(crowd(11, both))).toEqual(['size']);
    expect(actionsOf(crowd(13, both))).toEqual(repeat(13, 'allow'));
  });

  it('tells all that held it back', () => {
    const holders = [...crowd(11, { device: 'd' }), member({ account: 50, shows: both, proof: 'phone' })];
    expect(holdsOf(holders)).toEqual(['honest-share', 'size', 'one-kind'] satisfies GroupHold[]);
  });

  it('is none of what many have: ties weigh the logarithm of how rare they are', () => {
    expect(weightOf(1, 1_024)).toBe(10);
    expect(weightOf(512, 1_024)).toBe(1);
    expect(weightOf(2_000, 1_024)).toBe(0);
    expect(actionsOf(crowd(6, both), { reviewWeightMin: weightOf(6, population) + 0.01 })).toEqual(repeat(6, 'allow'));
    expect(actionsOf(crowd(6, both), { blockWeightMin: 2 * weightOf(5, population) + 0.01 })).toEqual(
      repeat(6, 'review'),
    );
  });

  it('is not bound by a second value that many others have: a picture that comes with the app', () => {
    expect(actionsOf(crowd(6, both), {}, (value) => (isAvatar(value) ? terms.holdersMax + 1 : 6))).toEqual(
      repeat(6, 'review'),
    );
    expect(actionsOf(crowd(6, both), {}, (value) => (isAvatar(value) ? Infinity : 6))).toEqual(repeat(6, 'review'));
  });

  it('is none of a kind that the policy does not ask for, nor while nobody seeks groups', () => {
    expect(actionsOf(crowd(6, both), { edges: new Set(['avatar'] as const) })).toEqual(repeat(6, 'allow'));
    expect(actionsOf(crowd(6, both), { edges: new Set(['device'] as const) })).toEqual(repeat(6, 'review'));
    expect(actionsOf(crowd(6, both), { mode: 'off' })).toEqual(repeat(6, 'allow'));
  });

  it('tells the rarest tie of a member first, one of each family', () => {
    const holders = crowd(6, { ...both, mailbox: 'm', bio: 'b' });
    const accounts: Partial<Record<EdgeKind, number>> = { device: 6, avatar: 100, bio: 7, mailbox: 20 };
    const wide = { holdersMax: 100 };
    const ties = judged(holders, wide, ({ kind }) => accounts[kind]!).members[0]!.ties;
    expect(ties.map(({ kind }) => kind)).toEqual(['device', 'bio', 'mailbox']);
  });

  it('asks for the number of holders of what could bind it, and of nothing else', () => {
    const holders = [
      ...crowd(6, { ...both, 'name-template': 'n' }),
      member({ account: 9, shows: { device: 'd', bio: 'own' } }),
    ];
    expect(otherTies(held(holders), terms).map(({ kind }) => kind)).toEqual(['avatar']);
    expect(otherTies(held(crowd(2, both)), terms)).toEqual([]);
  });

  it('is told by what was shared and when, and by nothing else', () => {
    const [value] = valuesOf('device', 'd');
    expect(cohortOf(value!)).toMatch(cohortPattern);
    expect(cohortOf({ ...value! })).toBe(cohortOf(value!));
    const others = [{ epoch: value!.epoch + 1 }, { kind: 'avatar' as const }, { keyLow: value!.keyLow + 1 }];
    expect(new Set([value!, ...others.map((other) => ({ ...value!, ...other }))].map(cohortOf)).size).toBe(4);
  });
});

describe('evidence of its own', () => {
  it.each<[string, Partial<PlainSighting>, boolean]>([
    ['a score that the policy names', { score: terms.evidenceScoreMin }, true],
    ['a lower score', { score: terms.evidenceScoreMin - 0.01 }, false],
    ['an action that stands without a group', { score: 0, isActedOn: true }, true],
    ['a person who found it fake', { score: 0, word: { saidMs: startMs, isGenuine: false } }, true],
    ['nothing', { score: 0 }, false],
  ])('is %s', (_, more, expected) => {
    expect(isEvident(member({ account: 1, shows: both, ...more }), terms)).toBe(expected);
  });

  it('of an account whose age nobody knows is no proof of age', () => {
    const unknown = member({ account: 1, shows: both, createdMs: Infinity });
    expect(exemptionOf(unknown, terms)).toBeUndefined();
    expect(exemptionOf(member({ account: 1, shows: both, createdMs: startMs - 29 * dayMs }), terms)).toBeUndefined();
  });
});
