import { isWithin, monthsOf, type Period } from '../period.ts';
import type { Restriction, Turn } from '../restrictions.ts';

/** What a span of time counted. */
export interface SpanCounts {
  readonly actioned: number;
  readonly refusedAtCreation: number;
  readonly unknownAccounts: number;
  /** Of `actioned`. */
  readonly proactive: number;
  readonly proactiveUnknown: number;
  readonly appealed: number;
  readonly appealsAccepted: number;
  readonly restoredAfterAppeal: number;
  readonly restoredWithoutAppeal: number;
}

/** What brought restrictions: a rule by its id, the score, people, a group, a list. */
export interface CauseCount {
  readonly cause: string;
  readonly actioned: number;
  /** Of these, restored by the cut-off, by whatever way. */
  readonly restored: number;
}

export interface QuarterCounts {
  readonly whole: SpanCounts;
  readonly months: readonly { readonly name: string; readonly counts: SpanCounts }[];
  /** The most frequent first; an account counts under every rule that asked for it. */
  readonly causes: readonly CauseCount[];
}

/** Counts turns of a quarter, in any order. */
export class QuarterCounter {
  readonly #period: Period;
  readonly #whole: Span;
  readonly #months: readonly { readonly period: Period; readonly span: Span }[];
  readonly #causes = new Map<string, { actioned: number; restored: number }>();

  constructor(period: Period) {
    this.#period = period;
    this.#whole = new Span();
    this.#months = monthsOf(period).map((month) => ({ period: month, span: new Span() }));
  }

  take(turn: Turn): void {
    this.#countCauses(turn);
    if (!isWithin(this.#period, turn.timeMs)) return;
    this.#whole.take(turn);
    this.#months.find(({ period }) => isWithin(period, turn.timeMs))!.span.take(turn);
  }

  counts(): QuarterCounts {
    return {
      whole: this.#whole.counts(),
      months: this.#months.map(({ period, span }) => ({ name: period.name, counts: span.counts() })),
      causes: [...this.#causes]
        .map(([cause, count]) => ({ cause, ...count }))
        .toSorted((first, second) => second.actioned - first.actioned || (first.cause < second.cause ? -1 : 1)),
    };
  }

  /** Restored also after the quarter: what a rule brought is told with all that is known of it. */
  #countCauses(turn: Turn): void {
    if (turn.kind !== 'imposed' && turn.kind !== 'ended') return;
    if (!isWithin(this.#period, turn.restriction.timeMs)) return;
    const isRestored = turn.kind === 'ended' && (turn.how === 'appeal' || turn.how === 'own');
    for (const cause of causesOf(turn.restriction)) {
      const count = this.#causes.get(cause) ?? { actioned: 0, restored: 0 };
      if (turn.kind === 'imposed') count.actioned++;
      else if (isRestored) count.restored++;
      this.#causes.set(cause, count);
    }
  }
}

function causesOf({ rules, cause, finding }: Restriction): readonly string[] {
  if (rules.length > 0) return rules.map((rule) => `rule ${rule}`);
  switch (cause) {
    case 'event':
      return ['score alone, or an entry of a list'];
    case 'label':
      if (finding.automation === 'fully') return [finding.isDetectedByMachine ? 'trap' : 'chargeback'];
      return [finding.automation === 'partly' ? 'person whom a machine had asked' : 'person'];
    case 'operator':
      return ['command of a person'];
    default:
      return [cause];
  }
}

/** Accounts once, by their number; who was forgotten counts for each of his decisions, since nothing tells them apart. */
class Span {
  readonly #actioned = new Accounts();
  readonly #proactive = new Accounts();
  readonly #proactiveUnknown = new Accounts();
  readonly #appealed = new Accounts();
  readonly #restoredAfterAppeal = new Accounts();
  readonly #restoredWithoutAppeal = new Accounts();
  #refusedAtCreation = 0;
  #unknownAccounts = 0;
  #appealsAccepted = 0;

  take(turn: Turn): void {
    switch (turn.kind) {
      case 'imposed':
        this.#impose(turn.restriction);
        break;
      case 'ended':
        if (turn.how === 'appeal') this.#restoredAfterAppeal.add(turn.restriction.account);
        else if (turn.how === 'own') this.#restoredWithoutAppeal.add(turn.restriction.account);
        break;
      case 'complaint':
        this.#appealed.add(turn.account);
        if (turn.outcome === 'reversed') this.#appealsAccepted++;
        break;
      case 'refused-at-creation':
        this.#refusedAtCreation++;
        break;
      case 'unknown-account':
        this.#unknownAccounts++;
        break;
    }
  }

  /** The first time in the span says whether it was proactive. */
  #impose({ account, wasReported, finding }: Restriction): void {
    if (!this.#actioned.add(account)) return;
    const isReported = finding.source === 'own' ? wasReported : true;
    if (isReported === null) this.#proactiveUnknown.add(account);
    else if (!isReported) this.#proactive.add(account);
  }

  counts(): SpanCounts {
    return {
      actioned: this.#actioned.size,
      refusedAtCreation: this.#refusedAtCreation,
      unknownAccounts: this.#unknownAccounts,
      proactive: this.#proactive.size,
      proactiveUnknown: this.#proactiveUnknown.size,
      appealed: this.#appealed.size,
      appealsAccepted: this.#appealsAccepted,
      restoredAfterAppeal: this.#restoredAfterAppeal.size,
      restoredWithoutAppeal: this.#restoredWithoutAppeal.size,
    };
  }
}

class Accounts {
  readonly #known = new Set<number>();
  #forgotten = 0;

  /** Whether it is a new one. */
  add(account: number | null): boolean {
    if (account === null) this.#forgotten++;
    else if (this.#known.has(account)) return false;
    else this.#known.add(account);
    return true;
  }

  get size(): number {
    return this.#known.size + this.#forgotten;
  }
}
