import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hotPathRows } from '../../../grafana/hot-path.ts';
import { alertRules } from './queries.ts';

const read = (path: string): string => readFileSync(new URL(`../../../grafana/${path}`, import.meta.url), 'utf8');
const runbook = read('README.md');
const sections = new Map(
  runbook
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0], section]),
);
const cases = parse(read('alerts/tests/hot-path.yaml')) as {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
};

describe('alert rules', () => {
  it('are these', () => {
    expect(alertRules.map((rule) => rule.alert)).toEqual([
      'WinnowLagGrowing',
      'WinnowLatencyHigh',
      'WinnowDrift',
      'WinnowGovernorTripped',
      'WinnowListsAway',
      'WinnowDeadLetters',
      'WinnowRecordsMisplaced',
      'WinnowDegraded',
      'WinnowCommitsFail',
      'WinnowHistoryShort',
      'WinnowHistoryForgetsWhatStands',
      'WinnowHistoryDamaged',
      'WinnowHistoryLost',
      'WinnowClockBehind',
      'WinnowStopped',
    ]);
  });

  describe.each(alertRules)('$alert', (rule) => {
    it('has a duration, a severity, a summary and a description', () => {
      expect(rule.for).toMatch(/^\d+m$/);
      expect(rule.labels['severity']).toMatch(/^(warning|critical)$/);
      expect(rule.annotations['summary']).toBeTruthy();
      expect(rule.annotations['description']).toBeTruthy();
    });

    it('names a section of the runbook that says symptom, meaning, first looks and actions', () => {
      expect(rule.annotations['runbook_url']).toBe(`grafana/README.md#${rule.alert.toLowerCase()}`);
      const section = sections.get(rule.alert) ?? '';
      for (const part of ['Symptom', 'Meaning', 'First looks', 'Actions']) expect(section).toContain(`**${part}.**`);
    });

    it.each([
      ['fires', true],
      ['does not fire', false],
    ])('has a case in which it %s', (_case, fires) => {
      const outcomes = cases.tests
        .flatMap((test) => test.alert_rule_test)
        .filter((outcome) => outcome.alertname === rule.alert)
        .map((outcome) => outcome.exp_alerts.length > 0);
      expect(outcomes).toContain(fires);
    });
  });
});

describe('the runbook', () => {
  const titles = new Set(hotPathRows.flatMap((row) => row.panels.map((panel) => panel.title)));

  it('names panels that the dashboard has', () => {
    const named = [...sections.values()].join('').match(/(?<=[^*]\*)[A-Z][^*]+(?=\*[^*])/g) ?? [];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((title) => !titles.has(title))).toEqual([]);
  });

  it('has no section without an alert', () => {
    expect([...sections.keys()]).toEqual(alertRules.map((rule) => rule.alert));
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
