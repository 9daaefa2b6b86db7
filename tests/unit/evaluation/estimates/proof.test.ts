import { beforeAll, describe, expect, it } from 'vitest';
import { proveEstimates, type EstimateProof } from '../../../../src/evaluation/estimates/proof.ts';

/** A tenth of what `winnow estimates prove` takes. */
const seeds = 100;

describe('over simulated quarters', () => {
  let proof: EstimateProof;
  beforeAll(() => {
    proof = proveEstimates(seeds);
  });

  it('the intervals hold the truth about as often as they say', () => {
    for (const { coverage, silent } of proof.rows) {
      // Three standard deviations of a share of so many quarters.
      const chance = 3 * Math.sqrt((0.95 * 0.05) / (seeds - silent));
      expect(coverage).toBeGreaterThan(0.95 - chance);
      expect(silent).toBeLessThan(seeds / 2);
    }
  });

  it('the estimates lie around the truth', () => {
    for (const { truth, mean } of proof.rows) expect(mean / truth).toBeCloseTo(1, 1);
  });

  it('who counts appeals misses more than half of the wrong blocks', () => {
    const { mean, low, truth } = proof.naive;
    expect(low).toBeGreaterThan(truth);
    expect(1 - mean).toBeLessThan((1 - truth) / 2);
  });
});
