import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { annotations } from '../../../grafana/dashboard.ts';
import { dashboards } from '../../../grafana/dashboards.ts';
import { supervisorMetrics } from '../../../src/adapters/prometheus/supervisor-metrics.ts';
import { PrometheusTelemetry } from '../../../src/adapters/prometheus/telemetry.ts';
import type { MetricSamples } from '../../../src/adapters/prometheus/exposition.ts';

/** A query and where it stands, for the names of test cases. */
export interface NamedQuery {
  readonly place: string;
  readonly expression: string;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

const directory = new URL('../../../grafana/alerts/', import.meta.url);

/** Names of the files of rules; each has one of cases, of the same name, in `tests/`. */
export const ruleFiles: readonly string[] = readdirSync(directory).filter((name) => name.endsWith('.yaml'));

const rules = ruleFiles.flatMap((name) => {
  const file = parse(readFileSync(new URL(name, directory), 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly (AlertRule | RecordingRule)[] }[];
  };
  return file.groups.flatMap((group) => group.rules);
});

export const alertRules: readonly AlertRule[] = rules.filter((rule) => 'alert' in rule);
export const recordingRules: readonly RecordingRule[] = rules.filter((rule) => 'record' in rule);

const panelQueries: readonly NamedQuery[] = dashboards
  .flatMap(({ rows }) => rows)
  .flatMap((row) =>
    row.panels.flatMap((panel) =>
      panel.queries.map(({ expression, legend }) => ({
        place: `${row.title} / ${panel.title} / ${legend}`,
        expression,
      })),
    ),
  );

const annotationQueries: readonly NamedQuery[] = annotations.map(({ name, query: { expression } }) => ({
  place: `annotation / ${name}`,
  expression,
}));

export const dashboardQueries: readonly NamedQuery[] = [...panelQueries, ...annotationQueries];

/** What the rules compare, one by one: the branches of `or`, each of which may fire alone. */
export const alertQueries: readonly NamedQuery[] = alertRules.flatMap((rule) =>
  rule.expr.split(/\bor\b/).map((expression, index) => ({ place: `${rule.alert} / ${index + 1}`, expression })),
);

/** Names of Winnow's series that a query reads, without those that rules record. */
export function metricsOf(expression: string): string[] {
  return expression.match(/\b(?:winnow|process|nodejs)_[a-z0-9_]+/g) ?? [];
}

/** Names of the series that rules record which a query reads. */
export function recordedOf(expression: string): string[] {
  return expression.match(/\bwinnow:[\w:]+/g) ?? [];
}

/** What a process tells, and what a supervisor of several does, before anything has happened. */
export async function declaredMetrics(): Promise<readonly MetricSamples[]> {
  const telemetry = new PrometheusTelemetry({
    version: '1',
    ready: () => true,
    storeEntities: () => 0,
    history: () => undefined,
    unansweredRules: () => [],
  });
  const supervisor = supervisorMetrics({ workers: 2, running: () => 2, restarts: () => 0 });
  const all = [...(await telemetry.samples()), ...(await supervisor())];
  return [...new Map(all.map((metric) => [metric.name, metric])).values()];
}

/** Names of its series: histograms have three each. */
export function seriesOf({ name, type }: Pick<MetricSamples, 'name' | 'type'>): string[] {
  return (type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((suffix) => `${name}${suffix}`);
}
