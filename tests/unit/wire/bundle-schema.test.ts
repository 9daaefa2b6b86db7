import { describe, expect, it } from 'vitest';
import { deploymentSchema, goldenRowSchema, manifestSchema } from '../../../src/wire/bundle-schema.ts';
import { exampleDeployment, exampleManifest } from '../../../src/wire/examples.ts';

/** Paths of the faults, as `files.model.onnx`. */
function faults(
  schema: typeof manifestSchema | typeof goldenRowSchema | typeof deploymentSchema,
  value: unknown,
): string[] {
  return (schema.safeParse(value).error?.issues ?? []).map((issue) => issue.path.join('/'));
}

const { explanation: _, ...withoutExplanation } = exampleManifest;
const { 'explanation.onnx': __, ...ownFiles } = exampleManifest.files;

describe('manifestSchema', () => {
  it('accepts the example', () => {
    expect(faults(manifestSchema, exampleManifest)).toEqual([]);
  });

  it('accepts a bundle without explanation', () => {
    expect(faults(manifestSchema, { ...withoutExplanation, files: ownFiles })).toEqual([]);
  });

  it('accepts and keeps what the trainer says of its training', () => {
    const training = { ...exampleManifest.training, seed: 7, commands: ['x'] };
    expect(manifestSchema.parse({ ...exampleManifest, training }).training).toEqual(training);
  });

  it('accepts unknown members', () => {
    expect(faults(manifestSchema, { ...exampleManifest, comment: 'x' })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['another schema', { schema: 'winnow.bundle/2' }, 'schema'],
    ['a name that leaves its folder', { name: '../other' }, 'name'],
    ['a name with a leading dot', { name: '.hidden' }, 'name'],
    ['a name in capitals', { name: 'Starter' }, 'name'],
    ['a version with a separator', { version: '1/2' }, 'version'],
    ['an empty version', { version: '' }, 'version'],
    ['a date for a time', { created: '2026-11-24' }, 'created'],
    ['no hash of the model', { files: { ...exampleManifest.files, 'model.onnx': undefined } }, 'files/model.onnx'],
    [
      'a hash in capitals',
      { files: { ...exampleManifest.files, 'card.md': { sha256: 'A'.repeat(64) } } },
      'files/card.md/sha256',
    ],
    ['no features', { features: [] }, 'features'],
    ['a feature twice', { features: ['a', 'b', 'a'] }, 'features'],
    ['catalogue version as a number', { catalogueVersion: 1 }, 'catalogueVersion'],
    ['another rule for missing values', { missing: 'zero' }, 'missing'],
    ['thresholds out of order', { thresholds: { challenge: 0.9, review: 0.8, block: 0.95 } }, 'thresholds'],
    ['a threshold above 1', { thresholds: { challenge: 0.5, review: 0.8, block: 1.5 } }, 'thresholds/block'],
    ['no training window', { training: {} }, 'training/window'],
    [
      'a base that is no number',
      { explanation: { file: 'explanation.onnx', baseLogOdds: null } },
      'explanation/baseLogOdds',
    ],
    ['an explanation in another file', { explanation: { file: '../x.onnx', baseLogOdds: 0 } }, 'explanation/file'],
    ['an explanation without its file', { files: ownFiles }, 'explanation'],
    ['metrics as a list', { metrics: [] }, 'metrics'],
    ['no author', { author: '' }, 'author'],
  ])('refuses %s', (___, changes, path) => {
    expect(faults(manifestSchema, { ...exampleManifest, ...changes })).toEqual([path]);
  });

  it('refuses the file of an explanation that is not described', () => {
    expect(faults(manifestSchema, withoutExplanation)).toEqual(['explanation']);
  });
});

describe('goldenRowSchema', () => {
  it('accepts a row with missing values', () => {
    const row = { features: [1.5, null, -3e9], probability: 0.25, tolerance: 1e-5 };
    expect(goldenRowSchema.parse(row)).toEqual(row);
  });

  it.each<[string, object, string]>([
    ['no features', { features: [] }, 'features'],
    ['a feature as text', { features: ['NaN'] }, 'features/0'],
    ['a probability above 1', { probability: 1.1 }, 'probability'],
    ['no probability', { probability: null }, 'probability'],
    ['a negative tolerance', { tolerance: -1e-5 }, 'tolerance'],
  ])('refuses %s', (___, changes, path) => {
    expect(faults(goldenRowSchema, { features: [1], probability: 0.5, tolerance: 0, ...changes })).toEqual([path]);
  });
});

describe('deploymentSchema', () => {
  it('accepts the example', () => {
    expect(faults(deploymentSchema, exampleDeployment)).toEqual([]);
  });

  it('accepts a champion alone', () => {
    expect(faults(deploymentSchema, { ...exampleDeployment, challengers: [], canary: null })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['another schema', { schema: 'winnow.deployment/2' }, 'schema'],
    ['no champion', { champion: null }, 'champion'],
    ['a champion that leaves the folder', { champion: { name: '..', version: '1' } }, 'champion/name'],
    ['a challenger without a version', { challengers: [{ name: 'a' }] }, 'challengers/0/version'],
    ['no word on the canary', { canary: undefined }, 'canary'],
    ['a share above 1', { canary: { name: 'a', version: '1', share: 5 } }, 'canary/share'],
  ])('refuses %s', (___, changes, path) => {
    expect(faults(deploymentSchema, { ...exampleDeployment, ...changes })).toEqual([path]);
  });
});
