import { createHash } from 'node:crypto';

/** What all pages for people have in common: one file that loads nothing, sends nothing and runs no script, in one manner. */

const style = `
:root { --ink: #22272e; --soft: #5d6672; --line: #dfe3e8; --paper: #fff; --wash: #f5f7f9; --blue: #2f6690; --pale: #c3d5e4; --red: #b5483f; --amber: #c08a2d; --green: #4c8264 }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 66rem; margin: 2.2rem auto 4rem; padding: 0 1.2rem }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em }
h2 { font-size: 1.15rem; margin: 2.6rem 0 .3rem; padding-top: 1.1rem; border-top: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 1.4rem 0 .2rem }
p { margin: .3rem 0 .8rem; max-width: 46rem } .soft, figcaption, small { color: var(--soft) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11.2rem, 1fr)); gap: .7rem; margin: 1.2rem 0 }
.tile { background: var(--wash); border-radius: 8px; padding: .8rem 1rem }
.tile b { display: block; font-size: 1.65rem; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums }
.tile span { color: var(--soft); font-size: .87rem; display: block }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 0 2.2rem; align-items: start }
table { border-collapse: collapse; width: 100%; font-size: .88rem; margin: .5rem 0 1rem; font-variant-numeric: tabular-nums }
th { text-align: right; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); padding: .25rem .5rem; vertical-align: bottom }
td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top }
td:not(:first-child, .text) { white-space: nowrap }
th:first-child, td:first-child, td.text, th.text { text-align: left } td.text { overflow-wrap: break-word }
figure { margin: .6rem 0 1rem } figcaption { font-size: .86rem; max-width: 46rem } svg { width: 100%; height: auto; display: block }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink) } svg .soft { fill: var(--soft) } svg .grid { stroke: var(--line) }
ul.next { padding-left: 1.2rem } ul.next li { margin: .45rem 0; max-width: 46rem }
.yes { color: var(--green); font-weight: 600 } .no { color: var(--red); font-weight: 600 }
.note { border-left: 3px solid var(--amber); background: var(--wash); padding: .5rem .9rem; border-radius: 0 6px 6px 0; max-width: 46rem }
@media print { body { margin: 0; max-width: none } figure, table, .tile { break-inside: avoid } }
`;

/** A page. `body` is HTML: whatever comes from events went through `escape`. */
export function pageOf(title: string, body: string): string {
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Text that is text in HTML, in content and in attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The same, of which no number is parted from its sign. */
function cell(text: string): string {
  return escape(text.replaceAll(/(?<=\d) (?=%)/g, '\u00a0'));
}

export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export function tiles(all: readonly Tile[]): string {
  const one = ({ name, value, note }: Tile): string =>
    `<div class="tile"><span>${escape(name)}</span><b>${cell(value)}</b><span>${cell(note)}</span></div>`;
  return `<div class="tiles">${all.map(one).join('')}</div>`;
}

/** A table of texts, numbers to the right. @param texts columns that are text, beside the first. */
export function tableOf(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  texts: readonly number[] = [],
): string {
  const place = (tag: string, text: string, column: number): string =>
    `<${tag}${texts.includes(column) ? ' class="text"' : ''}>${cell(text)}</${tag}>`;
  const line = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((text, column) => place(tag, text, column)).join('')}</tr>`;
  return `<table><thead>${line('th', header)}</thead><tbody>${rows.map((row) => line('td', row)).join('')}</tbody></table>`;
}
