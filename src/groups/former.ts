import type { EntityKeyHasher } from '../features/entity-key.ts';
import { isSame, valueText } from '../history/group-memory.ts';
import { strengthOf, type Action } from '../domain/decision.ts';
import {
  compactKey,
  type AccountKey,
  type GroupMember,
  type GroupSighting,
  type SharedValue,
  type Told,
} from '../domain/group-member.ts';
import { hashOfTerms, type GroupMode, type GroupTerms } from '../domain/group-terms.ts';
import { verdictsPerBatchMax, type FoundVerdict, type GroupVerdict } from '../domain/group-verdict.ts';
import type { GroupBatch, GroupFinder, GroupFindings, GroupStore, HeldValue, ToldChange } from '../group-ports.ts';
import { cohortOf, judge, otherTies, type Finding, type MemberFinding } from './cohort.ts';
import { accountOf, sightingsOf, type RowSighting } from './sight.ts';

/** What is found, and what is to be remembered once it was delivered. */
interface News {
  /** By which all of it is found. */
  readonly terms: string;
  readonly verdicts: FoundVerdict[];
  readonly told: ToldChange[];
  readonly common: SharedValue[];
  /** Groups that said nothing before. */
  formed: number;
  /** By account, what some group asks less of it than it did. */
  readonly lessened: Map<string, Lessened>;
}

/** An account of which a group asks less than it did. */
interface Lessened {
  readonly member: GroupMember;
  /** The least that a group asks now. */
  action: Action;
  /** The last record by which one was found to ask less, and its time: what is said after that comes after it. */
  row: number;
  timeMs: number;
}

/** Sees what groups say. @param formed how many of them said nothing before. */
export type OnFound = (verdicts: readonly FoundVerdict[], mode: GroupMode, formed: number) => void;

const nothingFound: GroupFindings = Object.freeze({ verdicts: [], delivered: () => Promise.resolve() });

/** Finds groups of accounts that have something in common. */
export class GroupFormer implements GroupFinder {
  readonly #store: GroupStore;
  readonly #hasher: EntityKeyHasher;
  readonly #terms: () => GroupTerms;
  readonly #onFound: OnFound;

  /**
   * @param terms what the policy in force says; asked once a batch.
   * @param onFound sees what groups say, also where they are only watched.
   */
  constructor(store: GroupStore, hasher: EntityKeyHasher, terms: () => GroupTerms, onFound: OnFound = () => undefined) {
    this.#store = store;
    this.#hasher = hasher;
    this.#terms = terms;
    this.#onFound = onFound;
  }

  async find(batch: GroupBatch): Promise<GroupFindings> {
    const terms = this.#terms();
    const sightings = await this.#forgetErased(batch, sightingsOf(batch, terms, this.#hasher));
    if (sightings.length === 0) return nothingFound;
    const held = await this.#store.take(sightings.map(({ sighting }) => sighting));
    if (held.length === 0) return nothingFound;
    const news = newsOf(held, sightings, terms, await this.#countedBy(held, terms));
    await this.#sayAgain(news, terms);
    const { verdicts, told, common, formed } = news;
    this.#onFound(verdicts, terms.mode, formed);
    const remember = async (): Promise<void> => {
      if (told.length > 0 || common.length > 0) await this.#store.tell(told, common);
    };
    if (terms.mode === 'enforce' && verdicts.length > 0) return { verdicts, delivered: remember };
    await remember();
    return nothingFound;
  }

  /**
   * Adds what other groups ask of accounts of which one asks less than it did. What stands was brought by one group, and what the others asked
   * for changed nothing: so it is said again once that one has let go.
   */
  async #sayAgain(news: News, terms: GroupTerms): Promise<void> {
    const isShadow = terms.mode !== 'enforce';
    const lessened = [...news.lessened.values()].filter(({ member, action }) =>
      member.values.some(({ told }) => told?.isShadow === isShadow && strengthOf(told.action) > strengthOf(action)),
    );
    if (lessened.length === 0) return;
    const held = await this.#store.take(lessened.map(quietSightingOf));
    const accountsOf = await this.#countedBy(held, terms);
    const said = new Set(news.told.map(({ account, value }) => toldKey(account, value)));
    for (const group of held) {
      const finding = judge(group, terms, accountsOf);
      for (const about of finding.members) {
        const less = news.lessened.get(compactKey(about.member));
        if (less === undefined || strengthOf(about.action) <= strengthOf(less.action)) continue;
        if (said.has(toldKey(about.member, group.value)) || news.verdicts.length >= verdictsPerBatchMax) continue;
        const former = toldOf(about, group.value, isShadow);
        const change = { about, revision: former.revision + 1, formerMs: former.timeMs };
        say(news, group, finding, change, less, isShadow);
      }
    }
  }

  /** Forgets whose account goes. Returns the sightings without theirs from before. */
  async #forgetErased(batch: GroupBatch, sightings: readonly RowSighting[]): Promise<readonly RowSighting[]> {
    const erased = new Map<string, number>();
    for (const row of batch.rows) {
      if (batch.observations.erases[row] !== 1) continue;
      const account = accountOf(batch, row);
      erased.set(compactKey(account), row);
      await this.#store.forget(account);
    }
    if (erased.size === 0) return sightings;
    return sightings.filter(({ row, sighting }) => row > (erased.get(compactKey(sighting)) ?? -1));
  }

  /** How many accounts have each of the values by which these groups are judged. */
  async #countedBy(held: readonly HeldValue[], terms: GroupTerms): Promise<(value: SharedValue) => number> {
    const counts = new Map(
      held.map(({ value, holders, isCommon }) => [compactKey(value), isCommon ? Infinity : holders.length]),
    );
    const others = new Map(
      held
        .flatMap((group) => otherTies(group, terms))
        .flatMap((value) => (counts.has(compactKey(value)) ? [] : [[compactKey(value), value] as const])),
    );
    if (others.size > 0) {
      const accounts = await this.#store.count([...others.values()]);
      for (const [index, text] of [...others.keys()].entries()) counts.set(text, accounts[index]!);
    }
    return (value) => counts.get(compactKey(value)) ?? Infinity;
  }
}

/** What groups say now and did not say before. A group whose verdicts do not all fit says nothing. */
function newsOf(
  held: readonly HeldValue[],
  sightings: readonly RowSighting[],
  terms: GroupTerms,
  accountsOf: (value: SharedValue) => number,
): News {
  const news: News = {
    terms: hashOfTerms(terms),
    verdicts: [],
    told: [],
    common: [],
    formed: 0,
    lessened: new Map(),
  };
  const isShadow = terms.mode !== 'enforce';
  for (const group of held) {
    const finding = judge(group, terms, accountsOf);
    const changes = finding.members.flatMap((about) => {
      const former = toldOf(about, group.value, isShadow);
      if (about.action === former.action) return [];
      const isLess = strengthOf(about.action) < strengthOf(former.action);
      return [{ about, revision: former.revision + 1, formerMs: former.timeMs, isLess }];
    });
    if (news.verdicts.length + changes.length > verdictsPerBatchMax) continue;
    if (changes.length > 0) {
      if (hasSaidNothing(finding, group.value)) news.formed++;
      add(news, group, finding, changes, lastOf(group, sightings), isShadow);
    }
    if (isEnded(group, terms)) news.common.push(group.value);
  }
  return news;
}

/** What a group says of an account, for the how-manieth time. */
interface Change {
  readonly about: MemberFinding;
  readonly revision: number;
  /** When the group last spoke of it; -Infinity where it never did. */
  readonly formerMs: number;
}

function add(
  news: News,
  group: HeldValue,
  finding: Finding,
  changes: readonly (Change & { readonly isLess: boolean })[],
  { row, sighting: { timeMs } }: RowSighting,
  isShadow: boolean,
): void {
  for (const { isLess, ...change } of changes) {
    const saidMs = say(news, group, finding, change, { row, timeMs }, isShadow);
    if (isLess) lessen(news.lessened, change.about, row, saidMs);
  }
}

/** Adds one verdict; returns its time. */
function say(
  { verdicts, told, terms }: News,
  { value }: HeldValue,
  finding: Finding,
  { about, revision, formerMs }: Change,
  { row, timeMs: foundMs }: { readonly row: number; readonly timeMs: number },
  isShadow: boolean,
): number {
  const { action, member } = about;
  // A word that is dated before the group's last one takes that back all the same: the member must not hold it for overtaken.
  const timeMs = Math.max(foundMs, formerMs);
  verdicts.push({ row, verdict: verdictOf(cohortOf(value), finding, about, revision, terms, timeMs) });
  told.push({ account: member, value, told: { action, revision, timeMs, isShadow } });
  return timeMs;
}

function lessen(lessened: Map<string, Lessened>, { member, action }: MemberFinding, row: number, timeMs: number): void {
  const key = compactKey(member);
  const known = lessened.get(key);
  if (known === undefined) {
    lessened.set(key, { member, action, row, timeMs });
    return;
  }
  if (strengthOf(action) < strengthOf(known.action)) known.action = action;
  known.row = Math.max(known.row, row);
  known.timeMs = Math.max(known.timeMs, timeMs);
}

/** That an account is to be looked at in all of its groups: it tells nothing new of it. */
function quietSightingOf({ member, timeMs }: Lessened): GroupSighting {
  const { keyHigh, keyLow, subject, createdMs, word } = member;
  const nothing = { values: [], score: 0, isActedOn: false, proof: null };
  return { keyHigh, keyLow, subject, createdMs, word, timeMs, isNews: true, ...nothing };
}

function toldKey(account: AccountKey, value: SharedValue): string {
  return `${compactKey(account)} ${valueText(value)}`;
}

/** Whether a group has never spoken of any of its accounts. */
function hasSaidNothing({ members }: Finding, value: SharedValue): boolean {
  return members.every(({ member }) => member.values.every((own) => !isSame(own, value) || own.told === null));
}

/** Whether more have a value than can ever make a group of it, so that its holders need not be known any more. */
function isEnded({ holders, isCommon }: HeldValue, { holdersMax }: GroupTerms): boolean {
  return !isCommon && holders.length > holdersMax;
}

/** The last of the sightings that touch a group. */
function lastOf({ holders }: HeldValue, sightings: readonly RowSighting[]): RowSighting {
  const accounts = new Set(holders.map(compactKey));
  // Where so many have the value that nobody knows them, there is nothing to say, and any will do.
  return sightings.findLast(({ sighting }) => accounts.has(compactKey(sighting))) ?? sightings[0]!;
}

/** What a group last said of an account: nothing counts that was only watched, once groups act. */
function toldOf({ member }: MemberFinding, value: SharedValue, isShadow: boolean): Omit<Told, 'isShadow'> {
  const told = member.values.find((own) => isSame(own, value))?.told ?? null;
  if (told === null) return { action: 'allow', revision: 0, timeMs: -Infinity };
  return told.isShadow === isShadow ? told : { ...told, action: 'allow' };
}

function verdictOf(
  cohort: string,
  { kinds, size }: Finding,
  { member, action, due, heldBy, ties }: MemberFinding,
  revision: number,
  terms: string,
  timeMs: number,
): GroupVerdict {
  return { cohort, subject: member.subject, action, due, heldBy, revision, kinds, ties, size, terms, timeMs };
}
