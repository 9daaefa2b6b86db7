import { describe, expect, it } from 'vitest';
import { blockFromOf, diffModels, type KnownLabels, type ModelTerms } from '../../../src/evaluation/model-diff.ts';

const thresholds = { challenge: 0.5, review: 0.7, block: 0.9 };
const terms = (highest: readonly number[], more: Partial<ModelTerms> = {}): ModelTerms => ({
  highest,
  thresholds,
  blockFrom: 0.9,
  ...more,
});
const unknown = (count: number): KnownLabels => Array.from({ length: count }, () => undefined);

describe('two models over the same accounts', () => {
  it('agree wherever they ask for the same action, whatever the scores', () => {
    const diff = diffModels(terms([0.1, 0.75, 0.95]), terms([0.4, 0.8, 0.91]), unknown(3));
    expect(diff).toMatchObject({ agreedShare: 1, blockRatio: 1, disagreements: [] });
    expect(diff.agreement).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
  });

  it('have a row for the champion and a column for the other', () => {
    const { agreement, disagreements } = diffModels(terms([0.95, 0.1]), terms([0.1, 0.1]), unknown(2));
    expect(agreement[3]).toEqual([1, 0, 0, 0]);
    expect(disagreements).toEqual([0]);
  });

  it('are each held to their own thresholds', () => {
    const other = terms([0.6], { thresholds: { challenge: 0.1, review: 0.2, block: 0.3 }, blockFrom: 0.3 });
    expect(diffModels(terms([0.6]), other, unknown(1)).sides.map(({ accounts }) => accounts)).toEqual([
      { allow: 0, challenge: 1, review: 0, block: 0 },
      { allow: 0, challenge: 0, review: 0, block: 1 },
    ]);
  });

  it.each([
    ['the norms do not describe it', null, 'review'],
    ['the budget begins above', 0.99, 'review'],
    ['the budget begins below', 0.92, 'block'],
  ] as const)('block as the processor does: %s', (_, blockFrom, action) => {
    const { sides } = diffModels(terms([0.95], { blockFrom }), terms([0.95]), unknown(1));
    expect(sides[0].accounts[action]).toBe(1);
    expect(sides[0].isCalibrated).toBe(blockFrom !== null);
  });

  it('were right where the stronger action met a fake, or the weaker one a genuine account', () => {
    const champion = terms([0.95, 0.95, 0.1, 0.1]);
    const other = terms([0.1, 0.1, 0.95, 0.1]);
    const { right } = diffModels(champion, other, ['fake', 'genuine', 'fake', 'genuine']);
    expect(right).toEqual({ champion: 1, other: 2 });
  });

  it.each([
    ['in order', [0.1, 0.2, 0.8, 0.9], 1],
    ['reversed', [0.9, 0.8, 0.2, 0.1], 0],
    ['all alike', [0.5, 0.5, 0.5, 0.5], 0.5],
    ['mixed', [0.1, 0.8, 0.2, 0.9], 0.75],
  ] as const)('have the area under the curve of scores that are %s', (_, scores, auc) => {
    const labels: KnownLabels = ['genuine', 'genuine', 'fake', 'fake'];
    expect(diffModels(terms(scores), terms(scores), labels).sides[0].auc).toBe(auc);
  });

  it('have no area under the curve without both labels', () => {
    expect(diffModels(terms([0.1]), terms([0.1]), ['fake']).sides[0].auc).toBeNull();
  });
});

it('a model that the norms do not describe has no score from which it blocks', () => {
  expect(blockFromOf(null, 'f'.repeat(64))).toBeNull();
});
