import { strengthOf, type Action, type Mode, type Sample } from '../../domain/decision.ts';

/** What estimates read of a decision. */
export interface SampledDecision {
  /** What tells accounts apart: an archive numbers them. */
  readonly subject: string | number;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly mode: Mode;
  readonly action: Action;
  /** What stands where a person brought it: that is the measure, and not what is measured. */
  readonly isByPerson: boolean;
  readonly score: number | null;
  /** `name version` of the model that spoke. */
  readonly model: string;
  /** Rules that fired: those that asked for the action, and the others. */
  readonly rules: readonly { readonly id: string; readonly isShadow: boolean }[];
  readonly sample: Sample | undefined;
}

/** An account of a sample, in one period. */
export interface SampledAccount {
  readonly accountId: string;
  /** That it came into any sample. */
  readonly probability: number;
  /** The strongest action that it got, or would have got had it not been let through. */
  readonly reached: Action;
  /** What it is counted under (`rule:id`, `action:block` …), and with which probability it came into the sample as such a one. */
  readonly marks: ReadonlyMap<string, number>;
}

interface Gathered {
  readonly accountId: string | number;
  probability: number;
  reached: Action;
  /** Undefined until there is one: most accounts are in no sample. */
  marks: Map<string, number> | undefined;
  /** Marks that it had when it was in no sample: of challengers, whose decisions have none. */
  shadowMarks: Set<string> | undefined;
  isOver: boolean;
}

/** The mark of what people call a rule, by how it acts. */
export function markOfRule({ id, isShadow }: SampledDecision['rules'][number]): string {
  return `${isShadow ? 'shadow-rule' : 'rule'}:${id}`;
}

/**
 * Gathers the accounts of the samples from decisions, in their order.
 *
 * An account is in a sample where its place is below the probability of one of its events, so that with which probability it came there is the largest of
 * them. What came after its first block, or after a person's word, does not count: a blocked account has no such events, and those that were let through do. As one with
 * a mark, such as a rule that fired, it is in the sample where that holds of the events with the mark. In each period of the
 * draw it is another account.
 */
export class SampledAccounts {
  /** By period, and in it by id. */
  readonly #periods = new Map<number, Map<string | number, Gathered>>();
  readonly #periodMs: number;
  readonly #blockFrom: number;

  /** @param periodMs of the policy's samples. @param blockFrom the score from which the model alone asks for a block. */
  constructor({ periodMs, blockFrom }: { readonly periodMs: number; readonly blockFrom: number }) {
    this.#periodMs = periodMs;
    this.#blockFrom = blockFrom;
  }

  add(decision: SampledDecision): void {
    const account = this.#accountOf(decision);
    // What stands from then on is what a person said.
    if (decision.isByPerson) account.isOver = true;
    if (decision.mode === 'shadow') {
      for (const mark of shadowMarksOf(decision)) (account.shadowMarks ??= new Set()).add(mark);
      return;
    }
    if (account.isOver) return;
    const { sample } = decision;
    const taken = sample?.kind === 'hold-out' ? 'block' : decision.action;
    if (strengthOf(taken) > strengthOf(account.reached)) account.reached = taken;
    account.isOver = taken === 'block';
    if (sample === undefined) return;
    const probability = sample.ofAny ?? sample.probability;
    account.probability = Math.max(account.probability, probability);
    const marks = (account.marks ??= new Map());
    for (const mark of this.#marksOf(decision, taken)) marks.set(mark, Math.max(marks.get(mark) ?? 0, probability));
  }

  /** Of the samples: those that were drawn. */
  accounts(): readonly SampledAccount[] {
    return [...this.#periods.values()]
      .flatMap((accounts) => [...accounts.values()])
      .filter(({ probability }) => probability > 0)
      .map(({ accountId, probability, reached, marks = [], shadowMarks = [] }) => ({
        accountId: String(accountId),
        probability,
        reached,
        marks: new Map([...Array.from(shadowMarks, (mark) => [mark, probability] as const), ...marks]),
      }));
  }

  #accountOf({ subject, timeMs }: SampledDecision): Gathered {
    const period = Math.floor(timeMs / this.#periodMs);
    let accounts = this.#periods.get(period);
    if (accounts === undefined) this.#periods.set(period, (accounts = new Map()));
    const known = accounts.get(subject);
    if (known !== undefined) return known;
    const account: Gathered = {
      accountId: subject,
      probability: 0,
      reached: 'allow',
      marks: undefined,
      shadowMarks: undefined,
      isOver: false,
    };
    accounts.set(subject, account);
    return account;
  }

  #marksOf({ rules, score, model }: SampledDecision, taken: Action): string[] {
    const reached = (['challenge', 'review', 'block'] as const).filter((one) => strengthOf(taken) >= strengthOf(one));
    return [
      ...reached.map((action) => `action:${action}`),
      ...rules.map(markOfRule),
      ...(score !== null && score >= this.#blockFrom ? [`model:${model}`] : []),
    ];
  }
}

/** A challenger's block, or what a shadow rule would have come to. */
function shadowMarksOf({ action, model, rules }: SampledDecision): string[] {
  if (rules.length > 0) return rules.map(({ id }) => markOfRule({ id, isShadow: true }));
  return action === 'block' ? [`model:${model}`] : [];
}
