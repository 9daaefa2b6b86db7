import assert from 'node:assert/strict';
import type { Estimates, Figure, Quality } from '../figure.ts';
import type { Period } from '../period.ts';
import type { PlatformFacts } from '../platform-facts.ts';
import { sumOf, type HarmonisedCounts, type MeasureCount } from './counts.ts';
import { fillSheet, readTemplate, type Row, type Sheet } from './template.ts';

/** Part 8: what automated means decided, and how well. */

const valueColumn = 'Value';
const contextColumn = 'Contextual Information';
const solely = 'Number of measures solely taken by automated means ';
const notSolely = 'Number of measures not taken by automated means';
const qualityPrefix = 'Accuracy of the automated means - ';
const qualities = { Accuracy: 'accuracy', Precision: 'precision', Recall: 'recall' } as const;

/** Official languages of the Union, as the templates name them, in their order; the templates write `[...]` for all but the first and the last. */
export const languages: readonly string[] =
  'bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv'.split(' ');

const onePerLanguage = 'Only for VLOPs';
const solelyContext = 'No person looked at the account before it was restricted.';
const notSolelyContext = 'A person decided, also where a machine had asked for the look.';
const noLanguage = 'The record does not hold the language of an account, and the platform did not say it.';
const noSampleOfLanguage = 'No account of the samples is of this language.';
const noNotices = 'How notices are processed is not in the record of Winnow: to be filled by the platform.';

/** @param saysLanguages whether the platform says whose language is which: then a row without measures is none, and not unknown */
export function fillPart8(
  counts: HarmonisedCounts,
  estimates: Estimates,
  facts: PlatformFacts,
  period: Period,
  saysLanguages: boolean,
): Sheet {
  const own = counts.measures.filter(({ isOwnInitiative }) => isOwnInitiative);
  return fillSheet(expandLanguages(readTemplate(8)), facts.service ?? '', period, (row) => {
    const scope = row.get('Scope');
    if (scope === 'Total number') fillScope(row, counts.measures, estimates.quality);
    else if (scope === 'Own-initiative ') fillScope(row, own, estimates.quality);
    else if (scope.startsWith('NAM ')) row.set(contextColumn, noNotices);
    else if (!saysLanguages) row.set(contextColumn, noLanguage);
    else fillLanguage(row, counts.measures, estimates.qualityByLanguage.get(scope));
  });
}

/** One row for each indicator and language, where the template abbreviates them. */
export function expandLanguages({ header, rows }: Sheet): Sheet {
  const [applicability, indicator, scope] = ['Applicability', 'Indicator', 'Scope'].map((name) => header.indexOf(name));
  const common = rows.filter((row) => row[applicability!] !== onePerLanguage);
  const abbreviated = rows.filter((row) => row[applicability!] === onePerLanguage);
  const first = new Map<string, readonly string[]>();
  for (const row of abbreviated) if (!first.has(row[indicator!]!)) first.set(row[indicator!]!, row);
  const expanded = [...first.values()].flatMap((row) =>
    languages.map((language) => row.map((cell, column) => (column === scope ? language : cell))),
  );
  return { header, rows: [...common, ...expanded] };
}

function fillScope(row: Row, measures: readonly MeasureCount[], quality: Quality): void {
  const indicator = row.get('Indicator');
  if (indicator === solely)
    put(
      row,
      sumOf(measures, ({ isSolelyAutomated }) => isSolelyAutomated),
      solelyContext,
    );
  else if (indicator === notSolely)
    put(
      row,
      sumOf(measures, ({ isSolelyAutomated }) => !isSolelyAutomated),
      notSolelyContext,
    );
  else putFigure(row, quality[qualityOf(indicator)]);
}

/** Who is of no known language, or of one that has no row, is told beside each count. */
function fillLanguage(row: Row, measures: readonly MeasureCount[], quality: Quality | undefined): void {
  const [indicator, scope] = [row.get('Indicator'), row.get('Scope')];
  const unknown = sumOf(measures, ({ language }) => language === null);
  const others = sumOf(measures, ({ language }) => language !== null && !languages.includes(language));
  if (indicator.startsWith(qualityPrefix)) {
    if (quality === undefined) row.set(contextColumn, noSampleOfLanguage);
    else putFigure(row, quality[qualityOf(indicator)]);
  } else
    put(
      row,
      sumOf(measures, (one) => one.language === scope && one.isSolelyAutomated === (indicator === solely)),
      `By the language of the account, as the platform says it. Of ${unknown} measures it is not known, and of ${others} it is no official language of the Union.`,
    );
}

function qualityOf(indicator: string): keyof Quality {
  const name = indicator.slice(qualityPrefix.length) as keyof typeof qualities;
  assert(indicator.startsWith(qualityPrefix) && name in qualities, `the template has an indicator "${indicator}"`);
  return qualities[name];
}

function putFigure(row: Row, figure: Figure): void {
  if (figure.value === null) row.set(contextColumn, figure.why);
  else {
    const [low, high] = [figure.low, figure.high].map((bound) => bound.toFixed(4));
    row.set(valueColumn, figure.value.toFixed(4));
    row.set(contextColumn, `95 % interval ${low} to ${high}, ${figure.labels} labels. ${figure.method}`);
  }
}

function put(row: Row, value: number, context: string): void {
  row.set(valueColumn, String(value));
  row.set(contextColumn, context);
}

/** Throws where own-initiative measures are more than all, or a share is none. */
export function checkPart8({ header, rows }: Sheet, counts: HarmonisedCounts): void {
  const at = (column: string): number => header.indexOf(column);
  const valueOf = (indicator: string, scope: string): number =>
    Number(rows.find((row) => row[at('Indicator')] === indicator && row[at('Scope')] === scope)![at(valueColumn)]);
  const all = valueOf(solely, 'Total number') + valueOf(notSolely, 'Total number');
  assert.equal(
    all,
    sumOf(counts.measures, () => true),
    'measures are taken by automated means alone, or not',
  );
  assert(
    valueOf(solely, 'Own-initiative ') + valueOf(notSolely, 'Own-initiative ') <= all,
    'no more measures than all',
  );
  const byLanguage = rows.filter((row) => languages.includes(row[at('Scope')]!));
  const counted = byLanguage.filter((row) => [solely, notSolely].includes(row[at('Indicator')]!));
  assert(
    counted.reduce((sum, row) => sum + Number(row[at(valueColumn)]), 0) <= all,
    'no more measures by language than all',
  );
  for (const row of rows) {
    if (!row[at('Indicator')]!.startsWith(qualityPrefix)) continue;
    const value = Number(row[at(valueColumn)]);
    assert(value >= 0 && value <= 1, 'a share is 0 to 1');
  }
}
