import type { Finding } from '../finding.ts';
import { isWithin, type Period } from '../period.ts';
import { keywordOf, type Languages, type PlatformFacts } from '../platform-facts.ts';
import type { Measure, Restriction, Turn } from '../restrictions.ts';
import type { Keyword } from '../statements/statement.ts';

/** Measures of a kind. */
export interface MeasureCount {
  readonly keyword: Keyword;
  readonly measure: Measure;
  readonly isOwnInitiative: boolean;
  readonly isDetectedByMachine: boolean;
  /** Whether a machine found it and decided it alone. */
  readonly isSolelyAutomated: boolean;
  /** Of the account, as the regulation names it: `de`; null where the platform does not say. */
  readonly language: string | null;
  count: number;
}

export interface ComplaintCount {
  upheld: number;
  reversed: number;
  /** How long those took of which it is known, milliseconds. */
  readonly tookMs: number[];
}

/** What happened in a period, as the harmonised report counts it. */
export interface HarmonisedCounts {
  readonly measures: readonly MeasureCount[];
  /** By what the complaint was about; `unknown`: no restriction is known that it could be about. */
  readonly complaints: Readonly<Record<Measure | 'unknown', ComplaintCount>>;
  /** Restrictions that came of complaints. */
  readonly imposedByComplaint: number;
  /** Restricting decisions of which is not known whether there was an account: in no other count. */
  readonly unknownAccounts: number;
}

/** Counts turns, in any order. A restriction counts in the period in which it was imposed, a complaint in that in which it was decided. */
export class HarmonisedCounter {
  readonly #period: Period;
  readonly #facts: PlatformFacts;
  readonly #languages: Languages;
  readonly #measures = new Map<string, MeasureCount>();
  readonly #complaints = {
    account: { upheld: 0, reversed: 0, tookMs: [] as number[] },
    service: { upheld: 0, reversed: 0, tookMs: [] as number[] },
    unknown: { upheld: 0, reversed: 0, tookMs: [] as number[] },
  };
  #imposedByComplaint = 0;
  #unknownAccounts = 0;

  constructor(period: Period, facts: PlatformFacts, languages: Languages = new Map()) {
    this.#period = period;
    this.#facts = facts;
    this.#languages = languages;
  }

  take(turn: Turn): void {
    if (!isWithin(this.#period, turn.timeMs)) return;
    if (turn.kind === 'imposed') this.#impose(turn.restriction);
    else if (turn.kind === 'unknown-account') this.#unknownAccounts++;
    else if (turn.kind === 'complaint') this.#complain(turn);
  }

  counts(): HarmonisedCounts {
    return {
      measures: [...this.#measures.values()],
      complaints: this.#complaints,
      imposedByComplaint: this.#imposedByComplaint,
      unknownAccounts: this.#unknownAccounts,
    };
  }

  #complain({ restriction, outcome, tookMs }: Extract<Turn, { kind: 'complaint' }>): void {
    const count = this.#complaints[restriction?.measure ?? 'unknown'];
    count[outcome]++;
    if (tookMs !== null) count.tookMs.push(tookMs);
  }

  #impose({ account, rules, measure, finding, isOfComplaint }: Restriction): void {
    if (isOfComplaint) this.#imposedByComplaint++;
    const keyword = keywordOf(rules, this.#facts.keywordOfRule);
    const isOwnInitiative = isOwn(finding, this.#facts);
    const { isDetectedByMachine } = finding;
    const isSolelyAutomated = isDetectedByMachine && finding.automation === 'fully';
    const language = (account === null ? undefined : this.#languages.get(account)) ?? null;
    const kind = { keyword, measure, isOwnInitiative, isDetectedByMachine, isSolelyAutomated, language };
    const key = JSON.stringify(kind);
    const known = this.#measures.get(key);
    if (known === undefined) this.#measures.set(key, { ...kind, count: 1 });
    else known.count++;
  }
}

/** Not preceded by a notice under Article 16. */
function isOwn({ source }: Finding, { userReportsAre }: PlatformFacts): boolean {
  return source !== 'report' || userReportsAre !== 'notices';
}

export function sumOf(measures: readonly MeasureCount[], isMeant: (measure: MeasureCount) => boolean): number {
  return measures.filter(isMeant).reduce((sum, { count }) => sum + count, 0);
}
