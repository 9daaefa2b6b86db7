import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hotPath, hotPathRows } from '../../../grafana/hot-path.ts';
import { dashboardQueries, declaredMetrics, metricsOf, seriesOf } from './queries.ts';

const elements = hotPath.panels ?? [];
const panels = hotPathRows.flatMap((row) => row.panels.map((panel) => ({ row: row.title, ...panel })));

describe('hot-path.json', () => {
  it('is what the code generates (node grafana/generate.ts)', () => {
    const file = readFileSync(new URL('../../../grafana/generated/hot-path.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(hotPath)));
  });
});

describe('the dashboard', () => {
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

  it.each(panels)('says in $row / $title what is seen, in which unit', ({ title, description, unit, queries }) => {
    const panel = elements.find((element) => element.title === title && element.type !== 'row');
    expect(panel).toMatchObject({ description, fieldConfig: { defaults: { unit } } });
    expect(description.length).toBeGreaterThan(40);
    expect(unit).not.toBe('');
    expect(queries.length).toBeGreaterThan(0);
  });

  it('has different titles, so that the runbook can name a panel', () => {
    const titles = panels.map((panel) => panel.title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it.each(dashboardQueries)('reads the chosen processes alone in $place', ({ expression }) => {
    const selectors = expression.match(/\{[^}]*\}/g) ?? [];
    expect(selectors).toHaveLength(metricsOf(expression).length);
    for (const selector of selectors) expect(selector).toContain('job=~"$job",instance=~"$instance"');
  });
});

describe('metrics of the dashboard', async () => {
  const exposed = new Set((await declaredMetrics()).flatMap(seriesOf));

  it.each(dashboardQueries)('exist for $place', ({ expression }) => {
    expect(metricsOf(expression).filter((name) => !exposed.has(name))).toEqual([]);
  });
});

/** Cells of the grid that a rectangle covers. */
function placesOf({ x, y, w, h }: { x: number; y: number; w: number; h: number }): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
}
