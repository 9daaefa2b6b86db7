import { beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { NormsGatherer } from '../../../src/features/norms/gatherer.ts';
import { Ranker } from '../../../src/features/norms/ranker.ts';
import { limits } from '../../../src/domain/limits.ts';
import type { Norms } from '../../../src/features/norms/norms.ts';
import { encodeNorms, parseNorms, type UnnamedNorms } from '../../../src/scoring/norms-file.ts';
import { packFloats } from '../../../src/scoring/packed-floats.ts';
import { featuresOf, simulatedObservations } from '../features/simulated.ts';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';

let gathered: UnnamedNorms;
let features: Float32Array;

beforeAll(async () => {
  const { facts, observations } = await simulatedObservations(5, 300, 6);
  const { values } = await new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 }).observe(observations);
  features = featuresOf(facts, values);
  const gatherer = new NormsGatherer({
    models: [{ name: 'starter 1', sha256: 'b'.repeat(64) }],
    rowsMax: 4_096,
    accountsMax: 1_000,
  });
  gatherer.add(observations, features, [Float32Array.from(facts, (_, row) => (row % 997) / 997)]);
  gathered = gatherer.describe(0.01);
});

function parsed(bytes: Uint8Array): Norms {
  const norms = parseNorms(bytes, 'norms.json');
  if (!norms.ok) throw new Error(norms.failure.message);
  return norms.value;
}

/** The ranks of the whole stream. */
function ranksBy(ranker: Ranker): Float32Array {
  return ranker.rank(features, 0, features.length / featureCount);
}

/** The file with some of it replaced. */
function changed(change: (norms: Record<string, unknown>) => void): Uint8Array {
  const norms = JSON.parse(new TextDecoder().decode(encodeNorms(gathered))) as Record<string, unknown>;
  change(norms);
  return new TextEncoder().encode(JSON.stringify(norms));
}

/** Of the first feature, among all events, two values that were met as often. */
const cutAt =
  (...values: readonly number[]) =>
  ({ all }: Record<string, unknown>): void => {
    (all as { distributions: unknown[] }).distributions[0] = { missing: 0, values, below: [0, 0.5], upTo: [0.5, 1] };
  };

describe('a file of norms', () => {
  it('has the same bytes for the same norms, and a version of its own', () => {
    expect(encodeNorms(gathered)).toEqual(encodeNorms(structuredClone(gathered)));
    const { version } = parsed(encodeNorms(gathered));
    expect(version).toMatch(/^\d{4}-\d\d-\d\d-[0-9a-f]{8}$/);
    expect(parsed(encodeNorms({ ...gathered, budget: 0.02 })).version).not.toBe(version);
  });

  it('is far below the bound on its size, though it describes every feature of every type', () => {
    expect(gathered.all.distributions).toHaveLength(featureCount);
    expect(encodeNorms(gathered).length).toBeLessThan(limits.normsBytesMax / 8);
  });

  it('gives the same ranks as what was written, bit by bit', () => {
    const columns = Int32Array.from(catalogue.keys());
    const named = { ...gathered, version: 'v', sha256: '0'.repeat(64) };
    const rankers = [new Ranker(named, columns), new Ranker(parsed(encodeNorms(gathered)), columns)];
    const [before, after] = rankers.map(ranksBy);
    expect(after).toEqual(before);
    expect(after!.some((rank) => rank > 0 && rank < 1)).toBe(true);
  });

  it.each<[string, string, (norms: Record<string, unknown>) => void]>([
    ['a member that is not known', 'NORMS_INVALID', (norms) => (norms['more'] = 1)],
    ['a schema to come', 'NORMS_INVALID', (norms) => (norms['schema'] = 'winnow.norms/2')],
    ['no budget', 'NORMS_INVALID', (norms) => (norms['budget'] = 0)],
    [
      'fewer distributions than features',
      'NORMS_INVALID',
      ({ all }) => (all as { distributions: [] }).distributions.pop(),
    ],
    ['cuts that fall', 'NORMS_INVALID', cutAt(1, 0)],
    ['cuts that are one float32', 'NORMS_INVALID', cutAt(1, 1.00000001)],
    ['a cut that is no float32', 'NORMS_INVALID', cutAt(1, 1e39)],
    [
      'a feature twice',
      'NORMS_INVALID',
      ({ features: told }) => ((told as unknown[])[1] = structuredClone((told as unknown[])[0])),
    ],
    [
      'a feature that is defined otherwise here',
      'NORMS_DEFINITIONS',
      ({ features: told }) => ((told as { definition: string }[])[0]!.definition = 'another'),
    ],
    [
      'a feature that is not here',
      'NORMS_DEFINITIONS',
      ({ features: told }) => ((told as { name: string }[])[0]!.name = 'another'),
    ],
  ])('is refused with %s', (_, code, change) => {
    expect(parseNorms(changed(change), 'norms.json')).toMatchObject({ ok: false, failure: { code } });
  });

  it('brings a sample of accounts that is what was gathered, bit by bit', () => {
    const { sample } = parsed(encodeNorms(gathered));
    expect(sample).toEqual(gathered.sample);
    expect(sample!.days.length).toBeGreaterThan(100);
    expect(sample!.values.some((value) => value > 0)).toBe(true);
  });

  it('is read without a sample, as one of before is', () => {
    expect(parsed(changed((norms) => delete norms['sample'])).sample).toBeUndefined();
  });

  it.each<[string, (sample: Record<'days' | 'rows' | 'values', unknown>) => void]>([
    ['days of others than its events', ({ days }) => (days as number[]).pop()],
    ['events that have no values', ({ rows }) => ((rows as number[])[0] = 1 + ((rows as number[])[0]! % 4))],
    ['more events of an account than are kept', ({ rows }) => ((rows as number[])[0] = 100)],
    ['values that are none', (sample) => (sample.values = 'no values')],
    ['far more values than its events have', (sample) => (sample.values = packFloats(new Float32Array(4_000_000)))],
  ])('is refused with a sample of %s', (_, change) => {
    const bytes = changed(({ sample }) => change(sample as Parameters<typeof change>[0]));
    expect(parseNorms(bytes, 'norms.json')).toMatchObject({ ok: false, failure: { code: 'NORMS_INVALID' } });
  });

  it('is refused where it is no JSON', () => {
    expect(parseNorms(new TextEncoder().encode('{'), 'norms.json')).toMatchObject({
      failure: { code: 'NORMS_INVALID' },
    });
  });
});
