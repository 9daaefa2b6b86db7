import { Option, type Command } from 'commander';
import { listKinds, listTypes } from '../domain/list-entry.ts';
import type { AddOptions, ExportOptions, ImportOptions, RemoveOptions, ShowOptions } from './run-list.ts';
import { wholeNumber } from './simulate.ts';

/** Changes that an import makes unless it is told otherwise. */
const changesDefault = 10_000;

export function register(program: Command): void {
  const list = program.command('list').description('Keep lists of whom to let through, to stop and to watch.');

  place(list.command('add').description('Put an entry on a list, or replace it.'))
    .requiredOption('--list <name>', 'small letters, digits and hyphens')
    .addOption(new Option('--kind <kind>', 'what it does').choices(listKinds).makeOptionMandatory())
    .addOption(typeOption().makeOptionMandatory())
    .requiredOption('--value <value>', 'what is listed; a keyed hash of it is kept')
    .requiredOption('--reason <text>', 'why, in a sentence, without personal data')
    .requiredOption('--author <id>', 'who says so')
    .option('--expires <time>', 'when it ends: a time, or 7d, 12h; needed to deny an ip, a cidr or an asn')
    .option('--reference <text>', 'a ticket, a case')
    .addHelpText(
      'after',
      `
Example:
  $ winnow list add --list burnt-networks --kind deny --type cidr --value 95.56.234.0/24 --expires 7d --reason "campaign of 24 November" --author anna`,
    )
    .action(async (options: AddOptions) => (await import('./run-list.ts')).runListAdd(options));

  place(list.command('remove').description('Take an entry from a list.'))
    .requiredOption('--list <name>', 'its list')
    .addOption(typeOption().makeOptionMandatory())
    .requiredOption('--value <value>', 'what is listed, in any spelling')
    .action(async (options: RemoveOptions) => (await import('./run-list.ts')).runListRemove(options));

  place(list.command('show').description('Show entries: who put them there and, by past decisions, what they did.'))
    .option('--list <name>', 'of this list')
    .addOption(typeOption())
    .option('--value <value>', 'the entry of this value, with --type')
    .option('--decisions <file>', 'past decisions as NDJSON: hits, last hit and precision of each entry')
    .option('--labels <file>', 'what is known of accounts, as CSV, beside what the decisions say')
    .option('--json', 'for a program')
    .action(async (options: ShowOptions) => (await import('./run-list.ts')).runListShow(options));

  place(list.command('export').description('Write entries as NDJSON, as lists.file and replays read them.'))
    .option('--list <name>', 'of this list')
    .requiredOption('--out <file>', 'a path, or - for standard output')
    .action(async (options: ExportOptions) => (await import('./run-list.ts')).runListExport(options));

  place(list.command('import <csv>').description('Put the entries of a CSV file on their lists.'))
    .option('--list <name>', 'where the file has no column list')
    .addOption(new Option('--kind <kind>', 'where the file has no column kind').choices(listKinds))
    .addOption(new Option('--type <type>', 'where the file has no column type').choices(listTypes))
    .option('--reason <text>', 'where the file has no column reason')
    .option('--author <id>', 'where the file has no column author')
    .option('--expires <time>', 'where the file has no column expires')
    .option('--reference <text>', 'where the file has no column reference')
    .option('--replace', 'remove what the lists that the file names have beside it')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--events <file>', 'past events as NDJSON: whom the entries would have hit')
    .option('--decisions <file>', 'past decisions as NDJSON: what was decided about these')
    .option('--labels <file>', 'what is known of accounts, as CSV, beside what events and decisions say')
    .option('--limit <changes>', 'refuse to change more', wholeNumber(1), changesDefault)
    .addHelpText(
      'after',
      `
The columns are list, kind, type, value, reason, author, expires, reference, in any order. It says first what is new, changed, gone and
refused, by line, and with --events whom it would have hit. With a line that is refused nothing is written.

Example:
  $ winnow list import partners.csv --list partners --kind allow --dry-run --events events.ndjson --decisions decisions.ndjson`,
    )
    .action(async (path: string, options: ImportOptions) =>
      (await import('./run-list.ts')).runListImport(path, options),
    );
}

function typeOption(): Option {
  return new Option('--type <type>', 'what is listed').choices(listTypes);
}

/** Where the lists are, as all of these commands take it. */
function place(command: Command): Command {
  return command
    .option('--file <file>', 'a file that stands for the topic (default: kafka.topics.lists, else lists.file)')
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: topic, brokers and state.keySecret').env('WINNOW_CONFIG'),
    );
}
