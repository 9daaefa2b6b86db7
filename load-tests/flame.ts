import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * `npm run flame -- run.cpuprofile --out picture.svg`: a flame graph of a profile that `node --cpu-prof` has written, small enough to be
 * kept. What took less than `--least` percent is left out, and with `--last-seconds` all that came before: start and compilation.
 */

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    least: { type: 'string', default: '0.4' },
    'last-seconds': { type: 'string', default: 'Infinity' },
    title: { type: 'string', default: '' },
  },
});
const [file] = positionals;
if (file === undefined || flags.out === undefined) throw new Error('Usage: flame PROFILE --out FILE [--title TEXT]');

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}
interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
}

/** What was on the stack, all stacks merged. */
interface Frame {
  readonly name: string;
  /** Of it and all that it called. */
  microseconds: number;
  readonly children: Map<string, Frame>;
}

const width = 1_200;
const rowHeight = 15;
const titleHeight = 24;
/** Narrower boxes have no text. */
const textWidthMin = 36;
const characterWidth = 5.6;
/** Neither of them is work. */
const notWork = new Set(['(idle)', '(program)']);

const root = framesOf(JSON.parse(readFileSync(file, 'utf8')) as Profile, Number(flags['last-seconds']) * 1e6);
writeFileSync(flags.out, svgOf(root, Number(flags.least) / 100));

function framesOf({ nodes, startTime, endTime, samples, timeDeltas }: Profile, lastMicroseconds: number): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const all: Frame = { name: 'all', microseconds: 0, children: new Map() };
  let time = startTime;
  for (const [at, sample] of samples.entries()) {
    const took = timeDeltas[at]!;
    time += took;
    if (time < endTime - lastMicroseconds || notWork.has(byId.get(sample)!.callFrame.functionName)) continue;
    const stack: string[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) stack.push(nameOf(byId.get(id)!));
    let frame = all;
    frame.microseconds += took;
    // Without the profile's own root.
    for (const name of stack.toReversed().slice(1)) {
      let next = frame.children.get(name);
      if (next === undefined) frame.children.set(name, (next = { name, microseconds: 0, children: new Map() }));
      next.microseconds += took;
      frame = next;
    }
  }
  return all;
}

/** The function and its file, without folders that say nothing of this machine's. */
function nameOf({ callFrame: { functionName, url } }: ProfileNode): string {
  const place = /(?:src|node_modules|load-tests)\/.*$|node:.*$/.exec(url)?.[0] ?? '';
  return `${functionName || '(anonymous)'} ${place.replace(/^(?:src|node_modules)\//, '')}`.trim();
}

function svgOf(all: Frame, leastShare: number): string {
  const boxes: string[] = [];
  let rows = 0;
  const draw = (frame: Frame, x: number, row: number): void => {
    const share = frame.microseconds / all.microseconds;
    if (share < leastShare) return;
    rows = Math.max(rows, row + 1);
    boxes.push(box(frame.name, share, x, titleHeight + row * rowHeight));
    let left = x;
    const children = [...frame.children.values()].toSorted((first, second) => second.microseconds - first.microseconds);
    for (const child of children) {
      draw(child, left, row + 1);
      left += (child.microseconds / all.microseconds) * width;
    }
  };
  draw(all, 0, 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${titleHeight + rows * rowHeight}" font-family="monospace" font-size="10">`,
    `<text x="4" y="16" font-size="13">${escaped(flags.title)}</text>`,
    ...boxes,
    '</svg>',
    '',
  ].join('\n');
}

function box(name: string, share: number, x: number, y: number): string {
  const boxWidth = share * width;
  const title = `<title>${escaped(name)}: ${(share * 100).toFixed(1)} %</title>`;
  const rectangle = `<rect x="${x.toFixed(1)}" y="${y}" width="${boxWidth.toFixed(1)}" height="${rowHeight - 1}" fill="${colorOf(name)}">${title}</rect>`;
  if (boxWidth < textWidthMin) return rectangle;
  const text = name.slice(0, Math.floor((boxWidth - 4) / characterWidth));
  return `${rectangle}<text x="${(x + 2).toFixed(1)}" y="${y + 10}" pointer-events="none">${escaped(text)}</text>`;
}

/** One for each room of the source, grey for what is none. */
function colorOf(name: string): string {
  const room = /^\S+ (?:adapters\/)?([a-z]+)/.exec(name)?.[1];
  if (room === undefined || name.includes('node:')) return '#d4d4d4';
  let hash = 7;
  for (const character of room) hash = (hash * 131 + character.charCodeAt(0)) % 360;
  return `hsl(${hash} 65% 75%)`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
