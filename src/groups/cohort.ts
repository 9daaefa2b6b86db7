import { createHash } from 'node:crypto';
import { compactKey, type GroupMember, type SharedValue } from '../domain/group-member.ts';
import type { GroupTerms } from '../domain/group-terms.ts';
import { groupHolds, type EdgeKind, type GroupAction, type GroupHold, type GroupTie } from '../domain/group-verdict.ts';
import { valueText } from '../history/group-memory.ts';
import type { HeldValue } from '../group-ports.ts';
import { familyOf } from './ties.ts';

/** What a group says of one of its accounts. */
export interface MemberFinding {
  readonly member: GroupMember;
  readonly action: GroupAction;
  readonly due: GroupAction;
  readonly heldBy: readonly GroupHold[];
  readonly ties: readonly GroupTie[];
}

/** What a group says of all of its accounts. */
export interface Finding {
  readonly kinds: readonly EdgeKind[];
  /** Accounts of it, exempt ones too. */
  readonly size: number;
  /** One of each, in the order of the holders. */
  readonly members: readonly MemberFinding[];
}

/** A tie, and the value behind it. */
interface Tie extends GroupTie {
  readonly value: SharedValue;
}

const noTies: readonly never[] = Object.freeze([]);

/**
 * The group of all that have a value: a function of the value, which tells kind, epoch and what is shared. So it stays the same however
 * it grows, and ends with its epoch.
 */
export function cohortOf(value: SharedValue): string {
  const digest = createHash('sha256').update(valueText(value)).digest('hex');
  return `coh_${digest.slice(0, 32)}`;
}

/** Why an account can be no group's victim; undefined where it can. */
export function exemptionOf(member: GroupMember, terms: GroupTerms): 'aged' | 'proven' | 'genuine' | undefined {
  if (member.word?.isGenuine === true) return 'genuine';
  if (member.shownMs - member.createdMs >= terms.exemptAgeMs) return 'aged';
  return member.proofs.some((proof) => terms.exemptProofs.has(proof)) ? 'proven' : undefined;
}

/** Whether anything but the group speaks against an account: its score, a rule that fired, or a person. */
export function isEvident({ score, isActedOn, word }: GroupMember, terms: GroupTerms): boolean {
  return isActedOn || score >= terms.evidenceScoreMin || word?.isGenuine === false;
}

/** Bits that a value weighs which that many of all accounts have: the logarithm of how rare it is. 0 for one that all have. */
export function weightOf(accounts: number, population: number): number {
  return Math.max(0, Math.log2(population / accounts));
}

/**
 * Other values that several holders of a value have too, and that are independent of it: what `judge` has to know the number of holders
 * of. Empty where there is no group anyway.
 */
export function otherTies(held: HeldValue, terms: GroupTerms): readonly SharedValue[] {
  if (suspectsOf(held, terms) === null) return noTies;
  return [...sharedWithin(held, terms).values()]
    .filter(({ accounts, kind }) => accounts > 1 && familyOf[kind] !== familyOf[held.value.kind])
    .map(({ value }) => value);
}

/**
 * What the group of all that have a value says of each of them. Pure, and blind to the order in which they came.
 *
 * An account is judged that is not exempt and has evidence of its own; all others have nothing to fear, and have what was said of
 * them before taken back. Where enough are left, the group is looked at; where independent ties bind enough of them, those it binds are
 * blocked, unless too many exempt accounts are among all, or there are too many for a machine.
 *
 * @param accountsOf how many accounts of all have a value; Infinity where it is common.
 */
export function judge(held: HeldValue, terms: GroupTerms, accountsOf: (value: SharedValue) => number): Finding {
  const { value, holders, population } = held;
  const suspects = suspectsOf(held, terms);
  const size = holders.length;
  if (suspects === null) return { kinds: [value.kind], size, members: holders.map(released) };

  const shared = sharedWithin(held, terms);
  const weigh = (tie: Tie): number => weightOf(accountsOf(tie.value), population);
  const tiesBy = new Map(suspects.map((member) => [member, tiesOfMember(member, held, shared, terms, accountsOf)]));
  const isBound = (member: GroupMember): boolean => {
    const ties = tiesBy.get(member)!;
    return ties.length > 1 && ties.reduce((sum, tie) => sum + weigh(tie), 0) >= terms.blockWeightMin;
  };
  const bound = new Set(suspects.filter(isBound));
  const isLarge = suspects.length >= terms.blockAccountsMin;
  const exempt = holders.filter((member) => exemptionOf(member, terms) !== undefined).length;
  const holdsOfAll = {
    'honest-share': exempt / size > terms.exemptShareMax,
    size: size > terms.blockAccountsMax,
    'one-kind': bound.size < terms.blockAccountsMin,
  };

  const members = holders.map((member): MemberFinding => {
    const ties = tiesBy.get(member);
    if (ties === undefined) return released(member);
    const told = ties.toSorted((a, b) => weigh(b) - weigh(a)).map(({ kind, accounts }) => ({ kind, accounts }));
    if (!isLarge) return { member, action: 'review', due: 'review', heldBy: [], ties: told };
    const heldBy = groupHolds.filter((hold) => holdsOfAll[hold] || (hold === 'one-kind' && !bound.has(member)));
    return { member, action: heldBy.length === 0 ? 'block' : 'review', due: 'block', heldBy, ties: told };
  });
  const kinds = new Set(members.flatMap(({ ties }) => ties.map(({ kind }) => kind)));
  return { kinds: [...kinds], size, members };
}

/** Those of a group that it may speak of; null where they are too few, or what ties them is nothing much. */
function suspectsOf(
  { value, holders, isCommon, population }: HeldValue,
  terms: GroupTerms,
): readonly GroupMember[] | null {
  if (terms.mode === 'off' || !terms.edges.has(value.kind)) return null;
  if (isCommon || holders.length > terms.holdersMax) return null;
  if (weightOf(holders.length, population) < terms.reviewWeightMin) return null;
  const suspects = holders.filter((member) => exemptionOf(member, terms) === undefined && isEvident(member, terms));
  const isMany =
    suspects.length >= terms.reviewAccountsMin && suspects.length / holders.length >= terms.evidenceShareMin;
  return isMany ? suspects : null;
}

/** By value, what holders of a value have of the same epoch, and how many of them. */
function sharedWithin({ value, holders }: HeldValue, terms: GroupTerms): ReadonlyMap<string, Tie> {
  const shared = new Map<string, Tie>();
  for (const own of holders.flatMap(({ values }) => values)) {
    if (own.epoch !== value.epoch || !terms.edges.has(own.kind)) continue;
    const text = compactKey(own);
    shared.set(text, { kind: own.kind, value: own, accounts: (shared.get(text)?.accounts ?? 0) + 1 });
  }
  return shared;
}

/** What binds an account to others of the group: the value by which they are one, and the rarest of each other family. */
function tiesOfMember(
  member: GroupMember,
  { value }: HeldValue,
  shared: ReadonlyMap<string, Tie>,
  terms: GroupTerms,
  accountsOf: (value: SharedValue) => number,
): readonly Tie[] {
  const own = shared.get(compactKey(value))!;
  const byFamily = new Map([[familyOf[value.kind], own]]);
  const others = member.values
    .flatMap((other) => shared.get(compactKey(other)) ?? [])
    .filter((tie) => tie.accounts > 1 && accountsOf(tie.value) <= terms.holdersMax)
    .toSorted(
      (a, b) => accountsOf(a.value) - accountsOf(b.value) || (compactKey(a.value) < compactKey(b.value) ? -1 : 1),
    );
  for (const tie of others) if (!byFamily.has(familyOf[tie.kind])) byFamily.set(familyOf[tie.kind], tie);
  return [...byFamily.values()];
}

function released(member: GroupMember): MemberFinding {
  return { member, action: 'allow', due: 'allow', heldBy: [], ties: [] };
}
