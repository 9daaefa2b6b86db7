import { z } from 'zod';
import { modes } from '../domain/decision.ts';
import { labelSources, type LabelSource } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { parseStandingTime } from './duration.ts';
import { expectedOfGroups, groupSection } from './group-section.ts';
import { promotionDefaults } from './promotion.ts';
import { ruleActions, scoredTypes, type RuleAction } from './policy.ts';

/** The shape of a policy document. What its parts have to do with each other is checked by `check-policy.ts`. */

const probability = z.number().gt(0).max(1);
const standingTime = z.string().refine((text) => parseStandingTime(text) !== undefined);

/** What follows where an account is found fake, by who says so: a block unless the policy says less. */
const fakeActions = Object.fromEntries(labelSources.map((by) => [by, z.enum(ruleActions).default('block')])) as Record<
  LabelSource,
  z.ZodDefault<z.ZodEnum<{ [A in RuleAction]: A }>>
>;

/** More than one in ten of those that would be blocked is no sample, it is a hole. */
const heldOutMax = 0.1;
const bandsMax = 16;
const bands = (most: number) =>
  z
    .array(z.strictObject({ from: z.number().min(0).lt(1), probability: z.number().min(0).max(most) }))
    .max(bandsMax)
    .default([]);
const samplesSchema = z.strictObject({
  period: z.string().refine(isPeriod).default('30d'),
  hold_out: bands(heldOutMax),
  audit: bands(1),
  watched: z.number().min(1).max(100).default(5),
});

const dayMs = 24 * 3_600_000;

function isPeriod(text: string): boolean {
  const periodMs = parseStandingTime(text);
  return periodMs !== undefined && periodMs >= dayMs && periodMs < Infinity;
}

const perAction = <T extends z.ZodType>(value: T) => z.strictObject({ challenge: value, review: value, block: value });

export const ruleSchema = z.strictObject({
  id: z
    .string()
    .max(limits.identifierLengthMax)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  version: z.int().positive(),
  on: z.array(z.enum(scoredTypes)).min(1).max(scoredTypes.length).optional(),
  when: z.string().min(1),
  // oxlint-disable-next-line unicorn/no-thenable -- the document's own word; its value is a text, so nothing can await it
  then: z.enum(ruleActions),
  reason: z.string().min(1).max(limits.stringLengthMax),
  public_reason: z
    .string()
    .min(1)
    .max(limits.stringLengthMax)
    .regex(/^[^{}\d]*$/)
    .exactOptional(),
  mode: z.enum(modes).default('enforce'),
  overrides_protection: z.boolean().default(false),
  score_min: z.number().gt(0).lt(1).exactOptional(),
});

/** Decisions, logs and metrics name it: two versions that look alike would be two documents of one. */
const visible = /^([\p{L}\p{N}\p{P}\p{S}]+( [\p{L}\p{N}\p{P}\p{S}]+)*)?$/u;

export const policySchema = z.strictObject({
  version: z.string().min(1).max(limits.identifierLengthMax).regex(visible),
  thresholds: perAction(probability),
  standing: perAction(standingTime),
  protection: standingTime.default('30d'),
  fake: z.strictObject(fakeActions).prefault({}),
  groups: groupSection,
  samples: samplesSchema.exactOptional(),
  promotion: z
    .strictObject({
      precision_min: probability.default(promotionDefaults.precisionMin),
      added_blocks_per_day_max: z.int().min(0).default(promotionDefaults.addedBlocksPerDayMax),
    })
    .exactOptional(),
  rules: z.array(ruleSchema).max(limits.rulesMax),
});

export type PolicyContent = z.infer<typeof policySchema>;
export type RuleContent = z.infer<typeof ruleSchema>;

const threshold = 'Write a probability above 0 and at most 1, such as 0.95.';
const standing =
  'Write a whole number and s, m, h or d, at most 365d, such as 24h; or forever: until a person lifts it.';

const bandStart = 'Write the lowest score of the band, from 0 to below 1.';

/** What belongs into each place, told when something else is there. Keys are paths, `*` for a rule's place in the list. */
const expected: Readonly<Record<string, string>> = {
  '': 'A policy has version, thresholds, standing and rules, and may have protection, fake, groups, samples and promotion.',
  version: 'Write a text in quotes, such as "7", without what nobody sees: spaces around it, line breaks.',
  thresholds: 'Write challenge, review and block, each with a probability.',
  'thresholds.challenge': threshold,
  'thresholds.review': threshold,
  'thresholds.block': threshold,
  standing: 'Write challenge, review and block, each with a time such as 24h, or forever.',
  'standing.challenge': standing,
  'standing.review': standing,
  'standing.block': standing,
  protection: standing.replace('a person lifts it', 'the account is found fake'),
  fake: `Write what follows for ${labelSources.join(', ')}, such as honeypot: review, or leave it out for block.`,
  ...Object.fromEntries(labelSources.map((by) => [`fake.${by}`, `Use one of ${ruleActions.join(', ')}.`])),
  ...expectedOfGroups,
  samples: 'Samples may have period, hold_out, audit and watched; leave them out to draw nobody.',
  promotion: 'Promotion may have precision_min and added_blocks_per_day_max.',
  'promotion.precision_min': 'Write the precision that has to be shown before something may act, such as 0.95.',
  'promotion.added_blocks_per_day_max': 'Write how many blocks a day it may add, a whole number.',
  'samples.period': 'Write a time of 1d to 365d, such as 30d.',
  'samples.hold_out': `Write at most ${bandsMax} bands of scores, such as - { from: 0.95, probability: 0.02 }; leave it out to let nobody through.`,
  'samples.audit': `Write at most ${bandsMax} bands of scores, such as - { from: 0.5, probability: 0.05 }.`,
  'samples.hold_out.*': 'A band has from and probability.',
  'samples.audit.*': 'A band has from and probability.',
  'samples.hold_out.*.from': bandStart,
  'samples.audit.*.from': bandStart,
  'samples.hold_out.*.probability': `Write a probability of 0 to ${heldOutMax}, such as 0.02: of those that would be blocked, the share that is let through.`,
  'samples.audit.*.probability': 'Write a probability of 0 to 1, such as 0.05.',
  'samples.watched': 'Write how many times as probable the audit is of accounts that are watched, 1 to 100.',
  rules: `Write a list of at most ${limits.rulesMax} rules; [] for none.`,
  'rules.*':
    'A rule has id, version, when, then and reason, and may have on, mode, score_min, public_reason and overrides_protection.',
  'rules.*.id': 'Write words in small letters joined by hyphens, such as bulk-signup-from-device.',
  'rules.*.version': 'Write a whole number from 1, and raise it whenever the rule changes.',
  'rules.*.on':
    'Write a list of event types such as [account.signup], or leave it out to try the rule on every scored type.',
  'rules.*.on.*': `Use one of ${scoredTypes.join(', ')}.`,
  'rules.*.when': 'Write a condition such as device_accounts_24h >= 10 && form_ms < 4000.',
  'rules.*.then': `Use one of ${ruleActions.join(', ')}.`,
  'rules.*.reason': `Write a sentence of at most ${limits.stringLengthMax} characters; {form_ms} shows a feature's value.`,
  'rules.*.public_reason':
    'Write a sentence for the person concerned, without numbers or {features}: they would tell how to stay below the rule.',
  'rules.*.mode': `Use one of ${modes.join(', ')}, or leave it out for enforce.`,
  'rules.*.score_min':
    'Write the score from which the rule may act, above 0 and below 1, such as 0.5; or leave it out: it then acts against any score.',
  'rules.*.overrides_protection':
    'Write true where the rule shall block also whom a person has found genuine, or leave it out.',
};

/** What belongs into the place of a path. */
export function expectedAt(path: readonly (string | number)[]): string {
  return expected[path.map((part) => (typeof part === 'number' ? '*' : part)).join('.')] ?? expected['']!;
}
