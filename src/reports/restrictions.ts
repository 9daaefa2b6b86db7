import type { Action } from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import { findingOf, type Finding } from './finding.ts';
import type { DecisionRow, WordRow } from './record.ts';

/** What a restriction takes away: the account, or a part of the service until something is done. */
export type Measure = 'account' | 'service';

/** An account that could less from a time on. */
export interface Restriction {
  /** The decision that imposed it. */
  readonly decision: string;
  /** Null where the account was forgotten. */
  readonly account: number | null;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly measure: Measure;
  readonly cause: DecisionRow['cause'];
  readonly finding: Finding;
  /** Ids of the rules that asked for it. */
  readonly rules: readonly string[];
  /** When the account was created; null where that is not known. */
  readonly createdMs: number | null;
  /** Whether somebody had reported it, then or in the 7 days before; null where that is not known. */
  readonly wasReported: boolean | null;
  /** A complaint brought it: somebody looked, and found more. */
  readonly isOfComplaint: boolean;
}

/**
 * How a restriction ended: by an accepted appeal; by what the platform found out by itself; by its time being over; by another
 * measure in its place; with the account.
 */
export type Ending = 'appeal' | 'own' | 'time' | 'replaced' | 'erasure';

/** What happens to restrictions, one thing at a time. */
export type Turn =
  | { readonly kind: 'imposed'; readonly timeMs: number; readonly restriction: Restriction }
  | { readonly kind: 'ended'; readonly timeMs: number; readonly restriction: Restriction; readonly how: Ending }
  /** A signup that never became an account: nobody was restricted. */
  | { readonly kind: 'refused-at-creation'; readonly timeMs: number; readonly decision: string }
  /** A signup of which is not known whether it became an account. */
  | { readonly kind: 'unknown-account'; readonly timeMs: number; readonly restriction: Restriction }
  /** An appeal that was decided, about a restriction where one is known. */
  | {
      readonly kind: 'complaint';
      readonly timeMs: number;
      readonly outcome: 'upheld' | 'reversed';
      readonly account: number | null;
      readonly restriction: Restriction | undefined;
      /** From its sending to the decision, milliseconds; null where that is not known. */
      readonly tookMs: number | null;
    };

interface AccountState {
  /** Those of the account, the last one last. */
  readonly restrictions: Restriction[];
  standing: Restriction | undefined;
  /** A machine asked for a look, and nobody has answered. */
  isAsked: boolean;
  exists: boolean | null;
  createdMs: number | null;
}

/**
 * Follows the restrictions of all accounts through what was decided and said, in the order of time. A restriction lasts until a decision says less or
 * other: one that says the same again imposes nothing. Decisions of accounts that were forgotten stand for themselves: nothing
 * says any more which belong together.
 */
export class Restrictions {
  readonly #measures: ReadonlyMap<Action, Measure>;
  readonly #accounts = new Map<number, AccountState>();

  /** @param restricting the actions by which this platform restricts an account. */
  constructor(restricting: readonly Action[]) {
    this.#measures = new Map(restricting.map((action) => [action, action === 'block' ? 'account' : 'service']));
  }

  takeDecision(row: DecisionRow): readonly Turn[] {
    if (row.mode !== 'enforce') return [];
    const state = this.#stateOf(row.account);
    const exists = existsAfter(row, state.exists);
    const measure = this.#measures.get(row.action);
    const { timeMs } = row;
    state.exists = exists;
    state.createdMs ??= row.createdMs;
    const turns: Turn[] = [];
    const wasAsked = state.isAsked;
    state.isAsked = row.action === 'review' && row.cause !== 'label';
    if (measure !== undefined && exists === false) return [{ kind: 'refused-at-creation', timeMs, decision: row.id }];
    if (measure !== undefined && exists === null)
      return [{ kind: 'unknown-account', timeMs, restriction: restrictionOf(row, measure, state, wasAsked) }];
    const { standing } = state;
    if (standing?.measure === measure) return turns;
    if (standing !== undefined)
      turns.push({ kind: 'ended', timeMs, restriction: standing, how: endingOf(row, measure) });
    state.standing = measure === undefined ? undefined : restrictionOf(row, measure, state, wasAsked);
    if (state.standing !== undefined) {
      state.restrictions.push(state.standing);
      turns.push({ kind: 'imposed', timeMs, restriction: state.standing });
    }
    return turns;
  }

  takeWord({ type, saidBy, label, account, decision, timeMs, askedMs }: WordRow): readonly Turn[] {
    if (type !== 'account.labelled' || saidBy !== 'appeal' || label === null) return [];
    const { restrictions } = this.#stateOf(account);
    const restriction = restrictions.find((one) => one.decision === decision) ?? restrictions.at(-1);
    const outcome = label === 'genuine' ? 'reversed' : 'upheld';
    // Sent after it was decided, or in the year 1: somebody's clock is wrong, and nothing is known.
    const isKnown = askedMs !== null && askedMs <= timeMs && timeMs - askedMs <= limits.accountAgeMsMax;
    const tookMs = isKnown ? timeMs - askedMs : null;
    return [{ kind: 'complaint', timeMs, outcome, account, restriction, tookMs }];
  }

  #stateOf(account: number | null): AccountState {
    const known = account === null ? undefined : this.#accounts.get(account);
    if (known !== undefined) return known;
    const state: AccountState = {
      restrictions: [],
      standing: undefined,
      isAsked: false,
      exists: null,
      createdMs: null,
    };
    if (account !== null) this.#accounts.set(account, state);
    return state;
  }
}

/** Whether there is an account: as the decision says; else whatever is no signup is about one, unless all before it were signups in vain. */
function existsAfter({ exists, eventType, cause }: DecisionRow, former: boolean | null): boolean | null {
  if (exists !== null) return exists || former === true;
  if (eventType === 'account.signup') return former === true ? true : null;
  return cause === 'event' ? true : (former ?? true);
}

function endingOf({ cause, saidBy, restrainedBy }: DecisionRow, next: Measure | undefined): Ending {
  if (next !== undefined) return 'replaced';
  if (cause === 'erasure') return 'erasure';
  if (cause === 'label') return saidBy === 'appeal' ? 'appeal' : 'own';
  // Evidence alone lifts nothing before its time; people who let the account through do.
  return cause === 'event' && !restrainedBy.some((restraint) => restraint.startsWith('list:')) ? 'time' : 'own';
}

function restrictionOf(row: DecisionRow, measure: Measure, state: AccountState, wasAsked: boolean): Restriction {
  return {
    decision: row.id,
    account: row.account,
    timeMs: row.timeMs,
    measure,
    cause: row.cause,
    finding: findingOf(row, wasAsked),
    rules: row.rules.map((rule) => rule.slice(0, rule.lastIndexOf('@'))),
    createdMs: state.createdMs,
    wasReported: row.eventType === 'account.reported' ? true : row.reported,
    isOfComplaint: row.cause === 'label' && row.saidBy === 'appeal',
  };
}
