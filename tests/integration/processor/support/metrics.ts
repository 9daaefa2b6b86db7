/** What `/metrics` said at one moment. */
export interface Metrics {
  /** The values of all series of this name whose labels include these, added up; 0 when there are none. */
  sum(name: string, labels?: Labels): number;
  /** Series of this name by one of their labels. */
  by(name: string, label: string): Readonly<Record<string, number>>;
  /** The labels of each series of this name. */
  labels(name: string): Labels[];
}

export type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Reads Prometheus' text format, as far as our label values need it: none holds a quote, a backslash or a brace. */
export function parseMetrics(text: string): Metrics {
  const series = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseSeries);
  const named = (name: string): Series[] => series.filter((each) => each.name === name);
  return {
    sum: (name, labels = {}) =>
      named(name)
        .filter((each) => Object.entries(labels).every(([label, value]) => each.labels[label] === value))
        .reduce((sum, { value }) => sum + value, 0),
    by: (name, label) =>
      Object.fromEntries(named(name).map(({ labels, value }) => [labels[label] ?? '', value] as const)),
    labels: (name) => named(name).map(({ labels }) => labels),
  };
}

const line = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;

function parseSeries(text: string): Series {
  const { name, labels = '', value } = line.exec(text)?.groups ?? {};
  if (name === undefined || value === undefined) throw new Error(`not Prometheus' text format: ${text}`);
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', content = '']) => [label, content]);
  return { name, labels: Object.fromEntries(pairs) as Labels, value: Number(value) };
}
