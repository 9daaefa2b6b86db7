import { z } from 'zod';
import { eventTypes } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { identifier, sha256, time } from './primitives.ts';

/** The schema of record for `norms.json`: what is usual on a platform. Members that are not known are refused: a part of norms is none. */

const share = z.number().min(0).max(1);
const shares = z.array(share).max(limits.normsCutsMax);
const count = z.int().min(0);

const distribution = z
  .strictObject({
    missing: share.describe('Share of the events without a value.'),
    values: z.array(z.number()).max(limits.normsCutsMax).describe('Cuts, ascending; smallest and largest among them.'),
    below: shares.describe('Share of the known values that are smaller than each cut.'),
    upTo: shares.describe('Share of the known values that are no larger.'),
  })
  .refine(isDistribution, {
    error:
      'Expected values that ascend as float32 does, and for each a share below it and one up to it, no smaller than those before.',
  })
  .meta({ id: 'Distribution', description: 'How values are distributed, by few of them.' });

const typeNorms = z
  .strictObject({
    events: count.describe('Events that were seen.'),
    sampledEvents: count.describe('Of these, those that the distributions are made of.'),
    sampledAccounts: count.describe('Accounts of the sampled events.'),
    distributions: z
      .array(distribution)
      .max(limits.modelFeaturesMax)
      .describe('One for each of features, in their order.'),
  })
  .meta({ id: 'TypeNorms', description: 'The events of one type.' });

const scoreNorms = z
  .strictObject({
    model: identifier.describe('Name and version of the bundle.'),
    modelSha256: sha256.describe('Of model.onnx.'),
    events: distribution.describe('Scores of events.'),
    accounts: distribution.describe('Highest score of each account.'),
    accountsPerDay: z.number().min(0).describe('Accounts of a day, on average.'),
    block: share.nullable().describe('Lowest score from which on blocking keeps to the budget; null: too few to tell.'),
  })
  .meta({ id: 'ScoreNorms', description: 'How one model scored the events.' });

const perAccount = z.array(count.min(1)).min(1).max(limits.normsSampleAccountsMax);

const platformSample = z
  .strictObject({
    days: perAccount.describe('Days on which each account was there.'),
    rows: perAccount.describe('Events of each account.'),
    values: z
      .string()
      .max(limits.normsBytesMax)
      .describe(
        'Features of these events, account after account, each in the order of features: float32, little-endian, NaN for missing; by brotli, in base64.',
      ),
  })
  .refine(({ days, rows }) => days.length === rows.length, {
    error: 'Expected days and events of the same accounts.',
  })
  .refine(({ rows }) => rows.every((each) => each <= limits.normsSampleRowsMax), {
    error: `Expected at most ${limits.normsSampleRowsMax} events of an account.`,
  })
  .meta({
    id: 'PlatformSample',
    description: 'Some accounts with some of their events, to ask a model about. Whose they were is not told.',
  });

export const normsSchema = z
  .strictObject({
    schema: z.literal('winnow.norms/1'),
    version: identifier,
    window: z.strictObject({ from: time, to: time }).describe('Times of the first and the last event.'),
    events: count,
    accounts: count,
    budget: z.number().positive().max(1).describe('Share of the accounts of a day that the score alone may block.'),
    features: z
      .array(z.strictObject({ name: identifier, definition: identifier }))
      .min(1)
      .max(limits.modelFeaturesMax)
      .refine((features) => new Set(features.map(({ name }) => name)).size === features.length, {
        error: 'Expected each feature once.',
      })
      .describe('Features that are described, with the hash of their definition.'),
    types: z.partialRecord(z.enum(eventTypes), typeNorms),
    all: typeNorms.describe('The events of all types together.'),
    scores: z.array(scoreNorms).max(limits.normsScoresMax),
    sample: platformSample.optional(),
  })
  .refine(hasEveryFeature, { error: 'Expected one distribution for each feature, in each type.', path: ['types'] })
  .meta({ id: 'Norms', description: 'norms.json: what is usual on a platform.' });

export type WireNorms = z.output<typeof normsSchema>;

/** Values are float32: two cuts that are one there would be two ranks of one value. */
function isDistribution(told: Readonly<Record<'values' | 'below' | 'upTo', number[]>>): boolean {
  const { below, upTo } = told;
  const values = told.values.map(Math.fround);
  if (below.length !== values.length || upTo.length !== values.length) return false;
  return values.every(
    (value, at) =>
      Number.isFinite(value) &&
      below[at]! <= upTo[at]! &&
      (at === 0 || (values[at - 1]! < value && upTo[at - 1]! <= below[at]!)),
  );
}

function hasEveryFeature(norms: {
  features: readonly unknown[];
  all: z.output<typeof typeNorms>;
  types: Partial<Record<string, z.output<typeof typeNorms>>>;
}): boolean {
  return [norms.all, ...Object.values(norms.types)].every(
    (type) => type?.distributions.length === norms.features.length,
  );
}
