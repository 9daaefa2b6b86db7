import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { csvLine, splitRow } from '../../adapters/file/csv.ts';
import type { Period } from '../period.ts';

/**
 * The templates of Annex I of Implementing Regulation (EU) 2024/2835, byte for byte as the Commission gives them: UTF-8, RFC 4180, a trailing
 * blank in some of the names. A part of the report is a template with its cells filled; names, order and number of columns
 * are never changed.
 */
export const templateFiles = {
  6: 'Part_6_own_initiative_TC.csv',
  7: 'Part_7_appeals_and_recidivism.csv',
  8: 'Part_8_automated_means.csv',
} as const;
export type Part = keyof typeof templateFiles;

/** A part of the report: the header, and rows of as many cells. */
export interface Sheet {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const periodColumn = 'Reporting period';
const serviceColumn = 'Service';

/** The part's template. */
export function readTemplate(part: Part): Sheet {
  const text = readFileSync(new URL(`templates/${templateFiles[part]}`, import.meta.url), 'utf8');
  const [header, ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => splitRow(line, (message) => assert.fail(message)));
  assert(header !== undefined && rows.every((row) => row.length === header.length), 'a template is a table');
  return { header, rows };
}

/** A row to be filled, by the names of columns. */
export class Row {
  readonly #header: readonly string[];
  readonly cells: string[];

  constructor(header: readonly string[], cells: readonly string[]) {
    this.#header = header;
    this.cells = [...cells];
  }

  get(column: string): string {
    return this.cells[this.#at(column)]!;
  }

  set(column: string, value: string): void {
    this.cells[this.#at(column)] = value;
  }

  #at(column: string): number {
    const at = this.#header.indexOf(column);
    assert(at >= 0, `the template has no column "${column}"`);
    return at;
  }
}

/** The rows of a template, dated and named, for `fill` to fill. */
export function fillSheet(
  sheet: Sheet,
  service: string,
  period: Period,
  fill: (row: Row, index: number) => void,
): Sheet {
  const rows = sheet.rows.map((cells, index) => {
    const row = new Row(sheet.header, cells);
    row.set(serviceColumn, service);
    row.set(periodColumn, periodText(period));
    fill(row, index);
    return row.cells;
  });
  return { header: sheet.header, rows };
}

/** `2026-01-01/2026-06-30`: both days included. */
function periodText({ fromMs, untilMs }: Period): string {
  return [fromMs, untilMs - 1].map((timeMs) => new Date(timeMs).toISOString().slice(0, 10)).join('/');
}

export function sheetText({ header, rows }: Sheet): string {
  return `${[header, ...rows].map(csvLine).join('\n')}\n`;
}
