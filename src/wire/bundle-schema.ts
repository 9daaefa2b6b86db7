import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { identifier, orderReason, sha256, text, time } from './primitives.ts';

/**
 * The schemas of record for the files of a model bundle, `models/<name>/<version>/`, and for `models/deployment.json`. Unknown
 * members are allowed, so that a bundle made by a later trainer still loads. What needs more than one file (hashes, the width of
 * golden rows, the catalogue's features) is checked where bundles are loaded.
 */

/** Names and versions are folder names: no separators, no leading dot. */
const pathSegment = z
  .string()
  .max(128)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, {
    error: 'Expected lower-case letters, digits, dots, underscores and hyphens, the first a letter or a digit.',
  });

const file = z.object({ sha256 });
const probability = z.number().min(0).max(1);

export const manifestSchema = z
  .object({
    schema: z.literal('winnow.bundle/1'),
    name: pathSegment,
    version: pathSegment,
    created: time,
    files: z
      .object({
        'model.onnx': file,
        'golden.jsonl': file,
        'card.md': file,
        'explanation.onnx': file.exactOptional(),
        'norms.json': file.exactOptional(),
      })
      .describe('SHA-256 of each file beside this one.'),
    features: z
      .array(identifier)
      .min(1)
      .max(limits.modelFeaturesMax)
      .refine((names) => new Set(names).size === names.length, { error: 'Expected each feature once.' })
      .meta({ uniqueItems: true, description: 'Catalogue features in column order.' }),
    definitions: z
      .record(identifier, identifier)
      .exactOptional()
      .describe('Hash of the definition of each feature that the model learned. A bundle without them is not loaded.'),
    forms: z
      .record(identifier, z.enum(['value', 'rank']))
      .exactOptional()
      .describe(
        'How the model takes a feature: its value, or its rank among the events of the same type on the platform where it serves, 0 to 1. A feature that is not named is taken as its value.',
      ),
    catalogueVersion: identifier.describe('Version of the feature catalogue that the model was trained with.'),
    missing: z.literal('NaN').describe('How a value that is not known stands in the matrix.'),
    input: z.object({ name: identifier }).describe('float32 [N, F].'),
    output: z.object({ name: identifier }).describe('float32 [N] or [N, 1]: calibrated probability of fake.'),
    explanation: z
      .object({
        file: z.literal('explanation.onnx'),
        baseLogOdds: z.number().describe('Log-odds of a row before any feature is added.'),
      })
      .exactOptional()
      .describe('A second model that gives the log-odds which each feature adds, float32 [N, F].'),
    thresholds: z
      .object({ challenge: probability, review: probability, block: probability })
      .refine(({ challenge, review, block }) => challenge <= review && review <= block, {
        error: 'Expected challenge <= review <= block.',
      })
      .describe('Suggested scores at which each action begins; the policy decides.'),
    training: z
      .looseObject({
        window: z.object({ from: time, to: time }).describe('Event times that it was trained on.'),
        simulated: z
          .boolean()
          .exactOptional()
          .describe(
            'Whether simulated streams alone taught it. Then what an account does is no reason enough for a block on the score.',
          ),
      })
      .describe('How it was made.'),
    metrics: z.record(z.string(), z.unknown()).describe('How good it is on held-out accounts.'),
    author: text.min(1),
  })
  .refine((manifest) => (manifest.explanation === undefined) === (manifest.files['explanation.onnx'] === undefined), {
    error: 'Expected explanation and files["explanation.onnx"] together or not at all.',
    path: ['explanation'],
  })
  .refine(({ forms = {}, features }) => Object.keys(forms).every((name) => features.includes(name)), {
    error: 'Expected forms of features that the model has.',
    path: ['forms'],
  })
  .refine(({ forms = {}, files }) => !Object.values(forms).includes('rank') || files['norms.json'] !== undefined, {
    error:
      'Expected norms.json among files, where the model takes ranks: they are used until the platform has its own.',
    path: ['files'],
  })
  .meta({ id: 'BundleManifest', description: 'manifest.json of a model bundle.' });

export type Manifest = z.output<typeof manifestSchema>;

/** One line of `golden.jsonl`: the model must give this probability for this row, within the tolerance. */
export const goldenRowSchema = z.object({
  features: z.array(z.number().nullable()).min(1).max(limits.modelFeaturesMax).describe('null where missing (NaN).'),
  probability,
  tolerance: probability,
});

export type GoldenRow = z.output<typeof goldenRowSchema>;

/** A bundle by its name and version. */
export const bundleReference = z.object({ name: pathSegment, version: pathSegment });

export const deploymentSchema = z
  .object({
    schema: z.literal('winnow.deployment/1'),
    champion: bundleReference.describe('The bundle whose decisions act.'),
    challengers: z.array(bundleReference).max(8).describe('Bundles that are scored in shadow.'),
    canary: z
      .object({ name: pathSegment, version: pathSegment, share: probability.describe('Share of accounts, 0 to 1.') })
      .nullable()
      .describe('The bundle that a share of accounts gets instead of the champion.'),
    former: bundleReference
      .exactOptional()
      .describe('The champion before the last promotion: what `winnow model rollback` goes back to.'),
    author: identifier.exactOptional().describe('Who set it. Needed on the control topic.'),
    reason: orderReason.exactOptional().describe('Why, in a sentence. Needed on the control topic.'),
  })
  .meta({
    id: 'Deployment',
    description:
      'Which bundle does what: models/deployment.json, or, for all members at once, the record deployment of the control topic.',
  });

export type Deployment = z.output<typeof deploymentSchema>;
