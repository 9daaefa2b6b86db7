import { InvalidArgumentError, Option, type Command } from 'commander';
import { labels, labelSources, type Label, type LabelSource } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import type { Criteria, Versioned } from './person/selection.ts';
import type { PersonCommandOptions } from './run-person.ts';
import { wholeNumber } from './simulate.ts';

/** Accounts that a command labels unless it is told otherwise. */
const accountsDefault = 1_000;
/** Labels a second unless it is told otherwise. */
const rateDefault = 200;

function named(text: string): Versioned<string> {
  const [name, version, ...rest] = text.split('@');
  if (name === '' || name === undefined || version === '' || rest.length > 0)
    throw new InvalidArgumentError('Give a name, and perhaps @ and a version.');
  return version === undefined ? { name } : { name, version };
}

function namedByNumber(text: string): Versioned<number> {
  const { name, version } = named(text);
  return version === undefined ? { name } : { name, version: wholeNumber(1)(version) };
}

function sha256Beginning(text: string): string {
  if (!/^[0-9a-f]{8,64}$/.test(text)) throw new InvalidArgumentError('Give 8 to 64 lower-case hex digits.');
  return text;
}

function time(text: string): number {
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('Give a time such as 2026-11-24T04:36:51Z.');
  return timeMs;
}

function words(lengthMax: number): (text: string) => string {
  return (text) => {
    if (text.trim() === '' || text.length > lengthMax || !text.isWellFormed())
      throw new InvalidArgumentError(`Give 1 to ${lengthMax} characters.`);
    return text;
  };
}

const verbs = {
  lift: {
    label: 'genuine',
    description: 'Lift what stands for accounts, as a person who found them genuine: undo what a rule or a model did.',
    example: 'lift --rule bad-rule@3 --from 2026-11-24 --reason "blocked a school" --author anna --dry-run',
  },
  block: {
    label: 'fake',
    description: 'Block accounts, as a person who found them fake.',
    example: 'block --accounts ring.txt --reason "one hand, case 4711" --author anna',
  },
  label: {
    label: undefined,
    description: 'Say of accounts what they are, fake or genuine, and where that is known from.',
    example: 'label --label fake --by chargeback --accounts accounts.txt --reason "bank file of May" --author billing',
  },
} as const;

export type Verb = keyof typeof verbs;

type Parsed = Omit<PersonCommandOptions, 'verb' | 'label' | 'by'> & {
  readonly label?: Label;
  readonly by?: LabelSource;
};

export function register(program: Command): void {
  for (const verb of Object.keys(verbs) as Verb[]) registerVerb(program, verb);
}

function registerVerb(program: Command, verb: Verb): void {
  const { label, description, example } = verbs[verb];
  const command = program.command(verb).description(description);
  if (label === undefined) {
    command
      .addOption(new Option('--label <label>', 'what the accounts are').choices(labels).makeOptionMandatory())
      .addOption(new Option('--by <source>', 'where that is known from').choices(labelSources).default('operator'))
      .option('--asked-at <time>', 'when the question was put: an appeal was sent, a sample was drawn', time);
  }
  command
    .option('--accounts <file>', 'these accounts, one id a line; with others of the following: nobody but these')
    .option('--rule <id>', 'accounts that this rule acted on: id, or id@version', namedByNumber)
    .option('--model <name>', 'accounts that this model decided about: name, or name@version', named)
    .option(
      '--policy <sha256>',
      'accounts that this policy decided about: 8 hex digits of its hash, or more',
      sha256Beginning,
    )
    .option('--list <id>', 'accounts that this list decided about')
    .option('--group <id>', 'accounts of this group (cohort)')
    .option('--from <time>', 'decided at this time or later', time)
    .option('--to <time>', 'decided before this time', time)
    .requiredOption('--reason <text>', 'why, for whoever reads it later', words(limits.stringLengthMax))
    .requiredOption('--author <id>', 'who says so', words(limits.identifierLengthMax))
    .option('--decisions <file>', 'past decisions as NDJSON, plain or gzip (default: the topic of decisions)')
    .option('--labels <file>', 'what is known of accounts, as CSV, beside what the decisions say')
    .option('--out <file>', 'write the labels here, as NDJSON; - for standard output (default: the topic of labels)')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--limit <accounts>', 'refuse to label more', wholeNumber(1), accountsDefault)
    .option('--rate <number>', 'labels a second', wholeNumber(1), rateDefault)
    .option(
      '--at <time>',
      'event time of the labels (default: now; with --decisions and --out, of the last decision)',
      time,
    )
    .option('--command <id>', 'go on with the command of this id, which was interrupted')
    .addOption(new Option('--config <file>', 'as `winnow run` has it').env('WINNOW_CONFIG'))
    .addHelpText(
      'after',
      `
It says first how many decisions and accounts it touches, and how many of these people have found genuine. What is given twice changes
nothing: each command has an id, and each account's label an id made of it.

Example:
  $ winnow ${example}`,
    )
    .action(async (parsed: Parsed) => {
      if (!selectors.some((selector) => parsed[selector] !== undefined))
        command.error(`error: say which accounts: ${selectors.map((name) => `--${name}`).join(', ')}`);
      const { runPerson } = await import('./run-person.ts');
      await runPerson({ ...parsed, verb, label: label ?? parsed.label!, by: parsed.by ?? 'operator' });
    });
}

/** One of these says which accounts are meant. */
const selectors = [
  'accounts',
  'rule',
  'model',
  'policy',
  'list',
  'group',
] as const satisfies readonly (keyof Criteria)[];
