import { styleText } from 'node:util';
import type { Action } from '../domain/decision.ts';
import { percent } from '../evaluation/page/say.ts';

/** How the commands write for people. Colours only where the stream shows them. */

const colorOf = { allow: 'green', challenge: 'yellow', review: 'magenta', block: 'red' } as const satisfies Record<
  Action,
  string
>;

export function paint(text: string, action: Action, color: boolean): string {
  return color ? styleText(colorOf[action], text, { validateStream: false }) : text;
}

export function bold(text: string, color: boolean): string {
  return color ? styleText('bold', text, { validateStream: false }) : text;
}

export function dim(text: string, color: boolean): string {
  return color ? styleText('dim', text, { validateStream: false }) : text;
}

export function cyan(text: string, color: boolean): string {
  return color ? styleText('cyan', text, { validateStream: false }) : text;
}

/** `219,432`; fractions are rounded away. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 label`, `1,204 labels`. */
export function formatCounted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `8.3 ms`, `1.2 s`; a dash for what cannot be said. */
export function formatMs(valueMs: number): string {
  if (Number.isNaN(valueMs)) return '-';
  return valueMs < 1000 ? `${Number(valueMs.toPrecision(2))} ms` : `${Number((valueMs / 1000).toPrecision(3))} s`;
}

/** `97.3 %`, `0.12 %`; a dash for what cannot be said. */
export function formatShare(share: number): string {
  if (Number.isNaN(share)) return '-';
  return `${percent(share, share < 0.01 ? 2 : 1)} %`;
}

/** A table with a header: the first column to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return rows.map((row) => `${indent}${line(row).trimEnd()}\n`).join('');
}
