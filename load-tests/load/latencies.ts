import { build, type Histogram } from 'hdr-histogram-js';

/** Milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

const microsecondsPerMs = 1_000;

/** Of microseconds, exact to three digits. */
export function newHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, numberOfSignificantValueDigits: 3, autoResize: true });
}

export function record(histogram: Histogram, ms: number, count = 1): void {
  histogram.recordValueWithCount(Math.max(0, Math.round(ms * microsecondsPerMs)), count);
}

/** Null when nothing was recorded. */
export function latenciesOf(histogram: Histogram): Latencies | null {
  if (histogram.totalCount === 0) return null;
  const at = (percentile: number): number => toMs(histogram.getValueAtPercentile(percentile));
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: toMs(histogram.maxValue) };
}

/** Quantile by quantile: what the first has more of. It is no distribution of differences, for the events are others. */
export function latencyDifference(first: Latencies | null, second: Latencies | null): Latencies | null {
  if (first === null || second === null) return null;
  const less = (name: keyof Latencies): number => round(first[name] - second[name]);
  return { p50: less('p50'), p90: less('p90'), p99: less('p99'), p999: less('p999'), max: less('max') };
}

function toMs(microseconds: number): number {
  return round(microseconds / microsecondsPerMs);
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
