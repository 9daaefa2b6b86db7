import { parseArgs } from 'node:util';
import { compareWithLast, formatComparison } from '../last-results.ts';
import { formatNumber, formatTable } from '../table.ts';
import { runPart } from './part.ts';
import type { PlatformReport } from './platform.ts';

/**
 * `npm run bench:scaling`: that cost grows with the work and with nothing else. Events per CPU-second of the whole path by entities, by
 * partitions and by the share of events that are sent, each in a process of its own; one dimension moves while the others stay.
 *
 * No step of a dimension may fall by more than a quarter; one that does is said, and fails nothing: figures depend on the machine.
 */

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    /** Of the largest; the others are less by the same factor. For a run with next to nothing. */
    shrink: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
interface Step {
  readonly step: string;
  readonly report: PlatformReport;
}

const shrink = Number(flags.shrink);
const base = { entities: 1_000_000, partitions: 8, emitted: undefined as number | undefined };
const dimensions = [
  {
    name: 'entities',
    steps: [10_000, 100_000, 1_000_000, 4_000_000].map((entities) => ({ ...base, entities })),
    say: ({ entities }: PlatformReport) => `${formatNumber(entities)} entities`,
  },
  {
    name: 'partitions',
    steps: [1, 8, 64].map((partitions) => ({ ...base, partitions })),
    say: ({ partitions }: PlatformReport) => `${formatNumber(partitions)} partitions`,
  },
  {
    name: 'share sent',
    steps: [0.001, 0.1].map((emitted) => ({ ...base, emitted })),
    say: ({ emitted }: PlatformReport) => `${formatNumber(emitted * 100, 1)} % sent`,
  },
] as const;
/** What is left of a rate at the next step, at least. */
const leftMin = 0.75;

const measured: { readonly name: string; readonly rows: readonly Step[] }[] = [];
for (const { name, steps, say } of dimensions) {
  const rows: Step[] = [];
  for (const { entities, partitions, emitted } of steps) {
    const report = await runPart<PlatformReport>('platform.ts', [
      '--entities',
      String(Math.round(entities / shrink)),
      '--partitions',
      String(partitions),
      '--events',
      flags.events,
      ...(emitted === undefined ? [] : ['--emitted', String(emitted)]),
    ]);
    rows.push({ step: say(report), report });
    process.stderr.write(`${say(report)}: ${formatNumber(1e9 / report.nsPerEvent)} events a CPU-second\n`);
  }
  measured.push({ name, rows });
}

if (flags.json) process.stdout.write(`${JSON.stringify(measured)}\n`);
else process.stdout.write(`${await format()}\n`);

async function format(): Promise<string> {
  const table = [
    ['', 'events a CPU-second', 'of the step before', 'us an event', 'bytes an entity', 'garbage an event'],
  ];
  const falls: string[] = [];
  for (const { name, rows } of measured) {
    for (const [index, { step, report }] of rows.entries()) {
      const before = rows[index - 1]?.report.nsPerEvent;
      const left = before === undefined ? undefined : before / report.nsPerEvent;
      if (left !== undefined && left < leftMin) falls.push(`${name}, ${step}: ${formatNumber(left, 2)}`);
      table.push([
        step,
        formatNumber(1e9 / report.nsPerEvent),
        left === undefined ? '' : formatNumber(left, 2),
        formatNumber(report.nsPerEvent / 1000, 1),
        formatNumber(report.bytesPerEntity),
        formatNumber(report.garbageBytesPerEvent),
      ]);
    }
  }
  const figures = measured.flatMap(({ name, rows }) =>
    rows.map(({ report }, index) => ({ name: `${name}, step ${index + 1}`, value: report.nsPerEvent, isRate: false })),
  );
  const verdict =
    falls.length === 0 ? 'No step falls by more than a quarter.' : `FALLS by more than a quarter: ${falls.join('; ')}.`;
  const compared = await compareWithLast(`scaling ${flags.events} ${flags.shrink}`, figures);
  return [
    'The whole path, CPU time of one process; memory never full.',
    '',
    ...formatTable(table),
    '',
    verdict,
    formatComparison(compared),
  ].join('\n');
}
