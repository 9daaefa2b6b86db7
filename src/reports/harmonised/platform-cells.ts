import { z } from 'zod';
import type { Part, Sheet } from './template.ts';

/**
 * What only the platform knows of parts 7 and 8, such as disputes before a settlement body, notices, or measures by language: cells of the
 * templates, by their names there. It fills what the record leaves empty and nothing else; what nobody gives stays empty, and is listed in the
 * same form, so that the list can be completed and given back.
 */
const cellSchema = z.strictObject({
  part: z.union([z.literal(7), z.literal(8)]),
  /** As the template has them; blanks at their ends do not count. */
  indicator: z.string().min(1),
  scope: z.string().min(1),
  /** A count, hours, or a share of 0 to 1, whichever the cell is of; null: not known. */
  value: z.number().min(0).max(1e12).nullable(),
  /** How it was counted: what stands beside the figure. */
  context: z.string().trim().min(1).max(2_000).optional(),
  /** Why it was empty, in a list that comes back: not read. */
  why: z.string().optional(),
});
export const platformCellsSchema = z.strictObject({ cells: z.array(cellSchema).max(1_000) });
export type PlatformCell = z.output<typeof cellSchema>;
type Sheets = Readonly<Record<Part, Sheet>>;

const parts = [7, 8] as const;
const valueColumn = 'Value';
const contextColumn = 'Contextual Information';
const outcomes = new Set([
  'Decisions upheld',
  'Decisions partially reversed',
  'Decisions reversed',
  'Decision omitted',
]);

/** Returns the sheets with the cells filled in, or, in words, each cell that cannot be. */
export function withPlatformCells(
  sheets: Sheets,
  cells: readonly PlatformCell[],
): { readonly sheets: Sheets; readonly faults: readonly string[] } {
  const given = new Map<string, PlatformCell>();
  const faults: string[] = [];
  const fault = (cell: PlatformCell, text: string): void => void faults.push(`${nameOf(cell)}: ${text}`);
  for (const cell of cells) {
    if (given.has(keyOf(cell))) fault(cell, 'it is given twice');
    given.set(keyOf(cell), cell);
  }
  const places = new Map<string, { readonly isEmpty: boolean }>();
  const filled = { ...sheets };
  for (const part of parts) {
    const at = columnsOf(sheets[part]);
    const rows = sheets[part].rows.map((row) => {
      const [indicator, scope] = [row[at.indicator]!, row[at.scope]!];
      const key = keyOf({ part, indicator, scope });
      places.set(key, { isEmpty: row[at.value] === '' });
      const cell = given.get(key);
      if (cell === undefined || cell.value === null || row[at.value] !== '') return row;
      const { value, context = 'Given by the platform.' } = cell;
      return row.with(at.value, String(value)).with(at.context, context);
    });
    filled[part] = { header: sheets[part].header, rows };
  }
  for (const cell of given.values()) {
    const place = places.get(keyOf(cell));
    if (place === undefined) fault(cell, `part ${cell.part} has no such cell`);
    else if (cell.value !== null && !place.isEmpty) fault(cell, 'the record has a figure of its own');
    else if (cell.value !== null) checkValue(cell, cell.value, fault);
  }
  return { sheets: filled, faults: [...faults, ...sumFaults(filled, given)] };
}

/** What is left, in the form in which it can be given. */
export function unknownCells(sheets: Sheets): readonly PlatformCell[] {
  return parts.flatMap((part) => {
    const at = columnsOf(sheets[part]);
    return sheets[part].rows
      .filter((row) => row[at.value] === '')
      .map((row) => ({
        part,
        indicator: row[at.indicator]!.trim(),
        scope: row[at.scope]!.trim(),
        value: null,
        why: row[at.context]!,
      }));
  });
}

function checkValue(cell: PlatformCell, value: number, fault: (cell: PlatformCell, text: string) => void): void {
  if (cell.scope.trim() === 'Median time') return;
  if (isShare(cell)) {
    if (value > 1) fault(cell, 'a share is 0 to 1');
  } else if (!Number.isSafeInteger(value)) fault(cell, 'a count is a whole number');
}

function isShare({ indicator, scope }: PlatformCell): boolean {
  return scope.startsWith('Percentage') || indicator.startsWith('Accuracy of the automated means');
}

/** What came of complaints or disputes is no more than there were; some may still be open. */
function sumFaults(sheets: Sheets, given: ReadonlyMap<string, PlatformCell>): readonly string[] {
  const touched = new Set(
    [...given.values()].filter(({ part }) => part === 7).map(({ indicator }) => indicator.trim()),
  );
  const at = columnsOf(sheets[7]);
  return [...touched].flatMap((indicator) => {
    const rows = sheets[7].rows.filter((row) => row[at.indicator]!.trim() === indicator);
    const valueOf = (row: readonly string[]): number => Number(row[at.value]);
    const total = rows.find((row) => row[at.scope] === 'Total number');
    const sum = rows.filter((row) => outcomes.has(row[at.scope]!)).reduce((former, row) => former + valueOf(row), 0);
    if (total === undefined || sum <= valueOf(total)) return [];
    return [
      `part 7, "${indicator}": ${sum} outcomes are more than the total, ${total[at.value] || 'which is not given'}`,
    ];
  });
}

interface Columns {
  readonly indicator: number;
  readonly scope: number;
  readonly value: number;
  readonly context: number;
}

function columnsOf({ header }: Sheet): Columns {
  const at = (column: string): number => header.indexOf(column);
  return { indicator: at('Indicator'), scope: at('Scope'), value: at(valueColumn), context: at(contextColumn) };
}

function keyOf({ part, indicator, scope }: Pick<PlatformCell, 'part' | 'indicator' | 'scope'>): string {
  return JSON.stringify([part, indicator.trim(), scope.trim()]);
}

function nameOf({ part, indicator, scope }: PlatformCell): string {
  return `part ${part}, "${indicator.trim()}", "${scope.trim()}"`;
}
