import { beforeAll, describe, expect, it } from 'vitest';
import { noEstimates } from '../../../src/reports/figure.ts';
import { harmonisedReport } from '../../../src/reports/harmonised/harmonised.ts';
import {
  platformCellsSchema,
  unknownCells,
  withPlatformCells,
  type PlatformCell,
} from '../../../src/reports/harmonised/platform-cells.ts';
import type { Part, Sheet } from '../../../src/reports/harmonised/template.ts';
import { parseDays } from '../../../src/reports/period.ts';
import { decisionRow, factsOf, recordOf } from './rows.ts';

/** What only the platform knows of parts 7 and 8: it fills what is empty, is held against the template, and what is left is listed. */

const disputes = 'Number of disputes submitted to out-of-court dispute settlement bodies';
const solely = 'Number of measures solely taken by automated means';
const noSample = async () => noEstimates('There is no sample.');
const period = parseDays('2026-01-01/2026-06-30')!;
let sheets: Readonly<Record<Part, Sheet>>;

const rowOf = (from: Readonly<Record<Part, Sheet>>, part: Part, indicator: string, scope: string) =>
  from[part].rows.find((row) => row[4]!.trim() === indicator && row[5]!.trim() === scope)!;
const cell = (scope: string, value: number | null, changes: Partial<PlatformCell> = {}): PlatformCell => ({
  part: 7,
  indicator: disputes,
  scope,
  value,
  ...changes,
});
const faultsOf = (...cells: readonly PlatformCell[]): readonly string[] => withPlatformCells(sheets, cells).faults;

beforeAll(async () => {
  const languages = new Map([
    [1, 'de'],
    [2, 'fr'],
    [4, 'tr'],
    [5, 'tr'],
  ]);
  const rows = [1, 2, 3, 4, 5].map((account) => decisionRow({ account }));
  sheets = await harmonisedReport(recordOf(rows), period, Infinity, factsOf(), noSample, languages);
});

it('measures are counted by the language that the platform gives, and who is of no known one, or of one without a row, is told', () => {
  expect(rowOf(sheets, 8, solely, 'de').slice(6)).toEqual([
    '1',
    expect.stringContaining('Of 1 measures it is not known, and of 2 it is no official language of the Union.'),
  ]);
  expect(rowOf(sheets, 8, solely, 'fr')[6]).toBe('1');
  expect(rowOf(sheets, 8, solely, 'sv')[6]).toBe('0');
});

it('rows by language stay empty where the platform gives none', async () => {
  const without = await harmonisedReport(recordOf([decisionRow()]), period, Infinity, factsOf(), noSample);
  expect(rowOf(without, 8, solely, 'de').slice(6)).toEqual(['', expect.stringContaining('did not say it')]);
});

it('a language without measures has none, also in a period without any, and its quality is not said to lack a language', async () => {
  const empty = await harmonisedReport(recordOf([]), period, Infinity, factsOf(), noSample, new Map([[1, 'de']]));
  expect(rowOf(empty, 8, solely, 'de').slice(6)).toEqual(['0', expect.stringContaining('Of 0 measures')]);
  const [value, why] = rowOf(empty, 8, 'Accuracy of the automated means - Recall', 'de').slice(6);
  expect([value, why]).toEqual(['', 'No account of the samples is of this language.']);
});

describe('cells that the platform gives', () => {
  it('fill what the record leaves empty, and the rest is listed in the form in which it can be given', () => {
    const { sheets: filled, faults } = withPlatformCells(sheets, [
      cell('Total number', 5, { context: 'From the desk of disputes.' }),
      cell('Decisions reversed', 2),
      cell('Median time', 30.5),
      cell('Percentage of outcomes implemented', 0.5),
      cell('NAM Total', 12, { part: 8, indicator: 'Number of notices solely processed by automated means' }),
    ]);
    expect(faults).toEqual([]);
    expect(rowOf(filled, 7, disputes, 'Total number').slice(6)).toEqual(['5', 'From the desk of disputes.']);
    expect(rowOf(filled, 7, disputes, 'Decisions upheld')[6]).toBe('');
    const left = unknownCells(filled);
    expect(left).toHaveLength(unknownCells(sheets).length - 5);
    expect(left.every(({ value, ...more }) => value === null && (more as { why: string }).why !== '')).toBe(true);
    expect(platformCellsSchema.parse({ cells: left }).cells).toHaveLength(left.length);
    expect(withPlatformCells(filled, left)).toEqual({ sheets: filled, faults: [] });
  });

  it('never take the place of what the record counts', () => {
    const own = cell('Total number', 9_999, { part: 8, indicator: solely });
    expect(faultsOf(own)).toEqual([expect.stringContaining('the record has a figure of its own')]);
    expect(rowOf(withPlatformCells(sheets, [own]).sheets, 8, solely, 'Total number')[6]).toBe('5');
  });

  it.each([
    ['a cell that no template has', [cell('Totals', 1)], 'has no such cell'],
    ['the same cell twice', [cell('Total number', 1), cell('Total number', 2)], 'given twice'],
    ['half a dispute', [cell('Total number', 1.5)], 'whole number'],
    ['a share above one', [cell('Percentage of outcomes implemented', 50)], '0 to 1'],
    ['more outcomes than disputes', [cell('Total number', 1), cell('Decisions upheld', 2)], 'more than the total, 1'],
    ['outcomes without a total', [cell('Decisions upheld', 2)], 'which is not given'],
  ])('%s is refused with its place', (_, cells, words) => {
    expect(faultsOf(...cells).join()).toContain(words);
  });

  it.each([
    { cells: [{ part: 6, indicator: 'x', scope: 'y', value: 1 }] },
    { cells: [{ part: 7, indicator: 'x', scope: 'y', value: -1 }] },
    { cells: [{ part: 7, indicator: 'x', scope: 'y', value: '1' }] },
    { cells: [{ part: 7, indicator: 'x', scope: 'y', value: 1, valeu: 2 }] },
    { facts: [] },
    [],
  ])('what is no such file is refused: %j', (json) => {
    expect(platformCellsSchema.safeParse(json).success).toBe(false);
  });
});
