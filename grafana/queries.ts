/** A metric of the chosen processes, with further matchers. */
export const of = (metric: string, matchers = ''): string => `${metric}{job=~"$job",instance=~"$instance"${matchers}}`;
export const by = (labels: string): string => (labels === '' ? 'sum' : `sum by (${labels})`);

export const perSecond = (metric: string, labels = '', matchers = ''): string =>
  `${by(labels)} (rate(${of(metric, matchers)}[$__rate_interval]))`;
export const increase = (metric: string, labels: string): string =>
  `${by(labels)} (increase(${of(metric)}[$__rate_interval]))`;
export const mean = (histogram: string, labels = ''): string =>
  `${perSecond(`${histogram}_sum`, labels)} / ${perSecond(`${histogram}_count`, labels)}`;
export const percentile = (quantile: number, histogram: string, labels = 'le'): string =>
  `histogram_quantile(${quantile}, ${perSecond(`${histogram}_bucket`, labels)})`;

/** A series that rules record of each installation, for all of its processes together. */
export const recorded = (series: string): string => `${series}{job=~"$job"}`;

/** Of a series only where it is above 0, so that what never happened takes no room: its panel says so in `none`. */
export const above0 = (expression: string): string => `${expression} > 0`;
