import { describe, expect, it } from 'vitest';
import { honestNames, nameModelSource, trainNameModel } from '../../../src/development/train-name-model.ts';
import { nameLikelihood, nameModelScale, nameSymbolCount } from '../../../src/features/name-model.ts';
import { nameModelTable } from '../../../src/features/name-model-table.ts';
import { Random } from '../../../src/simulation/random.ts';

describe('the model of names', () => {
  it('is the one that training gives', () => {
    expect(
      nameModelSource()
        .match(/'[^']{5,}'/g)
        ?.map((line) => line.slice(1, -1))
        .join(''),
    ).toBe(nameModelTable);
  });

  it('gives each symbol chances that add up to one', () => {
    const table = trainNameModel(honestNames(2_000, 5));
    for (let row = 0; row < table.length; row += nameSymbolCount) {
      const chances = Array.from(table.subarray(row, row + nameSymbolCount), (bits) => 2 ** (-bits / nameModelScale));
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 1);
    }
  });

  it('counts: after `a` comes `b` in three names of four', () => {
    const table = trainNameModel(Array.from({ length: 200_000 }, (_, index) => (index % 4 === 0 ? 'ac' : 'ab')));
    const [b, c] = [table[nameSymbolCount + 2]!, table[nameSymbolCount + 3]!];
    expect(b).toBe(Math.round(-Math.log2(0.75) * nameModelScale));
    expect(c).toBe(Math.round(-Math.log2(0.25) * nameModelScale));
  });

  it('tells names that it has not seen from letters and digits at random, at least 95 times in 100', () => {
    const random = new Random(2);
    const names = [...honestNames(1_000, 2)].map(nameLikelihood).filter((value) => !Number.isNaN(value));
    const nonsense = Array.from({ length: 1_000 }, () => nameLikelihood(random.base36(random.integer(8, 10))));
    let right = 0;
    for (const name of names) for (const other of nonsense) if (name > other) right++;
    expect(right / (names.length * nonsense.length)).toBeGreaterThan(0.95);
  });
});
