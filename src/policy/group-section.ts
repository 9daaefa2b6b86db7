import { z } from 'zod';
import { groupDefaults, groupModes, holdersBoundMax, proofsOfPerson, type GroupTerms } from '../domain/group-terms.ts';
import { groupEdgeKinds } from '../domain/group-verdict.ts';
import { parseStandingTime } from './duration.ts';

/** The section `groups` of a policy: when accounts that share something are taken for the work of one hand. */

const accounts = (least: number) => z.int().min(least).max(holdersBoundMax);
const bits = z.number().min(0).max(64);
const share = z.number().min(0).max(1);
const finiteTime = z.string().refine((text) => (parseStandingTime(text) ?? Infinity) < Infinity);

const { edges, exemptProofs } = groupDefaults;

/** Two accounts that share something are not a group: at least three. */
const accountsLeast = 3;

export const groupSection = z
  .strictObject({
    mode: z.enum(groupModes).default(groupDefaults.mode),
    edges: z
      .array(z.enum(groupEdgeKinds))
      .min(1)
      .max(groupEdgeKinds.length)
      .default([...edges]),
    holders_max: accounts(2).default(groupDefaults.holdersMax),
    review: z
      .strictObject({
        accounts_min: accounts(accountsLeast).default(groupDefaults.reviewAccountsMin),
        weight_min: bits.default(groupDefaults.reviewWeightMin),
      })
      .prefault({}),
    block: z
      .strictObject({
        accounts_min: accounts(accountsLeast).default(groupDefaults.blockAccountsMin),
        accounts_max: accounts(accountsLeast).default(groupDefaults.blockAccountsMax),
        weight_min: bits.default(groupDefaults.blockWeightMin),
      })
      .prefault({}),
    evidence: z
      .strictObject({
        score_min: z.number().gt(0).max(1).default(groupDefaults.evidenceScoreMin),
        share_min: share.default(groupDefaults.evidenceShareMin),
      })
      .prefault({}),
    exempt: z
      .strictObject({
        age: finiteTime.default('30d'),
        verified: z
          .array(z.enum(proofsOfPerson))
          .max(proofsOfPerson.length)
          .default([...exemptProofs]),
        share_max: share.default(groupDefaults.exemptShareMax),
      })
      .prefault({}),
  })
  .prefault({});

export function groupTermsOf(section: z.infer<typeof groupSection>): GroupTerms {
  const { mode, holders_max, review, block, evidence, exempt } = section;
  return {
    mode,
    edges: new Set(section.edges),
    holdersMax: holders_max,
    reviewAccountsMin: review.accounts_min,
    blockAccountsMin: block.accounts_min,
    blockAccountsMax: block.accounts_max,
    reviewWeightMin: review.weight_min,
    blockWeightMin: block.weight_min,
    evidenceScoreMin: evidence.score_min,
    evidenceShareMin: evidence.share_min,
    exemptAgeMs: parseStandingTime(exempt.age)!,
    exemptProofs: new Set(exempt.verified),
    exemptShareMax: exempt.share_max,
  };
}

/** What the parts of a section have to do with each other, where it can be read at all; `path` is below `groups`. */
export function disorderOfGroups(content: unknown) {
  const section = groupSection.safeParse(content ?? {});
  if (!section.success) return [];
  const { review, block, holders_max: most } = section.data;
  const least = { name: 'review.accounts_min', value: review.accounts_min };
  const ascending = [
    { path: ['block', 'accounts_min'], value: block.accounts_min },
    { path: ['block', 'accounts_max'], value: block.accounts_max },
    { path: ['holders_max'], value: most },
  ];
  return ascending.flatMap(({ path, value }, index) => {
    const before =
      index === 0 ? least : { name: ascending[index - 1]!.path.join('.'), value: ascending[index - 1]!.value };
    if (value >= before.value) return [];
    return [
      {
        path,
        message: `groups.${path.join('.')} (${value}) is below groups.${before.name} (${before.value}), so it could never be.`,
        remedy: 'Let them rise: review.accounts_min, block.accounts_min, block.accounts_max, holders_max.',
      },
    ];
  });
}

const number = (least: number) => `Write a whole number from ${least} to ${holdersBoundMax}.`;
const weight = 'Write bits from 0 to 64, such as 10: what one account in 1024 has weighs as many.';
const shareOf = 'Write a share from 0 to 1, such as 0.05.';

/** What belongs into each place of the section, by path. */
export const expectedOfGroups: Readonly<Record<string, string>> = {
  groups: 'Write mode, edges, holders_max, review, block, evidence and exempt, or leave out what shall stay as it is.',
  'groups.mode': `Use one of ${groupModes.join(', ')}, or leave it out for ${groupDefaults.mode}.`,
  'groups.edges': `Write a list of what ties accounts: ${groupEdgeKinds.join(', ')}; or leave it out for all but text.`,
  'groups.edges.*': `Use one of ${groupEdgeKinds.join(', ')}.`,
  'groups.holders_max': number(2),
  'groups.review': 'Write accounts_min and weight_min, or one of them.',
  'groups.review.accounts_min': number(accountsLeast),
  'groups.review.weight_min': weight,
  'groups.block': 'Write accounts_min, accounts_max and weight_min, or some of them.',
  'groups.block.accounts_min': number(accountsLeast),
  'groups.block.accounts_max': number(accountsLeast),
  'groups.block.weight_min': weight,
  'groups.evidence': 'Write score_min and share_min, or one of them.',
  'groups.evidence.score_min': 'Write a score above 0 and at most 1, such as 0.5.',
  'groups.evidence.share_min': shareOf,
  'groups.exempt': 'Write age, verified and share_max, or some of them.',
  'groups.exempt.age': 'Write a whole number and s, m, h or d, at most 365d, such as 30d.',
  'groups.exempt.verified': `Write a list of ${proofsOfPerson.join(', ')}; [] for none.`,
  'groups.exempt.verified.*': `Use one of ${proofsOfPerson.join(', ')}.`,
  'groups.exempt.share_max': shareOf,
};
