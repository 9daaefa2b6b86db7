import type { AccountEvent } from '../domain/event.ts';
import type { ListLookup } from '../domain/listed.ts';
import type { Policy, Rule } from './policy.ts';

const none: readonly Rule[] = Object.freeze([]);

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
