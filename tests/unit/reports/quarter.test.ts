import { describe, expect, it } from 'vitest';
import { unknownFigure } from '../../../src/reports/figure.ts';
import { parseDays, parseQuarter, monthsOf } from '../../../src/reports/period.ts';
import { definitions, figureNames, type FigureName } from '../../../src/reports/quarter/definitions.ts';
import { restatedSince } from '../../../src/reports/quarter/difference.ts';
import { quarterCsv, quarterJson } from '../../../src/reports/quarter/files.ts';
import { quarterPage } from '../../../src/reports/quarter/page.ts';
import { quarterReport, type QuarterReport } from '../../../src/reports/quarter/quarter.ts';
import type { DecisionRow, WordRow } from '../../../src/reports/record.ts';
import { openInBrowser } from '../../browser/chromium.ts';
import { writeFileSync } from 'node:fs';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { halfYear } from './half-year.ts';
import { dayMs, decisionRow, recordOf, wordRow } from './rows.ts';

const quarter = parseQuarter('2026-Q1')!;
const noSample = { prevalence: unknownFigure('There is no sample.') };
const pathOf = temporaryFolder();

async function reportOf(decisions: readonly DecisionRow[], words: readonly WordRow[] = [], cutOffMs = Infinity) {
  const untilMs = Math.min(cutOffMs, Date.UTC(2030, 0));
  return quarterReport(recordOf(decisions, words), quarter, untilMs, ['block'], async () => noSample);
}

function valueOf({ figures }: QuarterReport, name: FigureName): number | null {
  return figures.find((figure) => figure.name === name)!.value;
}

describe('a quarter', () => {
  it('is what everybody calls so', () => {
    expect(parseQuarter('2026-Q4')).toEqual({ name: '2026-Q4', fromMs: Date.UTC(2026, 9), untilMs: Date.UTC(2027, 0) });
    for (const text of ['2026-Q5', '2026Q1', '26-Q1', '2026-Q1 ', '']) expect(parseQuarter(text)).toBeUndefined();
    expect(monthsOf(quarter).map(({ name }) => name)).toEqual(['2026-01', '2026-02', '2026-03']);
  });

  it('is a period of whole days in other reports', () => {
    expect(parseDays('2026-01-01/2026-06-30')).toMatchObject({ fromMs: Date.UTC(2026, 0), untilMs: Date.UTC(2026, 6) });
    for (const text of ['2026-02-30/2026-03-01', '2026-02-01', '2026-03-01/2026-02-01', '2026-01-01/2026-01-02/x'])
      expect(parseDays(text)).toBeUndefined();
  });
});

describe('a quarterly report', () => {
  it('counts what a made-up quarter is known to hold', async () => {
    const { decisions, words, truth } = halfYear(5_000, quarter.fromMs, quarter.untilMs, 3);
    const report = await reportOf(decisions, words);
    const of = (name: string): number => truth.get(name) ?? 0;
    // Each account once, also where it was restricted again.
    const actioned = of('measure') - of('again');
    const known = actioned - of('proactive-unknown');
    expect(Object.fromEntries(report.figures.map(({ name, value }) => [name, value]))).toEqual({
      prevalence: null,
      actioned,
      refusedAtCreation: of('refused'),
      unknownAccounts: of('unknown'),
      proactiveRate: of('proactive') / known,
      proactiveUnknown: of('proactive-unknown'),
      appealed: of('appealed'),
      appealsAccepted: of('reversed'),
      restoredAfterAppeal: of('restored-appeal'),
      restoredWithoutAppeal: of('restored-own'),
    });
    expect(report.months.reduce((sum, month) => sum + month.restored, 0)).toBe(
      of('restored-appeal') + of('restored-own'),
    );
  });

  it('does not count as actioned what was refused before there was an account', async () => {
    const report = await reportOf([decisionRow({ exists: false, eventType: 'account.signup', createdMs: null })]);
    expect([valueOf(report, 'actioned'), valueOf(report, 'refusedAtCreation')]).toEqual([0, 1]);
    expect(valueOf(report, 'proactiveRate')).toBeNull();
  });

  it('has each definition beside its figure', async () => {
    const { figures } = await reportOf([]);
    expect(figures.map(({ name }) => name)).toEqual(figureNames);
    for (const { name, definition, value, note } of figures) {
      expect(definition).toBe(definitions[name].definition);
      if (value === null) expect(note).toMatch(/\w/);
    }
  });

  it('is the same for the same record and cut-off, whatever came later', async () => {
    const { decisions, words } = halfYear(500, quarter.fromMs, quarter.untilMs, 5);
    const cutOffMs = quarter.untilMs + 5 * dayMs;
    const late = wordRow({ account: 1, timeMs: cutOffMs + dayMs });
    const lifted = decisionRow({
      account: 1,
      timeMs: cutOffMs + dayMs,
      action: 'allow',
      cause: 'label',
      saidBy: 'appeal',
    });
    const before = await reportOf(decisions, words, cutOffMs);
    expect(await reportOf([...decisions, lifted], [...words, late], cutOffMs)).toEqual(before);
  });

  it('tells what a later cut-off restates', async () => {
    const blocked = decisionRow({ timeMs: quarter.fromMs + 30 * dayMs });
    const lifted = decisionRow({ timeMs: quarter.untilMs - dayMs, action: 'allow', cause: 'label', saidBy: 'review' });
    const before = await reportOf([blocked, lifted], [], quarter.untilMs - 2 * dayMs);
    const after = await reportOf([blocked, lifted]);
    expect(restatedSince(before, after)).toEqual([
      { name: 'restoredWithoutAppeal', title: 'Restored without appeal', former: 0, now: 1 },
    ]);
    expect(restatedSince(after, after)).toEqual([]);
    expect(quarterPage(after, before)).toContain('Restated since');
  });

  it('is a table for spreadsheets and an object for programs', async () => {
    const report = await reportOf([decisionRow()]);
    expect(JSON.parse(quarterJson(report))).toEqual(report);
    const lines = quarterCsv(report).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + figureNames.length);
    expect(lines[2]).toMatch(/^2026-Q1,.*,actioned,Accounts actioned,1,,,accounts,/);
  });

  it('is a page that a browser shows without running or loading anything, whatever rules are called', async (context) => {
    const { decisions, words } = halfYear(1_000, quarter.fromMs, quarter.untilMs, 9);
    const odd = decisionRow({ account: 9_999, rules: ['<script>alert(1)</script>@1'] });
    const before = await reportOf(decisions, words, quarter.untilMs - 20 * dayMs);
    const report = await reportOf([...decisions, odd], words);
    const path = pathOf('quarter.html');
    writeFileSync(path, quarterPage(report, before));
    const { dom, console } = await openInBrowser(context, path);
    expect(console).toBe('');
    expect(dom.match(/<article /g)).toHaveLength(figureNames.length);
    expect(dom.match(/<rect /g)).toHaveLength(6);
    expect(dom).toContain(valueOf(report, 'actioned')!.toLocaleString('en-US'));
    expect(dom).toContain('Restated since');
    expect(dom).not.toContain('<script');
    for (const name of figureNames) expect(dom).toContain(definitions[name].title);
  });
});
