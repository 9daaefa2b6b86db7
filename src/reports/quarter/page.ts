import { createHash } from 'node:crypto';
import { restatedSince } from './difference.ts';
import { figureText } from './files.ts';
import type { QuarterFigure, QuarterReport } from './quarter.ts';

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2.5rem auto; padding: 0 1.2rem; color: #1c2330; background: #fff }
h1 { font-size: 1.9rem; margin: 0 0 .2rem } h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem }
p.lead, td.note, small { color: #586174 } p.lead { margin-top: 0 }
section.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; margin: 1.6rem 0 }
article { border: 1px solid #d9dde5; border-radius: 8px; padding: .9rem 1.1rem; break-inside: avoid }
article h3 { margin: 0; font-size: .95rem; font-weight: 600; color: #414a5c }
article b { display: block; font-size: 1.9rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3 }
article p { margin: .3rem 0 0; font-size: .87rem; color: #414a5c } article small { font-size: .82rem }
article.unknown b { font-size: 1.2rem; color: #77809a }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid #e6e9ef } th:first-child, td:first-child { text-align: left }
svg text { font: 12px system-ui, sans-serif; fill: #414a5c } .actioned { fill: #35609c } .restored { fill: #c58a2d }
@media (prefers-color-scheme: dark) { body { color: #e4e8f0; background: #14171d } article, th, td { border-color: #333a47 }
  p.lead, td.note, small, article h3, article p { color: #a6afc0 } svg text { fill: #a6afc0 } .actioned { fill: #6d9ad8 } }
`;

/** The report for people: one file that loads nothing and runs nothing. @param former what was told of the quarter before. */
export function quarterPage(report: QuarterReport, former?: QuarterReport): string {
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`;
  const { quarter, cutOff, restricting } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fake accounts, ${escape(quarter)}</title>
<style>${style}</style>
</head>
<body>
<h1>Fake accounts, ${escape(quarter)}</h1>
<p class="lead">Counted from all that was decided and said up to ${escape(momentText(cutOff))}. An account is restricted here by: ${restricting.map(escape).join(', ')}.${report.isOver ? '' : ' <strong>The quarter was not over.</strong>'}</p>
<section class="figures">
${report.figures.filter(isTold).map(card).join('\n')}
</section>
<h2>By month</h2>
${monthChart(report)}
<h2>What brought the restrictions</h2>
${causeTable(report)}
${former === undefined ? '' : restatement(report, former)}
</body>
</html>
`;
}

/** What is not known of any is not worth a place. */
function isTold({ name, value }: QuarterFigure): boolean {
  return value !== 0 || (name !== 'unknownAccounts' && name !== 'proactiveUnknown');
}

function card({ title, value, unit, low, high, definition, note, name }: QuarterFigure): string {
  const interval =
    low === undefined || high === undefined
      ? ''
      : ` <small>95 % interval ${figureText({ value: low, unit })} to ${figureText({ value: high, unit })}</small>`;
  return `<article id="${name}"${value === null ? ' class="unknown"' : ''}><h3>${escape(title)}</h3><b>${figureText({ value, unit })}</b>${interval}
<p>${escape(definition)}</p>${note === undefined ? '' : `<small>${escape(note)}</small>`}</article>`;
}

const chart = { width: 720, rowHeight: 46, left: 80, right: 110 };

/** Bars on one scale, each with its number beside it. */
function monthChart({ months }: QuarterReport): string {
  const most = Math.max(1, ...months.flatMap(({ actioned, restored }) => [actioned, restored]));
  const room = chart.width - chart.left - chart.right;
  const bar = (kind: 'actioned' | 'restored', count: number, top: number): string => {
    const width = (count / most) * room;
    const label = `<text x="${(chart.left + width + 6).toFixed(1)}" y="${top + 12}">${count.toLocaleString('en-US')} ${kind}</text>`;
    return `<rect class="${kind}" x="${chart.left}" y="${top}" width="${width.toFixed(1)}" height="15" rx="2"/>${label}`;
  };
  const rows = months.map(({ month, actioned, restored }, index) => {
    const top = index * chart.rowHeight + 4;
    return `<text x="0" y="${top + 20}">${escape(month)}</text>${bar('actioned', actioned, top)}${bar('restored', restored, top + 18)}`;
  });
  const height = months.length * chart.rowHeight;
  return `<svg role="img" aria-label="Accounts actioned and restored by month" viewBox="0 0 ${chart.width} ${height}" width="100%">${rows.join('')}</svg>`;
}

function causeTable({ causes }: QuarterReport): string {
  if (causes.length === 0) return '<p>Nothing was restricted in the quarter.</p>';
  const rows = causes.map(
    ({ cause, actioned, restored }) =>
      `<tr><td>${escape(cause)}</td><td>${actioned.toLocaleString('en-US')}</td><td>${restored.toLocaleString('en-US')}</td><td>${figureText({ value: actioned === 0 ? null : restored / actioned, unit: 'share' })}</td></tr>`,
  );
  return `<table><thead><tr><th>Cause</th><th>Restrictions</th><th>Restored since</th><th>Share</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
<p><small>A restriction counts under every rule that asked for it. What is restored is not all that was wrong: who was restricted wrongly and said nothing is in no row.</small></p>`;
}

function restatement(report: QuarterReport, former: QuarterReport): string {
  const restated = restatedSince(former, report);
  const units = new Map(report.figures.map(({ name, unit }) => [name, unit]));
  const rows = restated.map(({ name, title, former: before, now }) => {
    const unit = units.get(name)!;
    return `<tr><td>${escape(title)}</td><td>${figureText({ value: before, unit })}</td><td>${figureText({ value: now, unit })}</td></tr>`;
  });
  const table =
    rows.length === 0
      ? '<p>No figure differs.</p>'
      : `<table><thead><tr><th>Figure</th><th>Told before</th><th>Now</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
  return `<h2>Restated since ${escape(momentText(former.cutOff))}</h2>\n${table}`;
}

function momentText(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Text that is text in HTML, in content and in attributes. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
