import * as fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { textOf, textOfRegistry } from '../../../../src/adapters/prometheus/exposition.ts';

const labelNames = ['kind', 'place'];
const text = fc.string({ unit: fc.constantFrom('a', 'ü', '"', '\\', '\n', '{', ' ') });
// A counter takes no infinity; the table below has what a gauge may be.
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), fc.constantFrom(0, 1, 1e21, 1e-7));

it('writes what prom-client writes, whatever help and labels say, scrape after scrape', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.tuple(text, text, number)), async (help, series) => {
      const registry = new Registry();
      const registers = [registry];
      const gauge = new Gauge({ name: 'some', help: `Some ${help}`, labelNames, registers });
      const counter = new Counter({ name: 'some_total', help: 'Some.', labelNames, registers });
      const plain = new Gauge({ name: 'plain', help: 'Without labels.', registers });
      new Histogram({ name: 'some_seconds', help: 'Some.', buckets: [0.1, 1], registers }).observe(0.5);
      for (const [kind, place, value] of series) {
        gauge.set({ kind, place }, value);
        counter.inc({ kind, place }, value);
        plain.set(value);
        expect(await textOfRegistry(registry)).toBe(await registry.metrics());
      }
    }),
    { numRuns: 50 },
  );
});

it.each([
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('writes %d as Prometheus reads it', (value, expected) => {
  const metric = { name: 'some', help: 'Some.', type: 'gauge', values: [{ labels: {}, value }] };
  expect(textOf([metric])).toBe(`# HELP some Some.\n# TYPE some gauge\nsome ${expected}\n`);
});
