import type { Histogram, Registry } from 'prom-client';
import type { Sample } from './exposition.ts';
import { HistogramSeries } from './histogram-series.ts';

interface Declaration {
  readonly name: string;
  readonly help: string;
  readonly bounds: readonly number[];
}

interface LabelledSeries {
  readonly series: HistogramSeries;
  readonly labels: Readonly<Record<string, string>>;
  /** The same with the bound of each bucket. */
  readonly bucketLabels: readonly Readonly<Record<string, string | number>>[];
}

/** Registers a histogram without labels, whose numbers we keep ourselves. */
export function registerHistogram(registry: Registry, declaration: Declaration): HistogramSeries {
  const series = new HistogramSeries(declaration.bounds);
  register(registry, declaration, [labelled(series, {})]);
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
    Array.from(family, ([value, series]) => labelled(series, { [label]: value })),
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

function labelled(series: HistogramSeries, labels: Readonly<Record<string, string>>): LabelledSeries {
  return { series, labels, bucketLabels: [...series.bounds, '+Inf'].map((le) => ({ ...labels, le })) };
}

/** Exposition form of one series: cumulative buckets, then sum and count. */
function samplesOf(name: string, { series, labels, bucketLabels }: LabelledSeries): Sample[] {
  const samples: Sample[] = [];
  let cumulative = 0;
  for (const [index, count] of series.counts.entries()) {
    cumulative += count;
    samples.push({ metricName: `${name}_bucket`, labels: bucketLabels[index]!, value: cumulative });
  }
  samples.push({ metricName: `${name}_sum`, labels, value: series.sum });
  samples.push({ metricName: `${name}_count`, labels, value: cumulative });
  return samples;
}
