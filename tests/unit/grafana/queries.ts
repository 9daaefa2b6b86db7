import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { hotPathRows } from '../../../grafana/hot-path.ts';

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

const rules = parse(readFileSync(new URL('../../../grafana/alerts/hot-path.yaml', import.meta.url), 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
};

export const alertRules: readonly AlertRule[] = rules.groups.flatMap((group) => group.rules);

export const dashboardQueries: readonly NamedQuery[] = hotPathRows.flatMap((row) =>
  row.panels.flatMap((panel) =>
    panel.queries.map(({ expression, legend }) => ({ place: `${row.title} / ${panel.title} / ${legend}`, expression })),
  ),
);

/** What the rules compare, one by one: the branches of `or`, each of which may fire alone. */
export const alertQueries: readonly NamedQuery[] = alertRules.flatMap((rule) =>
  rule.expr.split(/\bor\b/).map((expression, index) => ({ place: `${rule.alert} / ${index + 1}`, expression })),
);

/** Names of Winnow's series that a query reads. */
export function metricsOf(expression: string): string[] {
  return expression.match(/\b(?:winnow|process|nodejs)_[a-z0-9_]+/g) ?? [];
}
