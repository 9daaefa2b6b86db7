import type { EntityKeyHasher } from '../features/entity-key.ts';
import { isSame } from '../history/group-memory.ts';
import { compactKey, type SharedValue, type Told } from '../domain/group-member.ts';
import type { GroupMode, GroupTerms } from '../domain/group-terms.ts';
import { verdictsPerBatchMax, type FoundVerdict, type GroupVerdict } from '../domain/group-verdict.ts';
import type { GroupBatch, GroupFinder, GroupFindings, GroupStore, HeldValue, ToldChange } from '../group-ports.ts';
import { cohortOf, judge, otherTies, type Finding, type MemberFinding } from './cohort.ts';
import { accountOf, sightingsOf, type RowSighting } from './sight.ts';

/** What is found, and what is to be remembered once it was delivered. */
interface News {
  readonly verdicts: FoundVerdict[];
  readonly told: ToldChange[];
  readonly common: SharedValue[];
}

export type OnFound = (verdicts: readonly FoundVerdict[], mode: GroupMode) => void;

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
    const { verdicts, told, common } = newsOf(held, sightings, terms, await this.#countedBy(held, terms));
    this.#onFound(verdicts, terms.mode);
    const remember = async (): Promise<void> => {
      if (told.length > 0 || common.length > 0) await this.#store.tell(told, common);
    };
    if (terms.mode === 'enforce' && verdicts.length > 0) return { verdicts, delivered: remember };
    await remember();
    return nothingFound;
  }

  /** Forgets who asked for it. Returns the sightings without theirs from before. */
  async #forgetErased(batch: GroupBatch, sightings: readonly RowSighting[]): Promise<readonly RowSighting[]> {
    const erased = new Map<string, number>();
    for (const row of batch.rows) {
      if (batch.facts[row]!.event.type !== 'account.erasure_requested') continue;
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
  const news: News = { verdicts: [], told: [], common: [] };
  const isShadow = terms.mode !== 'enforce';
  for (const group of held) {
    const finding = judge(group, terms, accountsOf);
    const changes = finding.members.flatMap((about) => {
      const former = toldOf(about, group.value, isShadow);
      return about.action === former.action ? [] : [{ about, revision: former.revision + 1, formerMs: former.timeMs }];
    });
    if (news.verdicts.length + changes.length > verdictsPerBatchMax) continue;
    if (changes.length > 0) add(news, group, finding, changes, lastOf(group, sightings), isShadow);
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
  { verdicts, told }: News,
  { value }: HeldValue,
  finding: Finding,
  changes: readonly Change[],
  { row, sighting }: RowSighting,
  isShadow: boolean,
): void {
  const cohort = cohortOf(value);
  for (const { about, revision, formerMs } of changes) {
    const { action, member } = about;
    // A word that is dated before the group's last one takes that back all the same: the member must not hold it for overtaken.
    const timeMs = Math.max(sighting.timeMs, formerMs);
    verdicts.push({ row, verdict: verdictOf(cohort, finding, about, revision, timeMs) });
    told.push({ account: member, value, told: { action, revision, timeMs, isShadow } });
  }
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
  timeMs: number,
): GroupVerdict {
  return { cohort, subject: member.subject, action, due, heldBy, revision, kinds, ties, size, timeMs };
}
