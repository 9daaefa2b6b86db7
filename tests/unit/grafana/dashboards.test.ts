import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDashboard, descriptionOf } from '../../../grafana/dashboard.ts';
import { dashboards } from '../../../grafana/dashboards.ts';
import { actions } from '../../../src/domain/decision.ts';
import {
  alertRules,
  dashboardQueries,
  declaredMetrics,
  metricsOf,
  recordedOf,
  recordingRules,
  seriesOf,
} from './queries.ts';

const generated = new URL('../../../grafana/generated/', import.meta.url);
const built = dashboards.map((each) => ({ ...each, elements: buildDashboard(each).panels ?? [] }));
const panels = built.flatMap(({ rows, elements }) =>
  rows.flatMap((row) =>
    row.panels.map((panel) => ({
      place: `${row.title} / ${panel.title}`,
      panel,
      element: elements.find((element) => element.title === panel.title && element.type !== 'row'),
    })),
  ),
);

describe('generated/', () => {
  it.each(dashboards)('has in $file what the code generates (node grafana/generate.ts)', (description) => {
    const file = readFileSync(new URL(description.file, generated), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(buildDashboard(description))));
  });

  it('has nothing else', () => {
    expect(readdirSync(generated).toSorted()).toEqual(dashboards.map(({ file }) => file).toSorted());
  });
});

describe.each(built)('the dashboard $title', ({ rows, elements }) => {
  it('has a different id for every row and panel', () => {
    const ids = elements.map((element) => element.id);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('covers every place of the grid once, from the left edge to the right', () => {
    const covered = elements.flatMap(({ gridPos }) => placesOf(gridPos!));
    const lines = Math.max(...elements.map(({ gridPos }) => gridPos!.y + gridPos!.h));
    const grid = placesOf({ x: 0, y: 0, w: 24, h: lines });
    expect(new Set(covered)).toEqual(new Set(grid));
    expect(covered).toHaveLength(grid.length);
  });

  it('begins with a row of states, each with thresholds and a section of the runbook', () => {
    const [first] = rows;
    const alerts = new Set(alertRules.map(({ alert }) => alert));
    for (const { shape, thresholds, runbook } of first!.panels) {
      expect(shape).toBe('status');
      expect(thresholds?.length).toBeGreaterThan(1);
      expect(alerts).toContain(runbook);
    }
  });

  it('has its states after nothing else', () => {
    const later = rows.slice(1).flatMap((row) => row.panels);
    expect(later.filter(({ shape }) => shape === 'status')).toEqual([]);
  });
});

describe('panels', () => {
  it.each(panels)('say in $place which question they answer, what is seen, in which unit', ({ panel, element }) => {
    const { question, description, unit, queries } = panel;
    expect(question).toMatch(/^[A-Z].*\?$/);
    expect(description.length).toBeGreaterThan(20);
    expect(element).toMatchObject({ description: descriptionOf(panel), fieldConfig: { defaults: { unit } } });
    expect(unit).not.toBe('');
    expect(queries.length).toBeGreaterThan(0);
  });

  it('have different titles in all dashboards, so that the runbook can name a panel', () => {
    const titles = panels.map(({ panel }) => panel.title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('say what it means that they are empty, where that is as it should be', () => {
    const mayBeEmpty = panels.filter(({ panel }) =>
      panel.queries.every(({ expression }) => expression.endsWith(' > 0')),
    );
    expect(mayBeEmpty.length).toBeGreaterThan(10);
    expect(mayBeEmpty.filter(({ panel }) => panel.none === undefined).map(({ place }) => place)).toEqual([]);
    for (const { panel, element } of mayBeEmpty)
      expect(element).toMatchObject({ fieldConfig: { defaults: { noValue: panel.none } } });
  });

  it('show each action in a colour of its own, the same in all of them, and what acts on nobody dashed', () => {
    const byAction = panels.filter(({ panel }) => panel.queries.some(({ legend }) => legend.includes('{{action}}')));
    expect(byAction.map(({ panel }) => panel.title)).toContain('Decisions by action');
    for (const { panel, element } of byAction) {
      const looks = new Map(actions.map((action) => [action, lookOf(element, `${action} (enforce)`)]));
      expect(looks).toEqual(
        new Map([
          ['allow', ['green']],
          ['challenge', ['yellow']],
          ['review', ['orange']],
          ['block', ['red']],
        ]),
      );
      const isByMode = panel.queries.some(({ legend }) => legend.includes('{{mode}}'));
      expect(lookOf(element, 'block (shadow)')).toEqual(isByMode ? ['red', 'dash'] : ['red']);
    }
  });

  it('link to the runbook where they name an alert', () => {
    for (const { panel, element } of panels.filter(({ panel: { runbook } }) => runbook !== undefined))
      expect(element).toMatchObject({ links: [{ url: `\${runbook}#${panel.runbook!.toLowerCase()}` }] });
  });

  it.each(dashboardQueries)('read the chosen processes alone in $place', ({ expression }) => {
    const selectors = expression.match(/\{[^}]*\}/g) ?? [];
    expect(selectors).toHaveLength(metricsOf(expression).length + recordedOf(expression).length);
    for (const selector of selectors) expect(selector).toContain('job=~"$job"');
    expect(selectors.filter((each) => each.includes('instance=~"$instance"'))).toHaveLength(
      metricsOf(expression).length,
    );
  });
});

describe('metrics', async () => {
  const declared = await declaredMetrics();
  const exposed = new Set(declared.flatMap(seriesOf));
  const recorded = new Set(recordingRules.map(({ record }) => record));
  const read = new Set(
    [
      ...dashboardQueries.map(({ expression }) => expression),
      ...[...alertRules, ...recordingRules].map(({ expr }) => expr),
    ].flatMap(metricsOf),
  );

  it.each(dashboardQueries)('exist for $place', ({ expression }) => {
    expect(metricsOf(expression).filter((name) => !exposed.has(name))).toEqual([]);
    expect(recordedOf(expression).filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('of Winnow are all read, by a panel or by a rule', () => {
    const own = declared.filter(({ name }) => name.startsWith('winnow_'));
    expect(own.filter((metric) => !seriesOf(metric).some((name) => read.has(name))).map(({ name }) => name)).toEqual(
      [],
    );
  });
});

/** The colour and the kind of line of a series, as its name gives it them. */
function lookOf(element: unknown, series: string): readonly unknown[] {
  const { fieldConfig } = element as { readonly fieldConfig: { readonly overrides: readonly Override[] } };
  return fieldConfig.overrides
    .filter(({ matcher }) => new RegExp(matcher.options.slice(1, -1)).test(series))
    .flatMap(({ properties }) => properties.map(({ value }) => value.fixedColor ?? value.fill));
}

interface Override {
  readonly matcher: { readonly options: string };
  readonly properties: readonly { readonly value: { readonly fixedColor?: string; readonly fill?: string } }[];
}

/** Cells of the grid that a rectangle covers. */
function placesOf({ x, y, w, h }: { x: number; y: number; w: number; h: number }): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
}
