import { createHash } from 'node:crypto';
import type { EventType } from '../domain/event.ts';
import type { Expression } from './expression/compile.ts';
import { compileReasonTemplate, type SayFeature } from './reason-template.ts';
import type { Rule } from './policy.ts';
import type { RuleContent } from './policy-schema.ts';

/** Puts a checked rule together. */
export function createRule(
  content: RuleContent,
  on: ReadonlySet<EventType>,
  expression: Expression,
  columns: ReadonlyMap<string, number>,
  say: SayFeature,
): Rule {
  const {
    id,
    version,
    mode,
    then: action,
    overrides_protection: overridesProtection,
    score_min: scoreMin = 0,
  } = content;
  const code = id.toUpperCase().replaceAll('-', '_');
  const template = compileReasonTemplate(content.reason, columns, say);
  const mentioned = expression.mentions.variables.map(({ name }) => name);
  const candidates = new Set([...template.features, ...mentioned].filter((name) => columns.has(name)));

  return Object.freeze({
    id,
    version,
    mode,
    action,
    definition: createHash('sha256')
      .update(JSON.stringify([action, [...on], expression.normalForm, overridesProtection, scoreMin]))
      .digest('hex')
      .slice(0, 16),
    overridesProtection,
    scoreMin,
    on,
    counts: expression.counts,
    fires: expression.holds,
    reasonFor: (features: Float32Array, offset: number) => {
      const text = template.fill(features, offset);
      const said =
        content.public_reason === undefined ? { code, text } : { code, text, publicText: content.public_reason };
      for (const feature of candidates) {
        const value = features[offset + columns.get(feature)!]!;
        if (!Number.isNaN(value)) return { ...said, feature, value };
      }
      return said;
    },
  });
}
