import assert from 'node:assert/strict';
import type { Period } from '../period.ts';
import type { PlatformFacts } from '../platform-facts.ts';
import { sumOf, type HarmonisedCounts, type MeasureCount } from './counts.ts';
import { fillSheet, readTemplate, type Row, type Sheet } from './template.ts';

/**
 * Part 6: measures at the platform's own initiative against what breaks its terms. Winnow decides about accounts that are not genuine, which are
 * scams and fraud (STATEMENT_CATEGORY_SCAMS_AND_FRAUD): these rows and the total are filled. Rows of what it does not decide about stay empty,
 * since 0 would say that the platform did nothing there.
 */

const categoryColumn = "Category of incompatibility with the provider's terms and conditions";
const otherColumn = 'Description of the sub-category "Other"';
const measuresColumn = "Number of measures taken at the provider's own initiative ";
const detectedColumn = 'Number of measures taken after detection with solely automated means ';
const suspensionColumn = 'Account restriction Suspension';
const terminationColumn = 'Account restriction Termination';
const serviceColumn = 'Provision of the service Suspension';
const contextOf = (column: string): string => `Contextual Information on ${column}`;

/** What each measure is one of; together they are all measures. */
export const restrictionColumns = [
  ...['Removal', 'Disable', 'Demoted', 'Age restricted', 'Interaction restricted', 'Labelled ', 'Other'].map(
    (kind) => `Visibility restriction ${kind}`,
  ),
  ...['Suspension', 'Termination', 'Other'].map((kind) => `Monetary restriction ${kind}`),
  serviceColumn,
  'Provision of the service Termination',
  suspensionColumn,
  terminationColumn,
];

const scamsAndFraud = 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD';
const total = 'TOTAL';
const totalContext =
  'Measures that Winnow decided about accounts that are not genuine. Measures of other systems and about other matters are to be added.';

export function fillPart6(counts: HarmonisedCounts, facts: PlatformFacts, period: Period): Sheet {
  const own = counts.measures.filter(({ isOwnInitiative }) => isOwnInitiative);
  const found = new Set<string>(own.map(({ keyword }) => keyword));
  let category = '';
  return fillSheet(readTemplate(6), facts.service ?? '', period, (row) => {
    const name = row.get(categoryColumn);
    if (!name.startsWith('KEYWORD_')) category = name;
    // The template says here what to write, and there is nothing to write.
    row.set(otherColumn, '');
    if (name === total || name === scamsAndFraud) fillRow(row, own, facts);
    if (name === total) row.set(contextOf(measuresColumn), totalText(counts));
    // Keywords come again under other categories.
    if (category === scamsAndFraud && (name === 'KEYWORD_INAUTHENTIC_ACCOUNTS' || found.has(name))) {
      const some = own.filter(({ keyword }) => keyword === name);
      fillRow(row, some, facts);
    }
  });
}

function fillRow(row: Row, measures: readonly MeasureCount[], { blockIs }: PlatformFacts): void {
  const count = (isMeant: (measure: MeasureCount) => boolean): string => String(sumOf(measures, isMeant));
  row.set(
    measuresColumn,
    count(() => true),
  );
  row.set(
    detectedColumn,
    count(({ isDetectedByMachine }) => isDetectedByMachine),
  );
  for (const column of restrictionColumns) row.set(column, '0');
  row.set(
    blockIs === 'termination' ? terminationColumn : suspensionColumn,
    count(({ measure }) => measure === 'account'),
  );
  row.set(
    serviceColumn,
    count(({ measure }) => measure === 'service'),
  );
}

function totalText({ unknownAccounts }: HarmonisedCounts): string {
  if (unknownAccounts === 0) return totalContext;
  return `${totalContext} ${unknownAccounts} decisions are in no count, since it is not known whether there was an account.`;
}

/** Throws where the sums that the regulation asks for do not hold: that would be a fault of this program. */
export function checkPart6({ header, rows }: Sheet): void {
  const at = (column: string): number => header.indexOf(column);
  const numbers = (row: readonly string[], columns: readonly string[]): number =>
    columns.reduce((sum, column) => sum + Number(row[at(column)]), 0);
  const columns = [measuresColumn, detectedColumn, ...restrictionColumns];
  const sums = new Map<string, number[]>();
  let category = '';
  for (const row of rows) {
    const name = row[at(categoryColumn)]!;
    if (!name.startsWith('KEYWORD_')) category = name;
    const measures = numbers(row, [measuresColumn]);
    assert.equal(numbers(row, restrictionColumns), measures, `each measure of ${name} is of one kind`);
    assert(
      numbers(row, [detectedColumn]) <= measures,
      `of the measures of ${name} no more were detected than there were`,
    );
    const parts = name === total ? [] : name === category ? ['categories'] : [category];
    for (const part of parts) {
      const sum = sums.get(part) ?? columns.map(() => 0);
      sums.set(
        part,
        sum.map((value, index) => value + numbers(row, [columns[index]!])),
      );
    }
  }
  for (const row of rows) {
    const name = row[at(categoryColumn)]!;
    const sum = sums.get(name === total ? 'categories' : name);
    if (name.startsWith('KEYWORD_') || sum === undefined) continue;
    const values = columns.map((column) => numbers(row, [column]));
    assert.deepEqual(values, sum, `${name} is the sum of its rows`);
  }
}
