import type { Estimate } from '../estimates/share.ts';
import { escape } from './document.ts';
import { count, share } from './say.ts';

/** Static SVG. Sizes are in its own units; the page scales it. */

const width = 760;
/** Of a letter, in the size that texts have. */
const letterWidth = 6.9;
const labelWidthMax = 270;
const noteWidth = 130;
const rowHeight = 24;

export interface IntervalRow {
  readonly label: string;
  readonly estimate: Estimate;
  /** What is true, where that is known: a mark. */
  readonly truth?: number | undefined;
  /** Only watched: drawn lighter. */
  readonly isMuted?: boolean;
}

/**
 * Shares with their intervals, a row each, from `from` to 1. Where labels are not enough for one, a hollow mark says what was found of those that
 * were judged, and the caption what that means.
 */
export function intervalPlot(title: string, rows: readonly IntervalRow[], from = 0): string {
  const { labelWidth, plotWidth } = widthsFor(rows);
  const x = (value: number): number => labelWidth + (Math.max(from, value) - from) * (plotWidth / (1 - from));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => from + part * (1 - from));
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="4" y2="${rows.length * rowHeight + 6}"/>` +
      `<text class="soft" x="${at(x(tick))}" y="${rows.length * rowHeight + 22}" text-anchor="middle">${Math.round(tick * 100)} %</text>`,
  );
  const lines = rows.map(({ label, estimate, truth, isMuted = false }, index) => {
    const y = index * rowHeight + 18;
    const name = `<text x="${labelWidth - 12}" y="${y}" text-anchor="end"${isMuted ? ' class="soft"' : ''}>${escape(label)}</text>`;
    if (estimate.judged === 0) return `${name}<text class="soft" x="${labelWidth + 6}" y="${y}">no labels</text>`;
    if (estimate.kind === 'not-enough-labels') {
      const { found, judged } = estimate;
      return (
        `${name}<circle cx="${at(x(found / judged))}" cy="${y - 4}" r="4" fill="#fff" stroke="#9aa7b4" stroke-width="1.5"/>` +
        `<text class="soft" x="${width - noteWidth + 14}" y="${y}">${count(found)} of ${count(judged)}</text>`
      );
    }
    const color = isMuted ? '#9aa7b4' : '#2f6690';
    const mark =
      truth === undefined
        ? ''
        : `<line x1="${at(x(truth))}" x2="${at(x(truth))}" y1="${y - 12}" y2="${y + 4}" stroke="#b5483f" stroke-width="2"/>`;
    return (
      `${name}<line x1="${at(x(estimate.low))}" x2="${at(x(estimate.high))}" y1="${y - 4}" y2="${y - 4}" stroke="${color}" stroke-width="6" stroke-opacity="0.35" stroke-linecap="round"/>` +
      `<circle cx="${at(x(estimate.share))}" cy="${y - 4}" r="4.5" fill="${color}"/>${mark}` +
      `<text class="soft" x="${width - noteWidth + 14}" y="${y}">${share(estimate.share)} of ${count(estimate.judged)}</text>`
    );
  });
  const isAnyHollow = rows.some(({ estimate: one }) => one.kind === 'not-enough-labels' && one.judged > 0);
  const caption = isAnyHollow
    ? `${title} Hollow: not enough labels, or too few campaigns, for an interval; this is what was found of those that were judged.`
    : title;
  return figure(caption, rows.length * rowHeight + 28, [...grid, ...lines]);
}

export interface StackRow {
  readonly label: string;
  /** In the order of `parts`. */
  readonly values: readonly number[];
  readonly note?: string;
}

/**
 * Bars of parts, each as long as its row's share of the largest, or, `isShare`, all as long as each other.
 * @param notes what the notes of the rows are
 */
export function stackedBars(
  title: string,
  parts: readonly { readonly name: string; readonly color: string }[],
  rows: readonly StackRow[],
  isShare: boolean,
  notes = '',
): string {
  const { labelWidth, plotWidth } = widthsFor(rows);
  const largest = Math.max(1, ...rows.map(({ values }) => sum(values)));
  let left = labelWidth;
  const key = parts.map(({ name, color }) => {
    const text = `<rect x="${left}" y="4" width="11" height="11" rx="2" fill="${color}"/><text x="${left + 16}" y="14">${escape(name)}</text>`;
    left += 34 + name.length * 6.6;
    return text;
  });
  const lines = rows.map(({ label, values, note = '' }, index) => {
    const y = index * rowHeight + 40;
    const whole = isShare ? Math.max(1, sum(values)) : largest;
    let from = labelWidth;
    const bars = values.map((value, part) => {
      const length = (value / whole) * plotWidth;
      const bar =
        value === 0
          ? ''
          : `<rect x="${at(from)}" y="${y - 13}" width="${at(Math.max(0.5, length))}" height="15" fill="${parts[part]!.color}"><title>${escape(parts[part]!.name)}: ${count(value)}</title></rect>`;
      from += length;
      return bar;
    });
    return `<text x="${labelWidth - 12}" y="${y}" text-anchor="end">${escape(label)}</text>${bars.join('')}<text class="soft" x="${at((isShare ? labelWidth + plotWidth : from) + 10)}" y="${y}">${escape(note)}</text>`;
  });
  const head = `<text class="soft" x="${width}" y="14" text-anchor="end">${escape(notes)}</text>`;
  return figure(title, rows.length * rowHeight + 36, [...key, head, ...lines]);
}

/** How often two agree: rows by the first, columns by the other; the diagonal is where they do. */
export function matrix(title: string, names: readonly string[], counts: readonly (readonly number[])[]): string {
  const cell = 104;
  const left = 120;
  const most = Math.max(1, ...counts.flatMap((row, from) => row.filter((_, to) => to !== from)));
  const cells = counts.flatMap((row, from) =>
    row.map((value, to) => {
      const color = from === to ? '#eef2f5' : to > from ? '#b5483f' : '#2f6690';
      const opacity = from === to ? 1 : value === 0 ? 0 : 0.15 + (0.6 * value) / most;
      const [x, y] = [left + to * cell, 26 + from * 38];
      return `<rect x="${x}" y="${y}" width="${cell - 3}" height="35" fill="${color}" fill-opacity="${at(opacity)}" rx="3"/><text x="${x + cell / 2}" y="${y + 22}" text-anchor="middle">${count(value)}</text>`;
    }),
  );
  const heads = names.flatMap((name, index) => [
    `<text class="soft" x="${left + index * cell + cell / 2}" y="16" text-anchor="middle">${escape(name)}</text>`,
    `<text class="soft" x="${left - 12}" y="${48 + index * 38}" text-anchor="end">${escape(name)}</text>`,
  ]);
  return figure(title, names.length * 38 + 30, [...cells, ...heads]);
}

/** Labels take what the longest needs, and the plot what they leave. */
function widthsFor(rows: readonly { readonly label: string }[]): { labelWidth: number; plotWidth: number } {
  const longest = Math.max(0, ...rows.map(({ label }) => label.length));
  const labelWidth = Math.min(labelWidthMax, Math.ceil(20 + longest * letterWidth));
  return { labelWidth, plotWidth: width - labelWidth - noteWidth };
}

function figure(title: string, height: number, marks: readonly string[]): string {
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">${marks.join('')}</svg><figcaption>${escape(title)}</figcaption></figure>`;
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
