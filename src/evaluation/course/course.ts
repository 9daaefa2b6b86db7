import { strengthOf, type Action, type Decision } from '../../domain/decision.ts';
import { isLabelEvent } from '../../domain/event.ts';
import { allowingEntry } from '../../domain/listed.ts';
import type { EventFacts } from '../../features/facts.ts';
import type { Judgement } from '../../steps/decide-batch.ts';
import { whereaboutsOf, type Whereabouts } from './whereabouts.ts';

/** What became of an account in a run over past events. */
export interface AccountCourse {
  readonly accountId: string;
  readonly whereabouts: Whereabouts;
  /** The strongest action that it ever got, or would have got had it not been let through. */
  readonly reached: Action;
  /** Event time at which it got that, milliseconds since the epoch; NaN for `allow`. */
  readonly reachedMs: number;
  /** What stands for it at the end: lifts count. */
  readonly ends: Action;
  /** Codes of the reasons for the strongest action, and the first of them in words. */
  readonly reasons: readonly string[];
  readonly why: string | null;
  /** What held back something stronger, each once. */
  readonly heldBy: ReadonlySet<string>;
  /** The strongest action that the score alone asked for, held back or not. */
  readonly scoreAsked: Action;
  /** When the score alone first asked for a block; NaN for never. */
  readonly scoreBlockMs: number;
  /** When each rule first fired, by its id, shadow rules too; whether the score let it act is another question. */
  readonly fired: ReadonlyMap<string, number>;
  /** The same of those that the score let act. */
  readonly heeded: ReadonlySet<string>;
  /** Whether people let it through by a list. */
  readonly isLetThrough: boolean;
}

interface Following extends AccountCourse {
  readonly whereabouts: Whereabouts;
  reached: Action;
  reachedMs: number;
  ends: Action;
  reasons: readonly string[];
  why: string | null;
  /** The action that they are for. */
  explained: Action;
  /** Event time of what was judged last. */
  judgedMs: number;
  readonly heldBy: Set<string>;
  scoreAsked: Action;
  scoreBlockMs: number;
  readonly fired: Map<string, number>;
  readonly heeded: Set<string>;
  isLetThrough: boolean;
}

/**
 * Follows each account through a run. Holds an entry per account, so that its memory grows with the accounts of the stream: a run over
 * past events is a bounded job.
 */
export class Course {
  readonly accounts = new Map<string, AccountCourse>();
  readonly #following = this.accounts as Map<string, Following>;
  /** Event time of the first and of the last event, milliseconds since the epoch. */
  firstMs = Infinity;
  lastMs = -Infinity;

  /** Takes what was judged of an event, told or not. */
  judged(facts: EventFacts, { score, fired, heeded, verdict, thresholds, listed }: Judgement): void {
    const { timeMs } = facts.event;
    const account = this.#accountOf(facts);
    for (const { id } of fired) if (!account.fired.has(id)) account.fired.set(id, timeMs);
    for (const { id } of heeded) account.heeded.add(id);
    if (listed !== undefined && allowingEntry(listed) !== undefined) account.isLetThrough = true;
    const asked = scoreActionOf(score, thresholds);
    if (strengthOf(asked) > strengthOf(account.scoreAsked)) account.scoreAsked = asked;
    if (asked === 'block' && Number.isNaN(account.scoreBlockMs)) account.scoreBlockMs = timeMs;
    for (const by of verdict.restrained?.by ?? []) account.heldBy.add(by.split(':', 1)[0]!);
    // Where nothing changes, what stands may be what a person said: that is no work of the machine.
    if (verdict.sample?.kind === 'hold-out') reach(account, 'block', timeMs);
    else if (verdict.changed) reach(account, verdict.action, timeMs);
    account.ends = verdict.action;
    account.judgedMs = timeMs;
  }

  /** Takes the decisions of a batch: reasons, and what people said. */
  decided(facts: readonly EventFacts[], decisions: readonly Decision[]): void {
    for (const each of facts) this.#accountOf(each);
    for (const { subject, action, cause, reasons, sample, timeMs } of decisions) {
      const account = this.#following.get(subject);
      if (account === undefined) continue;
      const taken = sample?.kind === 'hold-out' ? 'block' : action;
      // What was judged of the batch is known already: what was decided before that has been taken into account.
      if (cause.kind !== 'event' && timeMs >= account.judgedMs) account.ends = action;
      // What people found is the measure, and not what is measured; a group's verdict, or a list's, is.
      if (byPeople.has(cause.kind)) continue;
      if (cause.kind !== 'event') reach(account, taken, timeMs);
      if (strengthOf(taken) <= strengthOf(account.reached)) explain(account, taken, reasons);
    }
  }

  /** Days between the first event and the last, at least one. */
  get days(): number {
    return Math.max(1, (this.lastMs - this.firstMs) / 86_400_000);
  }

  #accountOf(facts: EventFacts): Following {
    const { subject, timeMs, type } = facts.event;
    this.firstMs = Math.min(this.firstMs, timeMs);
    this.lastMs = Math.max(this.lastMs, timeMs);
    const known = this.#following.get(subject);
    const account = known ?? newAccount(subject);
    if (known === undefined) this.#following.set(subject, account);
    // The first that is known counts: where an account came from does not change with where it is today.
    if (!isLabelEvent(type)) {
      const found = whereaboutsOf(facts);
      account.whereabouts.country ??= found.country!;
      account.whereabouts.language ??= found.language!;
      account.whereabouts.mail ??= found.mail!;
    }
    return account;
  }
}

function newAccount(accountId: string): Following {
  return {
    accountId,
    whereabouts: {},
    reached: 'allow',
    reachedMs: NaN,
    ends: 'allow',
    reasons: [],
    why: null,
    explained: 'allow',
    judgedMs: -Infinity,
    heldBy: new Set(),
    scoreAsked: 'allow',
    scoreBlockMs: NaN,
    fired: new Map(),
    heeded: new Set(),
    isLetThrough: false,
  };
}

const byPeople: ReadonlySet<string> = new Set(['label', 'operator', 'erasure']);

function reach(account: Following, taken: Action, timeMs: number): void {
  if (strengthOf(taken) <= strengthOf(account.reached)) return;
  account.reached = taken;
  account.reachedMs = timeMs;
}

/** The reasons for the strongest action are those that are kept. */
function explain(account: Following, taken: Action, reasons: Decision['reasons']): void {
  if (strengthOf(taken) <= strengthOf(account.explained)) return;
  account.explained = taken;
  account.reasons = reasons.map(({ code }) => code);
  account.why = reasons[0]?.publicText ?? reasons[0]?.text ?? null;
}

function scoreActionOf(score: number | null, thresholds: Judgement['thresholds']): Action {
  if (score === null) return 'allow';
  return (['block', 'review', 'challenge'] as const).find((action) => score >= thresholds[action]) ?? 'allow';
}
