import { beforeAll, describe, expect, it } from 'vitest';
import { proveEstimates, type EstimateProof } from '../../../../src/evaluation/estimates/proof.ts';
import { worlds } from '../../../../src/evaluation/estimates/proof-worlds.ts';

/** A tenth of what `winnow estimates prove` takes. */
const seeds = 100;
/** Where a few large campaigns or crowds bring most of what varies, no sample of them tells all: nine in ten, and a little more. */
const heldAt = { first: 0.95, others: 0.93 };

describe.each(worlds)('over simulated quarters on $name', (world) => {
  let proof: EstimateProof;
  beforeAll(() => {
    proof = proveEstimates(seeds, world);
  });

  it('the intervals hold the truth about as often as they say', () => {
    expect(proof.rows.some(({ silent }) => silent < seeds / 2)).toBe(true);
    for (const { coverage, silent } of proof.rows.filter((row) => row.silent < seeds / 2)) {
      // Three standard deviations of a share of so many quarters.
      const held = world === worlds[0] ? heldAt.first : heldAt.others;
      const chance = 3 * Math.sqrt((held * (1 - held)) / (seeds - silent));
      expect(coverage).toBeGreaterThan(held - chance);
    }
  });

  it('the estimates lie around the truth', () => {
    const told = proof.rows.filter(({ silent }) => silent < seeds / 2);
    expect(told.length).toBeGreaterThan(0);
    for (const { truth, mean } of told) expect(mean / truth).toBeCloseTo(1, 1);
  });

  it('who counts appeals misses wrong blocks', () => {
    const { mean, low, truth } = proof.naive;
    expect(low).toBeGreaterThan(truth);
    expect(1 - mean).toBeLessThan((1 - truth) / 1.5);
  });
});

it('where a few large crowds are most of who was wrongly blocked, what misses the precision is too high', () => {
  const { rows } = proveEstimates(
    seeds,
    worlds.find(({ name }) => name === 'large crowds of honest people')!,
  );
  const { tooHigh, tooLow } = rows.find(({ quantity }) => quantity === 'precision of block')!;
  expect(tooHigh).toBeGreaterThan(2 * tooLow);
});
