import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from '../../tests/servers/process.ts';
import type { EventSource } from './event-source.ts';
import type { EmbeddedReport } from './memory.ts';
import {
  embeddedSection,
  formatSections,
  formatVerdict,
  isMet,
  peopleSection,
  stagesSection,
  valkeySections,
} from './report.ts';
import { measurePeople, measureStages } from './stages.ts';
import type { ValkeyReport } from './valkey.ts';

/** `npm run bench`: what an event costs, everywhere, and the aims. Figures do not fail it: they depend on the machine. */

const partMsMax = 600_000;

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '20000' },
    'events-file': { type: 'string' },
    accounts: { type: 'string', default: '8000' },
    entities: { type: 'string', default: '1000000' },
    people: { type: 'boolean', default: false },
  },
});

const eventsFile = flags['events-file'];
const fromFile = eventsFile === undefined ? [] : ['--events-file', eventsFile];
const source: EventSource = { file: eventsFile, seed: 5, accounts: Number(flags.accounts) };

if (flags.people) {
  const people = await measurePeople(Number(flags.events), source, Number(flags.rounds));
  const section = peopleSection(people);
  process.stdout.write(
    flags.json ? `${JSON.stringify(people)}\n` : `${formatSections([section])}\n\n${formatVerdict([section])}\n`,
  );
  process.exit();
}

const steps = await measureStages(Number(flags.events), source, Number(flags.rounds));
const embedded = await part<EmbeddedReport>('memory.ts', '--entities', flags.entities, ...fromFile);
const valkey = await part<ValkeyReport>(
  'valkey.ts',
  '--accounts',
  flags.accounts,
  '--rounds',
  flags.rounds,
  ...fromFile,
);

// Of the stores, what something is asked of: each part says the rest when it is run by itself.
const sections = [
  stagesSection(steps),
  ...[embeddedSection(embedded), ...valkeySections(valkey)].map(({ title, rows }) => ({
    title,
    rows: rows.filter(({ aim }) => aim !== undefined),
  })),
];
if (flags.json) {
  const figures = sections.map(({ title, rows }) => ({
    title,
    rows: rows.map((row) => ({ ...row, isMet: isMet(row) })),
  }));
  const report = { node: process.version, ...steps, embedded, valkey, sections: figures };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} else {
  process.stdout.write(`${formatSections(sections)}\n\n${formatVerdict(sections)} Node.js ${process.version}.\n`);
}

/** A part in a process of its own, with its own memory and nothing compiled for other work. */
async function part<Report>(file: string, ...args: readonly string[]): Promise<Report> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { code, stdout, stderr } = await run(process.execPath, [path, '--json', ...args], { timeoutMs: partMsMax });
  if (code !== 0) throw new Error(`${file} failed: ${stderr}`);
  return JSON.parse(stdout) as Report;
}
