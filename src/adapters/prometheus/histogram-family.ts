import type { Histogram, Registry } from 'prom-client';
import { HistogramSeries } from './histogram-series.ts';

interface Declaration {
  readonly name: string;
  readonly help: string;
  readonly bounds: readonly number[];
}

interface LabelledSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly series: HistogramSeries;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Registers a histogram without labels, whose numbers we keep ourselves. */
export function registerHistogram(registry: Registry, declaration: Declaration): HistogramSeries {
  const series = new HistogramSeries(declaration.bounds);
  register(registry, declaration, [{ labels: {}, series }]);
  return series;
}

/** The same with one label: a series for each of its values, there from the start. */
export function registerHistogramBy<Value extends string>(
  registry: Registry,
  declaration: Declaration,
  label: string,
  values: readonly Value[],
): ReadonlyMap<Value, HistogramSeries> {
  const family = new Map(values.map((value) => [value, new HistogramSeries(declaration.bounds)]));
  register(
    registry,
    declaration,
    Array.from(family, ([value, series]) => ({ labels: { [label]: value }, series })),
  );
  return family;
}

function register(registry: Registry, { name, help }: Declaration, family: readonly LabelledSeries[]): void {
  const described = { name, help, type: 'histogram', aggregator: 'sum' };
  const metric = {
    ...described,
    get: () => Promise.resolve({ ...described, values: family.flatMap((each) => samplesOf(name, each)) }),
  };
  // A registry asks a metric for its name and `get()` alone; the published type demands one of its own four classes.
  registry.registerMetric(metric as unknown as Histogram);
}

/** Exposition form of one series: cumulative buckets, then sum and count. */
function samplesOf(name: string, { labels, series }: LabelledSeries): Sample[] {
  const samples: Sample[] = [];
  let cumulative = 0;
  for (const [index, count] of series.counts.entries()) {
    cumulative += count;
    const bound = series.bounds[index] ?? '+Inf';
    samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: cumulative });
  }
  samples.push({ metricName: `${name}_sum`, labels, value: series.sum });
  samples.push({ metricName: `${name}_count`, labels, value: cumulative });
  return samples;
}
