import { strengthOf } from '../domain/decision.ts';
import { decide, type Evidence, type Verdict } from '../policy/decide.ts';
import type { Rule } from '../policy/policy.ts';

/** What would have been decided of a row had its shadow rules acted. */
export interface WatchedVerdict {
  readonly verdict: Verdict;
  /** The shadow rules that asked for the action. */
  readonly rules: readonly Rule[];
}

/**
 * What shadow rules would have changed, with all that may hold them back; undefined where they would not have made the action stronger.
 * @param evidence with all rules that fired and are heeded. @param acted what was decided.
 */
export function watchRules(evidence: Evidence, acted: Verdict): WatchedVerdict | undefined {
  if (!evidence.fired.some(({ mode }) => mode === 'shadow')) return undefined;
  const fired = evidence.fired.map((rule) => (rule.mode === 'shadow' ? ({ ...rule, mode: 'enforce' } as const) : rule));
  const verdict = decide({ ...evidence, fired, draw: undefined });
  if (strengthOf(verdict.action) <= strengthOf(acted.action)) return undefined;
  const asked = new Set(verdict.decisiveRules.map(({ id }) => id));
  return { verdict, rules: evidence.fired.filter(({ id, mode }) => mode === 'shadow' && asked.has(id)) };
}
