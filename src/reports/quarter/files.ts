import { csvLine } from '../../adapters/file/csv.ts';
import { percent } from '../../evaluation/page/say.ts';
import type { QuarterFigure, QuarterReport } from './quarter.ts';

/** The report for programs. */
export function quarterJson(report: QuarterReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The report for spreadsheets: a row a figure. */
export function quarterCsv({ quarter, cutOff, figures }: QuarterReport): string {
  const rows = figures.map(({ name, title, value, low, high, unit, definition, note = '' }) =>
    [quarter, cutOff, name, title].concat([value, low, high].map(numberText), unit, definition, note),
  );
  const header = ['quarter', 'cut_off', 'figure', 'title', 'value', 'low', 'high', 'unit', 'definition', 'note'];
  return `${[header, ...rows].map(csvLine).join('\n')}\n`;
}

function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A value as people read it. */
export function figureText({ value, unit }: Pick<QuarterFigure, 'unit'> & { readonly value: number | null }): string {
  if (value === null) return 'not known';
  return unit === 'share' ? `${percent(value, value < 0.1 ? 2 : 1)} %` : value.toLocaleString('en-US');
}
