import { beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { describeDistribution } from '../../../src/features/norms/distribution.ts';
import { NormsGatherer } from '../../../src/features/norms/gatherer.ts';
import type { Norms } from '../../../src/features/norms/norms.ts';
import type { ObservationBatch } from '../../../src/features/observation.ts';
import { DriftWatch, type DriftOptions } from '../../../src/scoring/drift.ts';
import { compare, criticalDrift } from '../../../src/scoring/drift-statistic.ts';
import type { DriftReport } from '../../../src/telemetry.ts';
import { featuresOf, simulatedObservations } from '../features/simulated.ts';

const uniform = describeDistribution(Float32Array.from({ length: 10_000 }, (_, value) => value / 10_000));

/** `count` values, all of the range shifted by `shift`. */
function values(count: number, shift = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, value) => ((value * 7919) % count) / count + shift);
}

function judged(count: number, shift: number): ReturnType<typeof criticalDrift> {
  const comparison = {
    ...compare(uniform, values(count, shift)),
    accounts: count,
    normAccounts: 10_000,
    events: count,
  };
  return criticalDrift([comparison], 160);
}

describe('the index of a feature', () => {
  it('is nothing where what comes is what is usual', () => {
    expect(judged(5_000, 0).index).toBeLessThan(0.01);
    expect(judged(5_000, 0).isMoreThanChance).toBe(false);
  });

  it('is much where half of it is beyond what was', () => {
    const { index, isMoreThanChance } = judged(5_000, 0.5);
    expect(index).toBeGreaterThan(0.25);
    expect(isMoreThanChance).toBe(true);
  });

  it('may be chance in a small sample, and is none in a large one', () => {
    expect(judged(30, 0.1).isMoreThanChance).toBe(false);
    expect(judged(5_000, 0.1).isMoreThanChance).toBe(true);
  });

  it('sees a member that clients stop to send, by a bin of its own', () => {
    const missing = values(2_000).map((value, at) => (at % 2 === 0 ? NaN : value));
    expect(compare(uniform, missing).index).toBeGreaterThan(0.25);
  });

  it('takes events of one account for one witness', () => {
    const compared = compare(uniform, values(3_000, 0.1));
    const of = (accounts: number) => ({ ...compared, accounts, normAccounts: 10_000, events: 3_000 });
    expect(criticalDrift([of(3_000)], 160).isMoreThanChance).toBe(true);
    expect(criticalDrift([of(10)], 160).isMoreThanChance).toBe(false);
  });
});

describe('a watch over drift', () => {
  let observations: ObservationBatch;
  let features: Float32Array;
  let norms: Norms;
  const model = 'b'.repeat(64);

  beforeAll(async () => {
    const simulated = await simulatedObservations(5, 500, 6);
    ({ observations } = simulated);
    const { values: snapshots } = await new EmbeddedFeatureStore({ memoryBytesMax: 128 * 1024 * 1024 }).observe(
      observations,
    );
    features = featuresOf(simulated.facts, snapshots);
    const gatherer = new NormsGatherer({
      models: [{ name: 'm 1', sha256: model }],
      rowsMax: 8_192,
      accountsMax: 10_000,
    });
    gatherer.add(observations, features, [new Float32Array(observations.count).fill(0.1)]);
    norms = { ...gatherer.describe(0.01), version: '1', sha256: '0'.repeat(64) };
  });

  const scored = (): Float32Array => new Float32Array(observations.count).fill(0.1);

  function watch(options: Partial<DriftOptions> = {}) {
    const drift = new DriftWatch({ featuresPercentMax: 15, windowEvents: 2_000, ...options });
    const take = (given: Float32Array, by = norms): DriftReport | null =>
      drift.take(by, model, observations, given, scored());
    return { drift, take };
  }

  /** Another platform: every count is three times as high. */
  const foreign = (): Float32Array => features.map((value, at) => (at % featureCount === 0 ? value : value * 3 + 5));

  it('finds the platform itself near its norms, feature by feature and in its score', () => {
    const report = watch().take(features)!;
    expect(report.compared).toBeGreaterThan(100);
    expect(report.far).toBe(0);
    expect(report.features.find(({ name }) => name === 'score')).toMatchObject({ isMoreThanChance: false });
  });

  it('holds after two windows in a row that are far, and lets go after two that are near', () => {
    const { drift, take } = watch();
    const states = [foreign(), features, foreign(), foreign(), features, foreign(), features, features].map((given) => {
      take(given);
      return drift.isDrifted;
    });
    expect(states).toEqual([false, false, false, true, true, true, true, false]);
  });

  it('says nothing of a window that is not full, and nothing at all without norms', () => {
    expect(watch({ windowEvents: 10_000_000 }).take(features)).toBeNull();
    const { drift } = watch();
    expect(drift.take(null, model, observations, foreign(), null)).toBeNull();
    expect(drift.isDrifted).toBe(false);
  });

  it('begins anew with other norms', () => {
    const { drift, take } = watch();
    take(foreign());
    take(foreign());
    expect(drift.isDrifted).toBe(true);
    take(features, { ...norms });
    expect(drift.isDrifted).toBe(false);
  });

  it('is only told where the settings say so', () => {
    const { drift, take } = watch({ featuresPercentMax: 100 });
    take(foreign());
    expect(take(foreign())!.far).toBeGreaterThan(20);
    expect(drift.isDrifted).toBe(false);
  });
});
