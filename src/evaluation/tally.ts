import assert from 'node:assert/strict';
import { actions, causingEventId, strengthOf, type Action, type Decision } from '../domain/decision.ts';
import type { FailureCode } from '../domain/failure.ts';
import type { GroupMode } from '../domain/group-terms.ts';
import type { FoundVerdict } from '../domain/group-verdict.ts';
import type { UnreadableMember } from '../domain/event.ts';
import type { EventFacts } from '../features/facts.ts';
import type { BatchReport } from '../telemetry.ts';
import { GroupTally, type GroupsSummary } from './group-tally.ts';

/** Who an account really is. */
export interface Truth {
  readonly label: 'fake' | 'genuine';
  readonly segment: string;
}

/** How good the decisions were, taken by account: an account counts as caught when it ever got the action or a stronger one. */
export interface Quality {
  readonly action: Action;
  readonly caught: number;
  /** Genuine accounts that got it. */
  readonly wronged: number;
  /** Of both, those for whom it, or something stronger, stands in the end: lifts count. */
  readonly ends: { readonly caught: number; readonly wronged: number };
  readonly precision: number;
  readonly recall: number;
  readonly falsePositiveRate: number;
}

export interface CampaignOutcome {
  readonly segment: string;
  readonly accounts: number;
  readonly blocked: number;
  /** Of those blocked, by a group before anything else. */
  readonly blockedByGroup: number;
  /** Blocked, or sent to review or a challenge. */
  readonly acted: number;
  /** Accounts that it had created when the first of them was blocked, by whatever; null when none was. */
  readonly createdBeforeFirstBlock: number | null;
  /** The same, when a group asked to block the first of them, be it only in shadow. */
  readonly createdBeforeGroupBlock: number | null;
}

/** What became of the honest people of one segment. */
export interface HonestOutcome {
  readonly segment: string;
  readonly accounts: number;
  /** By what blocked them first. */
  readonly blockedByOwn: number;
  readonly blockedByGroup: number;
  /** Whom some group asks to be looked at, or in shadow would. */
  readonly reviewedByGroup: number;
}

export interface ReplaySummary {
  readonly events: number;
  readonly accounts: number;
  readonly deadLetters: number;
  /** The same by code. */
  readonly deadLettersByCode: Readonly<Partial<Record<FailureCode, number>>>;
  /** Events of which a member said nothing that can be read. */
  readonly unreadable: Readonly<Partial<Record<UnreadableMember, number>>>;
  /** Labels of accounts that the stream does not have: their ids may be written otherwise. */
  readonly unusedLabels: number;
  readonly decisions: Readonly<Record<Action, number>>;
  /** Decisions that something held back: what was asked for, and what held it. */
  readonly heldBack: readonly { readonly by: string; readonly asked: Action; readonly count: number }[];
  readonly topReasons: readonly { readonly code: string; readonly count: number }[];
  readonly rules: readonly { readonly id: string; readonly mode: string; readonly count: number }[];
  /** Null without labels. */
  readonly quality: readonly Quality[] | null;
  readonly campaigns: readonly CampaignOutcome[];
  readonly groups: GroupsSummary;
  readonly honest: readonly HonestOutcome[];
}

const campaignPrefix = 'campaign:';
const honestPrefix = 'honest:';
const topReasonsMax = 8;
const [strengthMin, ...strengths] = actions.map(strengthOf) as [number, ...number[]];

/**
 * Keeps count of a replay. Holds one entry per account, so its memory grows with the accounts of the stream: a replay is a
 * bounded job, and a summary by account needs them.
 */
export class Tally {
  #events = 0;
  readonly #deadLetters = new Map<FailureCode, number>();
  readonly #unreadable: Partial<Record<UnreadableMember, number>> = {};
  readonly #decisions = Object.fromEntries(actions.map((action) => [action, 0])) as Record<Action, number>;
  readonly #reasons = new Map<string, number>();
  readonly #heldBack = new Map<string, { by: string; asked: Action; count: number }>();
  readonly #rules = new Map<string, { id: string; mode: string; count: number }>();
  /** Strongest action that each account ever got, in order of first sight. */
  readonly #strongest = new Map<string, number>();
  /** Strength of what stands for each account that something was decided of. */
  readonly #standing = new Map<string, number>();
  /** By segment: accounts seen so far, and how many had been seen at its first block. */
  readonly #created = new Map<string, { accounts: number; atFirstBlock: number | null; atGroupBlock: number | null }>();
  readonly #groups = new GroupTally();
  readonly #truth: ReadonlyMap<string, Truth>;

  constructor(truth: ReadonlyMap<string, Truth>) {
    this.#truth = truth;
  }

  get events(): number {
    return this.#events;
  }

  get decisions(): Readonly<Record<Action, number>> {
    return this.#decisions;
  }

  /**
   * Takes the events of a batch and what was decided about them, both in the order of the stream. One by one, so that no
   * figure depends on how the stream is cut into batches.
   */
  decided(facts: readonly EventFacts[], decisions: readonly Decision[]): void {
    let next = 0;
    for (const { event, unreadable } of facts) {
      // What groups say is no event of the stream.
      if (event.type !== 'account.group_verdict') this.#saw(event.subject, unreadable);
      const decision = decisions[next];
      if (decision === undefined || causingEventId(decision) !== event.id || decision.subject !== event.subject)
        continue;
      this.#decision(decision);
      next++;
    }
    assert.equal(next, decisions.length, 'each decision has its event in the batch');
  }

  /** Takes what groups said after a batch, whether or not they act. */
  grouped(verdicts: readonly FoundVerdict[], mode: GroupMode): void {
    this.#groups.says(verdicts, mode);
    for (const { verdict } of verdicts) if (verdict.action === 'block') this.#blocked(verdict.subject, 'atGroupBlock');
  }

  /** Takes what only the report knows. */
  reported(report: BatchReport): void {
    for (const [code, count] of Object.entries(report.deadLetters) as [FailureCode, number][]) {
      this.#deadLetters.set(code, (this.#deadLetters.get(code) ?? 0) + count);
    }
    for (const { id, mode, count } of report.rules) {
      const rule = this.#rules.get(`${mode} ${id}`);
      if (rule === undefined) this.#rules.set(`${mode} ${id}`, { id, mode, count });
      else rule.count += count;
    }
  }

  /** Reasons given most, first to last. */
  topReasons(most: number): ReplaySummary['topReasons'] {
    const sorted = Array.from(this.#reasons, ([code, count]) => ({ code, count })).toSorted(
      (first, second) => second.count - first.count,
    );
    return sorted.slice(0, most);
  }

  summary(): ReplaySummary {
    return {
      events: this.#events,
      accounts: this.#strongest.size,
      deadLetters: this.#deadLetters.values().reduce((sum, count) => sum + count, 0),
      deadLettersByCode: Object.fromEntries(this.#deadLetters),
      unreadable: { ...this.#unreadable },
      unusedLabels: this.#unusedLabels(),
      decisions: { ...this.#decisions },
      heldBack: [...this.#heldBack.values()].toSorted((first, second) => second.count - first.count),
      topReasons: this.topReasons(topReasonsMax),
      rules: [...this.#rules.values()].toSorted((first, second) => second.count - first.count),
      quality: this.#truth.size === 0 ? null : strengths.map((strength) => this.#quality(strength)).toReversed(),
      campaigns: this.#campaigns(),
      groups: this.#groups.summary((account) => this.#truth.get(account)?.label),
      honest: this.#honest(),
    };
  }

  #unusedLabels(): number {
    let unused = this.#truth.size;
    for (const account of this.#strongest.keys()) if (this.#truth.has(account)) unused--;
    return unused;
  }

  #saw(account: string, unreadable: EventFacts['unreadable']): void {
    for (const member of unreadable) this.#unreadable[member] = (this.#unreadable[member] ?? 0) + 1;
    this.#events++;
    if (!this.#strongest.has(account)) this.#first(account);
  }

  #first(account: string): void {
    this.#strongest.set(account, strengthMin);
    const segment = this.#truth.get(account)?.segment;
    if (segment === undefined) return;
    const created = this.#created.get(segment);
    if (created === undefined) this.#created.set(segment, { accounts: 1, atFirstBlock: null, atGroupBlock: null });
    else created.accounts++;
  }

  #decision(decision: Decision): void {
    const { action, cause, reasons, subject, due, restrainedBy } = decision;
    this.#groups.decided(decision);
    for (const by of restrainedBy ?? []) this.#held(by.split(':', 1)[0]!, due!);
    this.#decisions[action]++;
    for (const { code } of reasons) this.#reasons.set(code, (this.#reasons.get(code) ?? 0) + 1);
    const strength = strengthOf(action);
    const isChange = strength !== (this.#standing.get(subject) ?? strengthMin);
    this.#standing.set(subject, strength);
    // What people found is the measure, and not what is measured: neither their word, nor a decision that leaves it as it stands.
    if ((cause.kind !== 'event' && cause.kind !== 'group') || !isChange) return;
    if (strength > (this.#strongest.get(subject) ?? 0)) this.#strongest.set(subject, strength);
    if (action === 'block') this.#blocked(subject, 'atFirstBlock');
  }

  #held(by: string, asked: Action): void {
    const held = this.#heldBack.get(`${by} ${asked}`);
    if (held === undefined) this.#heldBack.set(`${by} ${asked}`, { by, asked, count: 1 });
    else held.count++;
  }

  #blocked(account: string, moment: 'atFirstBlock' | 'atGroupBlock'): void {
    const segment = this.#truth.get(account)?.segment;
    const created = segment === undefined ? undefined : this.#created.get(segment);
    // The blocked account itself had been created; the campaign had the others before it.
    if (created !== undefined) created[moment] ??= created.accounts - 1;
  }

  #quality(strength: number): Quality {
    let [caught, wronged, fake, genuine] = [0, 0, 0, 0];
    const ends = { caught: 0, wronged: 0 };
    for (const [account, strongest] of this.#strongest) {
      const label = this.#truth.get(account)?.label;
      const stands = this.#standing.get(account) ?? strengthMin;
      if (label === 'fake') {
        fake++;
        if (strongest >= strength) caught++;
        if (strongest >= strength && stands >= strength) ends.caught++;
      } else if (label === 'genuine') {
        genuine++;
        if (strongest >= strength) wronged++;
        if (strongest >= strength && stands >= strength) ends.wronged++;
      }
    }
    return {
      action: actions[strength]!,
      caught,
      wronged,
      ends,
      precision: caught / (caught + wronged),
      recall: caught / fake,
      falsePositiveRate: wronged / genuine,
    };
  }

  #campaigns(): readonly CampaignOutcome[] {
    const outcomes = new Map<string, { accounts: number; blocked: number; blockedByGroup: number; acted: number }>();
    for (const [account, strongest] of this.#strongest) {
      const segment = this.#truth.get(account)?.segment;
      if (segment === undefined || !segment.startsWith(campaignPrefix)) continue;
      const outcome = outcomes.get(segment) ?? { accounts: 0, blocked: 0, blockedByGroup: 0, acted: 0 };
      outcome.accounts++;
      if (strongest === strengthOf('block')) outcome.blocked++;
      if (this.#groups.blockerOf(account) === 'group') outcome.blockedByGroup++;
      if (strongest > strengthMin) outcome.acted++;
      outcomes.set(segment, outcome);
    }
    return Array.from(outcomes, ([segment, outcome]) => ({
      segment: segment.slice(campaignPrefix.length),
      ...outcome,
      createdBeforeFirstBlock: this.#created.get(segment)?.atFirstBlock ?? null,
      createdBeforeGroupBlock: this.#created.get(segment)?.atGroupBlock ?? null,
    })).toSorted((first, second) => (first.segment < second.segment ? -1 : 1));
  }

  #honest(): readonly HonestOutcome[] {
    const segmentOf = (account: string): string | undefined => {
      const segment = this.#truth.get(account)?.segment;
      return segment?.startsWith(honestPrefix) === true ? segment.slice(honestPrefix.length) : undefined;
    };
    const bySegment = Map.groupBy([...this.#strongest.keys()], segmentOf);
    return Array.from(bySegment, ([segment, accounts]) => ({
      segment: segment ?? '',
      accounts: accounts.length,
      blockedByOwn: accounts.filter((account) => this.#groups.blockerOf(account) === 'own').length,
      blockedByGroup: accounts.filter((account) => this.#groups.blockerOf(account) === 'group').length,
      reviewedByGroup: accounts.filter((account) => this.#groups.askedOf(account) === 'review').length,
    }))
      .filter(({ segment }) => segment !== '')
      .toSorted((first, second) => (first.segment < second.segment ? -1 : 1));
  }
}
