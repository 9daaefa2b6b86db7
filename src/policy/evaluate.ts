import type { AccountEvent } from '../domain/event.ts';
import type { ListLookup } from '../domain/listed.ts';
import type { Policy, Rule } from './policy.ts';

const none: readonly Rule[] = Object.freeze([]);

/**
 * The rules of those that fired whose action is asked for, by the score: one that needs its agreement asks for nothing against it.
 * @param score calibrated probability of fake, 0 to 1; null where no model spoke: rules then act alone.
 */
export function heeded(fired: readonly Rule[], score: number | null): readonly Rule[] {
  if (score === null || fired.every(({ scoreMin }) => score >= scoreMin)) return fired;
  return fired.filter(({ scoreMin }) => score >= scoreMin);
}

/**
 * The rules that fire on an event, shadow rules among them, in document order. `features` is a matrix whose row for this
 * event begins at `offset`, columns as the policy was loaded with. Allocates only when a rule fires.
 */
export function evaluateRules(
  policy: Policy,
  event: AccountEvent,
  features: Float32Array,
  offset: number,
  lists?: ListLookup,
): readonly Rule[] {
  let fired: Rule[] | undefined;
  for (const rule of policy.rulesByType[event.type]) {
    if (rule.fires(event, features, offset, lists)) (fired ??= []).push(rule);
  }
  return fired ?? none;
}
