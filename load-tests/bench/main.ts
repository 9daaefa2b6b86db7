import { parseArgs } from 'node:util';
import { compareWithLast, formatComparison } from '../last-results.ts';
import type { EventSource } from './event-source.ts';
import type { EmbeddedReport } from './memory.ts';
import { runPart } from './part.ts';
import { measurePeople } from './people.ts';
import type { PlatformReport } from './platform.ts';
import {
  embeddedSection,
  figuresOf,
  formatSections,
  formatVerdict,
  isMet,
  peopleSection,
  platformSection,
  stagesSection,
  withLast,
  valkeySections,
} from './report.ts';
import { measureStages } from './stages.ts';
import type { ValkeyReport } from './valkey.ts';

/**
 * `npm run bench`: what an event costs at the cardinality of a platform, and everywhere, the aims, and the last run. Figures do not fail
 * it: they depend on the machine.
 */

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    /** Of the small stream. */
    events: { type: 'string', default: '20000' },
    /** Events that are measured at the cardinality of a platform. */
    measured: { type: 'string', default: '200000' },
    'events-file': { type: 'string' },
    accounts: { type: 'string', default: '8000' },
    entities: { type: 'string', default: '1000000' },
    /** Events that the embedded store observes once it is full. */
    observed: { type: 'string', default: '128000' },
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

const platform = await runPart<PlatformReport>('platform.ts', [
  '--full',
  '--entities',
  flags.entities,
  '--events',
  flags.measured,
]);
const steps = await measureStages(Number(flags.events), source, Number(flags.rounds));
const embedded = await runPart<EmbeddedReport>('memory.ts', [
  '--json',
  '--entities',
  flags.entities,
  '--observed',
  flags.observed,
  ...fromFile,
]);
const valkey = await runPart<ValkeyReport>('valkey.ts', [
  '--json',
  '--accounts',
  flags.accounts,
  '--rounds',
  flags.rounds,
  ...fromFile,
]);

// Of the stores, what something is asked of: each part says the rest when it is run by itself.
const measured = [
  platformSection(platform, steps),
  stagesSection(steps),
  ...[embeddedSection(embedded), ...valkeySections(valkey)].map(({ title, rows }) => ({
    title,
    rows: rows.filter(({ aim }) => aim !== undefined),
  })),
];
if (flags.json) {
  const figures = measured.map(({ title, rows }) => ({
    title,
    rows: rows.map((row) => ({ ...row, isMet: isMet(row) })),
  }));
  const report = { node: process.version, platform, ...steps, embedded, valkey, sections: figures };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} else {
  const question = ['bench', ...Object.values(flags)].join(' ');
  const compared = await compareWithLast(question, figuresOf(measured));
  const sections = withLast(measured, compared);
  const verdict = `${formatVerdict(sections)} Node.js ${process.version}.`;
  process.stdout.write(`${formatSections(sections)}\n\n${verdict}\n${formatComparison(compared)}\n`);
}
