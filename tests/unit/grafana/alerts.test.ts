import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboards } from '../../../grafana/dashboards.ts';
import { alertRules, declaredMetrics, metricsOf, recordedOf, recordingRules, ruleFiles, seriesOf } from './queries.ts';

const read = (path: string): string => readFileSync(new URL(`../../../grafana/${path}`, import.meta.url), 'utf8');
const runbook = read('README.md');
const sections = new Map(
  runbook
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0], section]),
);
interface Case {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}
const cases = ruleFiles.flatMap((name) => {
  const file = parse(read(`alerts/tests/${name}`)) as {
    readonly tests: readonly { readonly alert_rule_test: readonly Case[] }[];
  };
  return file.tests.flatMap((test) => test.alert_rule_test);
});

describe('alert rules', async () => {
  const exposed = new Set((await declaredMetrics()).flatMap(seriesOf));
  const recorded = new Set(recordingRules.map(({ record }) => record));

  it('have different names', () => {
    expect(new Set(alertRules.map(({ alert }) => alert)).size).toBe(alertRules.length);
    expect(recorded.size).toBe(recordingRules.length);
  });

  it.each([
    ...alertRules.map((rule) => [rule.alert, rule] as const),
    ...recordingRules.map((rule) => [rule.record, rule] as const),
  ])('read what processes tell, or what rules record, in %s', (_, rule) => {
    const names = metricsOf(rule.expr);
    expect(names.filter((name) => !exposed.has(name))).toEqual([]);
    expect(recordedOf(rule.expr).filter((name) => !recorded.has(name))).toEqual([]);
    expect(names.length + recordedOf(rule.expr).length).toBeGreaterThan(0);
  });

  it('read every series that rules record', () => {
    const used = new Set([...alertRules, ...recordingRules].flatMap(({ expr }) => recordedOf(expr)));
    expect([...recorded].filter((name) => !used.has(name))).toEqual([]);
  });

  describe.each(alertRules)('$alert', (rule) => {
    it('has a duration, a severity, a summary and a description', () => {
      expect(rule.for).toMatch(/^\d+[smh]$/);
      expect(rule.labels['severity']).toMatch(/^(warning|critical)$/);
      expect(rule.annotations['summary']).toBeTruthy();
      expect(rule.annotations['description']).toBeTruthy();
    });

    it('names a section of the runbook that says symptom, meaning, first looks, actions and, last, how to undo them', () => {
      expect(rule.annotations['runbook_url']).toBe(
        `{{ $externalLabels.winnow_runbook_base }}grafana/README.md#${rule.alert.toLowerCase()}`,
      );
      const section = sections.get(rule.alert) ?? '';
      const parts = Array.from(section.matchAll(/^\*\*([A-Z][a-z ]+)\.\*\*/gm), ([, part]) => part);
      expect(parts).toEqual(['Symptom', 'Meaning', 'First looks', 'Actions', 'Undo']);
    });

    it.each([
      ['fires', true],
      ['does not fire', false],
    ])('has a case in which it %s', (_case, fires) => {
      const outcomes = cases
        .filter((outcome) => outcome.alertname === rule.alert)
        .map((outcome) => outcome.exp_alerts.length > 0);
      expect(outcomes).toContain(fires);
    });
  });
});

describe('the runbook', () => {
  const titles = new Set(
    dashboards.flatMap(({ rows }) => rows).flatMap((row) => row.panels.map((panel) => panel.title)),
  );

  it('names panels that the dashboard has', () => {
    const named = [...sections.values()].join('').match(/(?<=[^*]\*)[A-Z][^*]+(?=\*[^*])/g) ?? [];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((title) => !titles.has(title))).toEqual([]);
  });

  it('has no section without an alert', () => {
    expect(new Set(sections.keys())).toEqual(new Set(alertRules.map((rule) => rule.alert)));
  });
});

describe('provisioning', () => {
  it('offers the data source by the uid and type that the dashboard chooses from', () => {
    const { datasources } = parse(read('provisioning/datasources/prometheus.yaml')) as {
      readonly datasources: readonly unknown[];
    };
    expect(datasources).toMatchObject([{ uid: 'prometheus', type: 'prometheus' }]);
  });

  it('reads dashboards from where the runbook says that they are mounted', () => {
    const { providers } = parse(read('provisioning/dashboards/winnow.yaml')) as {
      readonly providers: readonly { readonly type: string; readonly options: { readonly path: string } }[];
    };
    expect(providers.map(({ type }) => type)).toEqual(['file']);
    expect(runbook).toContain(providers[0]?.options.path);
  });
});
