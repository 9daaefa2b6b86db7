import fc from 'fast-check';
import { expect, it } from 'vitest';
import { momentsWords, RunningMoments } from '../../../../src/adapters/valkey/running-moments.ts';

it('mean and deviation are those of all numbers, also when written and read in between', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.nat({ max: 10 }), (values, cut) => {
      let moments = new RunningMoments();
      for (const [index, each] of values.entries()) {
        moments.add(each);
        if (index !== cut) continue;
        const words = new Uint32Array(momentsWords);
        moments.save(words, 0);
        moments = new RunningMoments();
        expect(moments.load(words, 0)).toBe(momentsWords);
      }
      const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
      const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length;
      expect(moments.count).toBe(values.length);
      expect(moments.mean).toBeCloseTo(mean, 4);
      if (values.length === 1) expect(moments.deviation).toBeNaN();
      else expect(moments.deviation).toBeCloseTo(Math.sqrt(variance), 2);
    }),
  );
});
