import { Registry } from 'prom-client';

/** A metric as a registry says it in JSON. */
export interface MetricSamples {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly Sample[];
}

export interface Sample {
  readonly value: number;
  readonly labels: Labels;
  /** Of a histogram, where it is not the name of the metric: with `_bucket`, `_sum` or `_count`. */
  readonly metricName?: string;
}

type Labels = Readonly<Record<string, string | number>>;

/** Of the text: Prometheus' own format, version 0.0.4. */
export const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** What a registry holds. */
export async function samplesOf(registry: Registry): Promise<readonly MetricSamples[]> {
  return (await registry.getMetricsAsJSON()) as unknown as readonly MetricSamples[];
}

/** What a registry holds, as text. */
export async function textOfRegistry(registry: Registry): Promise<string> {
  return textOf(await samplesOf(registry));
}

/**
 * Metrics in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats). prom-client writes the same at 3 us
 * a series, most of it for labels that were written just so a scrape before.
 */
export function textOf(metrics: readonly MetricSamples[]): string {
  let text = '';
  for (const { name, help, type, values } of metrics) {
    text += `${text === '' ? '' : '\n'}# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;
    for (const { metricName, labels, value } of values)
      text += `${metricName ?? name}${textOfLabels(labels)} ${textOfNumber(value)}\n`;
  }
  return text;
}

/** Counters and gauges keep their labels from scrape to scrape. */
const known = new WeakMap<Labels, string>();

function textOfLabels(labels: Labels): string {
  let text = known.get(labels);
  if (text === undefined) {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value), '"')}"`);
    text = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
    known.set(labels, text);
  }
  return text;
}

function textOfNumber(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escaped(text: string, quote = ''): string {
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return quote === '' ? plain : plain.replaceAll(quote, `\\${quote}`);
}
