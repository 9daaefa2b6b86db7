import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitRow } from '../../../src/adapters/file/csv.ts';
import { noEstimates, type Estimates } from '../../../src/reports/figure.ts';
import { HarmonisedCounter } from '../../../src/reports/harmonised/counts.ts';
import { harmonisedReport } from '../../../src/reports/harmonised/harmonised.ts';
import { checkPart6, fillPart6 } from '../../../src/reports/harmonised/part-6.ts';
import { checkPart7 } from '../../../src/reports/harmonised/part-7.ts';
import { languages } from '../../../src/reports/harmonised/part-8.ts';
import { sheetText, templateFiles, type Part, type Sheet } from '../../../src/reports/harmonised/template.ts';
import { parseDays, type Period } from '../../../src/reports/period.ts';
import { halfYear, storyNames, type HalfYear } from './half-year.ts';
import { dayMs, decisionRow, factsOf, recordOf } from './rows.ts';

/** The parts of the harmonised report of a made-up half-year, held against the templates of the Commission cell by cell. */

const period: Period = parseDays('2026-01-01/2026-06-30')!;
const accounts = 20_000;
const noSample = noEstimates('There is no sample.');
let year: HalfYear;
let report: Readonly<Record<Part, Sheet>>;

/** The template as it lies in the repository, read without the code under test but for the splitting of a row. */
function templateOf(part: Part): readonly (readonly string[])[] {
  const path = `../../../src/reports/harmonised/templates/${templateFiles[part]}`;
  const lines = readFileSync(new URL(path, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => splitRow(line, (message) => expect.fail(message)));
}

const truth = (...names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (year.truth.get(name) ?? 0), 0);

/** What a filled row says, by the names of columns; everything else is as the template has it. */
const numbersOf = (measures: number, detected: number): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    templateOf(6)[0]!
      .slice(5, 21)
      .map((column) => [column, '0']),
  ),
  "Number of measures taken at the provider's own initiative ": String(measures),
  'Number of measures taken after detection with solely automated means ': String(detected),
  'Account restriction Suspension': String(measures),
});

const spoil = (column: string, row: number): Sheet => {
  const rows = report[6].rows.map((cells) => [...cells]);
  rows[row]![report[6].header.indexOf(column)] = '1';
  return { header: report[6].header, rows };
};

const outcomes = (total: number, held: number, lifted: number): Readonly<Record<string, string>> => ({
  'Total number': String(total),
  'Decisions upheld': String(held),
  'Decisions partially reversed': '0',
  'Decisions reversed': String(lifted),
});

const labelsOf = (row: readonly string[]): readonly string[] => [row[0]!, row[3]!, row[4]!, row[5]!];

const valueOf = (indicator: string, scope: string): string =>
  report[8].rows.find((row) => row[4] === indicator && row[5] === scope)![6]!;

beforeAll(async () => {
  year = halfYear(accounts, period.fromMs, period.untilMs, 7);
  report = await harmonisedReport(
    recordOf(year.decisions, year.words),
    period,
    Infinity,
    factsOf(),
    async () => noSample,
  );
});

it('rests on a half-year in which every story is told', () => {
  expect(storyNames.length).toBeGreaterThan(15);
  expect(truth('measure')).toBeGreaterThan(10_000);
  expect([...year.truth.values()].every((count) => count > 100)).toBe(true);
});

describe('part 6', () => {
  it('is its template, cell by cell, with the rows filled that Winnow decides about', () => {
    const [header, ...rows] = templateOf(6);
    const [measures, detected, impersonation] = [truth('measure'), truth('detected'), truth('impersonation')];
    const expected: Readonly<Record<number, Readonly<Record<string, string>>>> = Object.fromEntries(
      rows.flatMap((row, index) => {
        const scams = rows.findIndex(([, , , name]) => name === 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD');
        const isScam = index > scams && index < scams + 8;
        if (row[3] === 'TOTAL' || index === scams) return [[index, numbersOf(measures, detected)]];
        if (isScam && row[3] === 'KEYWORD_INAUTHENTIC_ACCOUNTS')
          return [[index, numbersOf(measures - impersonation, detected - impersonation)]];
        return isScam && row[3] === 'KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING'
          ? [[index, numbersOf(impersonation, impersonation)]]
          : [];
      }),
    );
    expect(Object.keys(expected)).toHaveLength(4);
    expect(report[6].header).toEqual(header);
    expect(report[6].rows).toHaveLength(rows.length);
    for (const [index, row] of rows.entries()) {
      const cells = row.map((cell, column) => {
        const name = header![column]!;
        if (name === 'Service') return 'Example Social';
        if (name === 'Reporting period') return '2026-01-01/2026-06-30';
        if (name === 'Description of the sub-category "Other"') return '';
        return expected[index]?.[name] ?? cell;
      });
      const told = report[6].rows[index]!.map((cell, column) =>
        header![column]!.startsWith('Contextual') ? (row[column] ?? '') : cell,
      );
      expect([row[3], ...told]).toEqual([row[3], ...cells]);
    }
  });

  it('says in words what the total holds, and how many decisions it does not', () => {
    const context = report[6].rows[0]![21]!;
    expect(context).toContain('accounts that are not genuine');
    expect(context).toContain(`${truth('unknown')} decisions are in no count`);
  });

  it('leaves what a notice brought to the part of notices, where the platform takes reports for notices', async () => {
    const facts = factsOf({ userReportsAre: 'notices', blockIs: 'termination' });
    const { 6: sheet } = await harmonisedReport(
      recordOf(year.decisions, year.words),
      period,
      Infinity,
      facts,
      async () => noSample,
    );
    const at = (column: string): number => sheet.header.indexOf(column);
    const own = truth('measure') - truth('reported');
    expect(sheet.rows[0]![at("Number of measures taken at the provider's own initiative ")]).toBe(String(own));
    expect(sheet.rows[0]![at('Account restriction Termination')]).toBe(String(own));
    expect(sheet.rows[0]![at('Account restriction Suspension')]).toBe('0');
  });

  it('is refused where its sums do not hold', () => {
    expect(() => checkPart6(report[6])).not.toThrow();
    expect(() => checkPart6(spoil('Visibility restriction Removal', 0))).toThrow(/of one kind/);
    expect(() => checkPart6(spoil('Number of measures taken after detection with solely automated means ', 1))).toThrow(
      /no more were detected/,
    );
    expect(() => checkPart6(spoil("Number of measures taken at the provider's own initiative ", 0))).toThrow(
      /of one kind/,
    );
  });
});

describe('part 7', () => {
  const complaints = 'Number of complaints submitted to the internal-complaints mechanism';
  const aboutAccount = 'Complaint regarding a decision to suspend or terminate an account ';
  const aboutService = 'Complaint regarding a decision to suspend or terminate the provision of the service';
  const newly = 'Number of restrictions newly imposed as a result of an internal complaint';

  it('is its template, cell by cell, with complaints and what came of them', () => {
    // Of those turned down twice one says when it was sent, 10 hours before; those that were accepted say 30.
    const median = truth('upheld') / 2 > truth('reversed') ? '10' : '30';
    const [upheld, reversed, orphans] = [truth('upheld'), truth('reversed'), truth('orphan-upheld')];
    const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      [complaints]: { ...outcomes(upheld + reversed + orphans, upheld + orphans, reversed), 'Median time': median },
      [aboutAccount]: { ...outcomes(upheld + reversed, upheld, reversed), 'Median time': median },
      [aboutService]: outcomes(0, 0, 0),
      [newly]: { 'Total number': String(truth('new')) },
    };
    const [header, ...rows] = templateOf(7);
    expect(report[7].header).toEqual(header);
    expect(report[7].rows).toHaveLength(rows.length);
    for (const [index, [applicability, , , section, indicator, scope]] of rows.entries()) {
      const value = expected[indicator!]?.[scope!] ?? '';
      const told = report[7].rows[index]!;
      const names = [applicability, 'Example Social', '2026-01-01/2026-06-30', section, indicator, scope];
      expect(told.slice(0, 7)).toEqual([...names, value]);
      // What is left empty says why.
      if (value === '') expect(told[7]).not.toBe('');
    }
    expect(orphans).toBeGreaterThan(0);
  });

  it('is refused where outcomes do not add up', () => {
    const rows = report[7].rows.map((row) => [...row]);
    rows[1]![6] = '1';
    expect(() => checkPart7({ header: report[7].header, rows })).toThrow(/add up/);
  });
});

describe('part 8', () => {
  const [solely, notSolely] = [
    'Number of measures solely taken by automated means ',
    'Number of measures not taken by automated means',
  ];

  it('is its template, with a row for each language where the template abbreviates', () => {
    const [header, ...rows] = templateOf(8);
    const common = rows.filter(([applicability]) => applicability !== 'Only for VLOPs');
    expect(report[8].header).toEqual(header);
    expect(report[8].rows).toHaveLength(common.length + 5 * languages.length);
    expect(report[8].rows.slice(0, common.length).map(labelsOf)).toEqual(common.map(labelsOf));
    const perLanguage = new Set(report[8].rows.slice(common.length).map((row) => `${row[4]}|${row[5]}`));
    for (const [, , , , indicator, scope] of rows.slice(common.length))
      if (scope !== '[...]') expect(perLanguage).toContain(`${indicator}|${scope}`);
    expect(perLanguage.size).toBe(5 * languages.length);
  });

  it('counts what machines decided alone, and says why the rest is empty', () => {
    for (const scope of ['Total number', 'Own-initiative ']) {
      expect(valueOf(solely, scope)).toBe(String(truth('solely')));
      expect(valueOf(notSolely, scope)).toBe(String(truth('not-solely')));
    }
    expect(truth('solely') + truth('not-solely')).toBe(truth('measure'));
    expect(report[8].rows.filter((row) => row[6] === '' && row[7] === '')).toEqual([]);
  });

  it('tells how good they are with the interval, where there is a sample', async () => {
    const figure = { value: 0.98, low: 0.96, high: 0.99, labels: 400, method: 'From a blind audit.' };
    const quality = { accuracy: figure, precision: figure, recall: figure };
    const estimates: Estimates = { prevalence: figure, quality, qualityByLanguage: new Map([['de', quality]]) };
    const said = new Map([[1, 'de']]);
    const { 8: sheet } = await harmonisedReport(recordOf([]), period, Infinity, factsOf(), async () => estimates, said);
    const told = sheet.rows.filter(
      ([, , , , indicator]) => indicator!.startsWith('Accuracy') && indicator!.endsWith('Precision'),
    );
    const filled = told.filter((row) => row[6] !== '');
    expect(filled.map((row) => row[5])).toEqual(['Total number', 'Own-initiative ', 'de']);
    expect(filled[0]!.slice(6)).toEqual(['0.9800', '95 % interval 0.9600 to 0.9900, 400 labels. From a blind audit.']);
  });
});

describe('a harmonised report', () => {
  it('is written as RFC 4180 and read back as it was', () => {
    for (const sheet of Object.values(report)) {
      const lines = sheetText(sheet).trimEnd().split('\n');
      expect(lines.map((line) => splitRow(line, (message) => expect.fail(message)))).toEqual([
        sheet.header,
        ...sheet.rows,
      ]);
    }
  });

  it('counts a period alone, and nothing after the cut-off', async () => {
    const day = period.fromMs + 20 * dayMs;
    const rows = [period.fromMs - 1, period.fromMs, day, period.untilMs].map((timeMs, account) =>
      decisionRow({ account, timeMs }),
    );
    const measuresUpTo = async (cutOffMs: number): Promise<string> => {
      const { 6: sheet } = await harmonisedReport(recordOf(rows), period, cutOffMs, factsOf(), async () => noSample);
      return sheet.rows[0]![5]!;
    };
    expect(await measuresUpTo(Infinity)).toBe('2');
    expect(await measuresUpTo(day)).toBe('1');
  });

  it('adds challenges to the suspensions of a part of the service, where they restrict', () => {
    const facts = factsOf({ restricting: ['challenge', 'block'] });
    const counter = new HarmonisedCounter(period, facts);
    const finding = { isDetectedByMachine: true, automation: 'fully', source: 'own' } as const;
    const restriction = {
      decision: 'd',
      account: 1,
      timeMs: period.fromMs,
      measure: 'service',
      finding,
      rules: [],
    } as const;
    const more = { createdMs: null, cause: 'event' as const, wasReported: false, isOfComplaint: false };
    counter.take({ kind: 'imposed', timeMs: period.fromMs, restriction: { ...restriction, ...more } });
    const sheet = fillPart6(counter.counts(), facts, period);
    checkPart6(sheet);
    expect(sheet.rows[0]![sheet.header.indexOf('Provision of the service Suspension')]).toBe('1');
    expect(sheet.rows[0]![sheet.header.indexOf('Account restriction Suspension')]).toBe('0');
  });
});
