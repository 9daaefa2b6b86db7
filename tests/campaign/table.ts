import { faults } from './faults/all.ts';
import type { Fault } from './faults/fault.ts';
import type { Survived } from './survived.ts';
import { kafkas, stores } from './topology.ts';
import type { Sign } from './watch.ts';

/** The table of `tests/README.md`: every kind of fault, what must tell of it, and in how many rounds it was survived on what. */
export function tableOf(survived: readonly Survived[]): string {
  const places = [...kafkas.map((kafka) => ({ kafka })), ...stores.map((store) => ({ store }))];
  const head = [
    'fault',
    'what happens',
    'told by',
    'not compared, since',
    ...places.map((place) => Object.values(place)[0]!),
  ];
  const rows = faults.map((fault) => [
    `\`${fault.name}\``,
    fault.what,
    toldBy(fault),
    fault.incomparable ?? '',
    ...places.map((place) => {
      const [[part, kind]] = Object.entries(place) as [['kafka' | 'store', string]];
      return String(survived.filter((round) => round.faults.includes(fault.name) && round[part] === kind).length);
    }),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function toldBy({ tells }: Fault): string {
  const all = tells.map((signs) => signs.map(described).join(' or '));
  return all.length === 0 ? 'nothing: nothing depends on it' : all.join('; ');
}

function described(sign: Sign): string {
  if ('log' in sign) return `log: ${sign.log}${sign.kafka === undefined ? '' : ` (${sign.kafka})`}`;
  const labels = Object.entries(sign.labels ?? {}).map(([name, value]) => `${name}="${value}"`);
  return `\`${sign.metric}${labels.length === 0 ? '' : `{${labels.join()}}`}\``;
}

const begin = '<!-- campaign: made by npm run campaign -- --table -->';
const end = '<!-- campaign: end -->';

/** The document with the table between its marks. Throws where it has none. */
export function withTable(document: string, table: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('the document has no place for the table of the campaign');
  return `${document.slice(0, from + begin.length)}\n\n${table}\n\n${document.slice(to)}`;
}
