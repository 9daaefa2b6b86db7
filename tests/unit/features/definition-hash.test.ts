import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/features/catalogue.ts';
import { definitionHash } from '../../../src/features/definition-hash.ts';
import type { Feature } from '../../../src/features/feature.ts';

const feature = catalogue.find(({ name }) => name === 'form_ms')!;

/** A bundle was once held against names alone, so that a model went on with numbers that had come to mean something else. */
describe('the hash of a feature’s definition', () => {
  it.each<[string, Partial<Feature>]>([
    ['name', { name: 'form_s' }],
    ['definition', { definition: 'Time to fill in the form, pauses left out.' }],
    ['unit', { unit: 's' }],
    ['range', { range: [0, 1] }],
    ['meaning of missing', { missing: 'never' }],
  ])('is another one with another %s', (_, change) => {
    expect(definitionHash({ ...feature, ...change })).not.toBe(definitionHash(feature));
  });

  it('is the same however the feature is told, and tells the features of the catalogue apart', () => {
    expect(definitionHash({ ...feature, source: 'elsewhere' })).toBe(definitionHash(feature));
    expect(new Set(catalogue.map(definitionHash)).size).toBe(catalogue.length);
  });
});
