import type { Policy, Rule } from '../../policy/policy.ts';

/** One evaluation in so many is timed: the clock takes about as long as a rule. */
const timedEvery = 32;

/** A policy whose rules are timed now and then. */
export interface TimedPolicy {
  readonly policy: Policy;
  /** Microseconds of an evaluation, the mean of those that were timed, by the rule's id. */
  costsUs(): ReadonlyMap<string, number>;
}

export function timeRules(policy: Policy): TimedPolicy {
  const times = new Map(policy.rules.map(({ id }) => [id, { calls: 0, timed: 0, tookMs: 0 }]));
  const timed = (rule: Rule): Rule => {
    const time = times.get(rule.id)!;
    return {
      ...rule,
      fires: (event, features, offset, lists) => {
        if (time.calls++ % timedEvery !== 0) return rule.fires(event, features, offset, lists);
        const startMs = performance.now();
        const doesFire = rule.fires(event, features, offset, lists);
        time.tookMs += performance.now() - startMs;
        time.timed++;
        return doesFire;
      },
    };
  };
  return {
    policy: withRules(policy, timed),
    costsUs: () => new Map(Array.from(times, ([id, time]) => [id, (time.tookMs / time.timed) * 1_000])),
  };
}

/** The same policy, but that its shadow rules act. */
export function enforceShadowRules(policy: Policy): Policy {
  const enforced = withRules(policy, (rule) => (rule.mode === 'shadow' ? { ...rule, mode: 'enforce' } : rule));
  return { ...enforced, version: `${policy.version} with its shadow rules` };
}

function withRules(policy: Policy, change: (rule: Rule) => Rule): Policy {
  const changed = new Map(policy.rules.map((rule) => [rule, change(rule)]));
  const all = (rules: readonly Rule[]): Rule[] => rules.map((rule) => changed.get(rule)!);
  const byType = Object.entries(policy.rulesByType).map(([type, rules]) => [type, all(rules)]);
  return { ...policy, rules: all(policy.rules), rulesByType: Object.fromEntries(byType) as Policy['rulesByType'] };
}
