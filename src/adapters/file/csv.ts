import { readTextLines } from './text-lines.ts';

/** CSV after RFC 4180, as spreadsheets and databases write it: the one reader and writer of all files of Winnow. */

/** UTF-16 units of a row: what opens a quote and never closes it must not take the whole file into memory. */
const rowLengthMax = 64 * 1024;

export interface CsvRow {
  /** Number of its first line, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Refuses a file for what stands at a line. */
export type CsvRefusal = (line: number, message: string) => never;

/** Quotes a field that would not be one otherwise: with a comma, a quote or a line break, or that begins with what BOMs are. */
export function csvField(text: string): string {
  return /[",\r\n\ufeff]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(fields: readonly string[]): string {
  return fields.map(csvField).join(',');
}

/**
 * Reads rows; lines that are empty are none. A line break within quotes is read as `\n`, whichever it was. Throws what `refuse`
 * throws, or `FailureError` `INPUT_UNREADABLE`.
 */
export async function* readCsv(path: string, refuse: CsvRefusal): AsyncGenerator<CsvRow> {
  let number = 0;
  let begun: { line: number; text: string } | undefined;
  for await (const text of readTextLines(path)) {
    number++;
    const row = begun === undefined ? { line: number, text } : { line: begun.line, text: `${begun.text}\n${text}` };
    if (row.text === '') continue;
    if (row.text.length > rowLengthMax)
      refuse(row.line, `a row is longer than ${rowLengthMax} characters: is a quote not closed?`);
    begun = isOpen(row.text) ? row : undefined;
    if (begun === undefined)
      yield { line: row.line, fields: splitRow(row.text, (message) => refuse(row.line, message)) };
  }
  if (begun !== undefined) refuse(begun.line, 'a quote is not closed');
}

/** Whether a quoted field goes on in the next line: within a field, quotes come in pairs. */
function isOpen(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

/** The fields of one row, which holds no line break outside of quotes. */
export function splitRow(text: string, refuse: (message: string) => never): string[] {
  const fields: string[] = [];
  for (let from = 0; ;) {
    const isQuoted = text[from] === '"';
    const to = isQuoted ? closingQuote(text, from) + 1 : endOf(text, from);
    if (to < text.length && text[to] !== ',') refuse('something follows a closing quote');
    const raw = isQuoted ? text.slice(from + 1, to - 1).replaceAll('""', '"') : text.slice(from, to);
    if (!isQuoted && raw.includes('"')) refuse('a quote stands in a field that is not in quotes');
    fields.push(raw);
    if (to >= text.length) return fields;
    from = to + 1;
  }
}

/** Where the quote that opens at `from` closes: at a quote that is not doubled. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function endOf(text: string, from: number): number {
  const comma = text.indexOf(',', from);
  return comma < 0 ? text.length : comma;
}
