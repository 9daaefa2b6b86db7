import type { Action, Degradation, Mode, ModelReference } from '../domain/decision.ts';
import { isLabelEvent } from '../domain/event.ts';
import type { Standing } from '../domain/standing.ts';
import { featureCount } from '../features/extract.ts';
import type { EventFacts } from '../features/facts.ts';
import type { ObservationBatch } from '../features/observation.ts';
import { entityKinds } from '../features/state.ts';
import { decide, type Verdict } from '../policy/decide.ts';
import { evaluateRules } from '../policy/evaluate.ts';
import type { Policy, Rule } from '../policy/policy.ts';
import type { StandingChange } from '../ports.ts';
import { decisionId } from '../wire/decision-id.ts';

/** Which decisions are sent: every event's (`all`), or changes to these actions. A change of what stands is always sent. */
export type Emission = 'all' | ReadonlySet<Action>;

export interface DecideInput {
  readonly facts: readonly EventFacts[];
  readonly observations: ObservationBatch;
  readonly features: Float32Array;
  /** Null when no model spoke. */
  readonly scores: Float32Array | null;
  /** What stood for each event's account before the batch; null when the store did not answer. */
  readonly standings: readonly (Standing | undefined)[] | null;
  readonly policy: Policy;
  readonly model: ModelReference;
  readonly degraded: readonly Degradation[];
  readonly emit: Emission;
}

/** A verdict that is to be sent. */
export interface EmittedVerdict {
  readonly row: number;
  readonly id: string;
  readonly verdict: Verdict;
  /** Enforced rules that fired, decisive or not. */
  readonly rules: readonly Rule[];
  readonly supersedes: string | undefined;
}

export interface DecidedBatch {
  readonly emitted: readonly EmittedVerdict[];
  /** The standings after the batch, one for each account that has a new one. */
  readonly changes: readonly StandingChange[];
  readonly ruleCounts: readonly { readonly id: string; readonly mode: Mode; readonly count: number }[];
}

const accountKey = entityKinds.indexOf('account') * 2;
const keysPerRow = entityKinds.length * 2;

/** Decides about each event, in order; a later event of an account sees what an earlier one of the same batch decided. */
export function decideBatch(input: DecideInput): DecidedBatch {
  const { facts, observations, features, scores, policy, model, degraded, emit } = input;
  const emitted: EmittedVerdict[] = [];
  const changed = new Map<string, StandingChange>();
  const fires = new Map<Rule, number>();
  for (let row = 0; row < facts.length; row++) {
    const { event } = facts[row]!;
    if (isLabelEvent(event.type)) continue;
    const fired = evaluateRules(policy, event, features, row * featureCount);
    for (const rule of fired) fires.set(rule, (fires.get(rule) ?? 0) + 1);
    const standing = changed.get(event.subject)?.standing ?? input.standings?.[row];
    const score = scores === null ? null : scores[row]!;
    const verdict = decide({ score, fired, standing, policy, degraded, nowMs: event.timeMs });
    const stands = shallStand(verdict, standing, emit);
    const stand = (next: Standing): void => void changed.set(event.subject, changeOf(observations, row, next));
    if (verdict.renewed) stand({ ...standing!, sinceMs: event.timeMs });
    if (!stands && emit !== 'all') continue;
    const id = decisionId(event, model.sha256, policy.sha256, 'enforce');
    const enforced = fired.length === 0 ? fired : fired.filter(({ mode }) => mode === 'enforce');
    // What does not change what stands replaces nothing; and a redelivered event does not replace its own decision.
    const supersedes = !stands || standing?.decisionId === id ? undefined : standing?.decisionId;
    emitted.push({ row, id, verdict, rules: enforced, supersedes });
    if (stands) stand({ action: verdict.action, decisionId: id, sinceMs: event.timeMs });
  }
  const ruleCounts = Array.from(fires, ([{ id, mode }, count]) => ({ id, mode, count }));
  return { emitted, changes: [...changed.values()], ruleCounts };
}

/** What is to be settled for the account of a row. */
function changeOf({ keys }: ObservationBatch, row: number, standing: Standing): StandingChange {
  const key = row * keysPerRow + accountKey;
  return { keyHigh: keys[key]!, keyLow: keys[key + 1]!, standing };
}

/** Whether the verdict becomes what stands for the account, and is sent for that. */
function shallStand({ action, changed }: Verdict, standing: Standing | undefined, emit: Emission): boolean {
  if (!changed) return standing === undefined && emit !== 'all' && emit.has(action);
  const isFirst = standing === undefined || standing.action === 'allow';
  return !isFirst || emit === 'all' || emit.has(action);
}
