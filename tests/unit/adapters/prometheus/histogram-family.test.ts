import * as fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registerHistogram, registerHistogramBy } from '../../../../src/adapters/prometheus/histogram-family.ts';
import { samplesOf } from './samples.ts';

const bounds = [0.01, 0.1, 1];

describe('registerHistogram', () => {
  it('has one series without a label', async () => {
    const registry = new Registry();
    registerHistogram(registry, { name: 'some_seconds', help: 'Some.', bounds }).observe(0.05);
    expect(Object.fromEntries(samplesOf(await registry.metrics()))).toEqual({
      'some_seconds_bucket{le="0.01"}': 0,
      'some_seconds_bucket{le="0.1"}': 1,
      'some_seconds_bucket{le="1"}': 1,
      'some_seconds_bucket{le="+Inf"}': 1,
      some_seconds_sum: 0.05,
      some_seconds_count: 1,
    });
  });
});

describe('registerHistogramBy', () => {
  it("renders the same text as prom-client's own histogram", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 2_000 }))),
        async (values) => {
          const [mine, theirs] = [new Registry(), new Registry()];
          const declaration = { name: 'some_seconds', help: 'Some.' };
          const family = registerHistogramBy(mine, { ...declaration, bounds }, 'step', ['a', 'b']);
          const reference = new Histogram({
            ...declaration,
            buckets: bounds,
            labelNames: ['step'],
            registers: [theirs],
          });
          for (const step of ['a', 'b']) reference.zero({ step });
          for (const [step, thousandths] of values) {
            family.get(step)?.observe(thousandths / 1_000);
            reference.observe({ step }, thousandths / 1_000);
          }
          const text = await mine.metrics();
          expect(samplesOf(text)).toEqual(inLabelOrder(samplesOf(await theirs.metrics())));
          expect(text).toContain('# TYPE some_seconds histogram');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('has every series at 0 before anything was observed', async () => {
    const registry = new Registry();
    registerHistogramBy(registry, { name: 'some_seconds', help: 'Some.', bounds }, 'step', ['a']);
    expect(samplesOf(await registry.metrics()).get('some_seconds_count{step="a"}')).toBe(0);
  });
});

/** prom-client writes `le` first; the order of labels means nothing. */
function inLabelOrder(samples: Map<string, number>): Map<string, number> {
  return new Map([...samples].map(([series, value]) => [series.replace(/\{(le="[^"]*"),(.*)\}/, '{$2,$1}'), value]));
}
