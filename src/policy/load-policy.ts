import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Result } from '../domain/failure.ts';
import { eventTypes, type EventType } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { checkPolicy, type DraftRule } from './check-policy.ts';
import { createRule } from './create-rule.ts';
import { parseStandingTime } from './duration.ts';
import type { DomainOf } from './expression/ranges.ts';
import { createExpressionCompiler, type ExpressionCompiler } from './expression/compile.ts';
import { readPolicyDocument } from './policy-document.ts';
import { inDocumentOrder, type PolicyFault } from './policy-fault.ts';
import { formatValue } from '../domain/format-value.ts';
import type { SayFeature } from './reason-template.ts';
import { groupTermsOf } from './group-section.ts';
import { policySchema, type PolicyContent } from './policy-schema.ts';
import { ruleActions, type PerAction, type Policy, type Rule } from './policy.ts';
import type { Sampling } from './sampling.ts';
import { shapeFaults } from './shape-faults.ts';

/**
 * Turns the bytes of a policy document into a policy, or tells everything that is wrong with it, in the document's order.
 * @param features the catalogue's names, in column order: the rules read rows in this order. @param say says a value in its reason.
 * @param lists names of the lists that there are; a condition may then name no other. @param domainOf what values features can have: finds conditions that this decides.
 */
export function loadPolicy(
  bytes: Uint8Array,
  features: readonly string[],
  say: SayFeature = (_, value) => formatValue(value),
  lists?: ReadonlySet<string>,
  domainOf?: DomainOf,
): Result<Policy, readonly PolicyFault[]> {
  const text = decode(bytes);
  if (!text.ok) return text;
  const document = readPolicyDocument(text.value);
  if (!document.ok) return document;

  const compiler = createExpressionCompiler(features, lists, domainOf);
  const shape = policySchema.safeParse(document.value.content);
  const { faults, drafts } = checkPolicy(document.value, compiler);
  if (!shape.success) faults.push(...shapeFaults(shape.error.issues, document.value));
  if (!shape.success || faults.length > 0) return { ok: false, failure: inDocumentOrder(faults) };
  return { ok: true, value: build(shape.data, drafts, compiler, bytes, say) };
}

function decode(bytes: Uint8Array): Result<string, readonly PolicyFault[]> {
  if (bytes.byteLength > limits.policyBytesMax) {
    return refuse(
      `The document has ${bytes.byteLength} bytes, more than ${limits.policyBytesMax}.`,
      'Shorten it: long lists belong into features.',
    );
  }
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refuse('The document is not UTF-8.', 'Save it as UTF-8.');
  }
}

function refuse(message: string, remedy: string): { ok: false; failure: readonly PolicyFault[] } {
  return { ok: false, failure: [{ line: 1, column: 1, message, remedy }] };
}

function build(
  content: PolicyContent,
  drafts: readonly DraftRule[],
  { columns, asked }: Pick<ExpressionCompiler, 'columns' | 'asked'>,
  bytes: Uint8Array,
  say: SayFeature,
): Policy {
  const rules = content.rules.map((rule, index) => {
    const { expression, on } = drafts[index]!;
    assert(expression !== undefined, 'a condition without faults was compiled');
    return createRule(rule, new Set(on), expression, columns, say);
  });
  return Object.freeze({
    version: content.version,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    thresholds: Object.freeze(content.thresholds),
    standingMs: Object.freeze(standingMsOf(content)),
    protectionMs: parseStandingTime(content.protection)!,
    fakeActions: Object.freeze(content.fake),
    groups: Object.freeze(groupTermsOf(content.groups)),
    ...(content.promotion === undefined
      ? {}
      : {
          promotion: Object.freeze({
            precisionMin: content.promotion.precision_min,
            addedBlocksPerDayMax: content.promotion.added_blocks_per_day_max,
          }),
        }),
    ...(content.samples === undefined ? {} : { samples: samplingOf(content.samples) }),
    rules: Object.freeze(rules),
    rulesByType: Object.freeze(byType(rules)),
    ...(asked.size === 0 ? {} : { lists: asked }),
  });
}

function standingMsOf(content: PolicyContent): PerAction {
  const entries = ruleActions.map((action) => [action, parseStandingTime(content.standing[action])]);
  return Object.fromEntries(entries) as PerAction;
}

function samplingOf({ period, hold_out, audit, watched }: NonNullable<PolicyContent['samples']>): Sampling {
  return Object.freeze({
    periodMs: parseStandingTime(period)!,
    holdOut: Object.freeze(hold_out),
    audit: Object.freeze(audit),
    watchedTimes: watched,
  });
}

function byType(rules: readonly Rule[]): Policy['rulesByType'] {
  const entries = eventTypes.map((type) => [type, rules.filter((rule) => rule.on.has(type))]);
  return Object.fromEntries(entries) as Record<EventType, readonly Rule[]>;
}
