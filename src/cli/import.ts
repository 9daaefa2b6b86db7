import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseTime } from '../wire/time.ts';
import type { ImportCommandOptions } from './run-import.ts';

/** Milliseconds since the epoch. */
export function time(text: string): number {
  const timeMs = parseTime(text);
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('Give a time with a zone, such as 2026-11-24T00:00:00Z.');
  return timeMs;
}

export function register(program: Command): void {
  program
    .command('import')
    .description(
      'Fill history from past events and labels, without deciding: what Winnow has not seen is not new then.',
    )
    .argument('[files...]', 'events as NDJSON, plain or gzip, each in the order of time')
    .option('--from-kafka', 'the topics instead of files, up to what the group has committed, and what was decided')
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: where its history is, and under which key').env(
        'WINNOW_CONFIG',
      ),
    )
    .option('--before <time>', 'leave out what happened from this time on: the topic will bring it', time)
    .option('--json', 'the summary as JSON')
    .addHelpText(
      'after',
      `
Fills the snapshot of state.snapshotFile, while no processor uses it, or the Valkey of state.store valkey. Files are imported
in the order given: labels (account.labelled events) among the events or after them. A file is known by what is in it: a second
import adds nothing, and one that was interrupted goes on. No offset of a topic moves.

What a topic will bring as well would count twice: give --before the time of the first event that winnow run is going to read.

--from-kafka builds a history beside the one that serves, under another secret: events and labels as far as their topics reach back,
and what stands, of the topic of decisions. It ends where the group is; a second call goes on from there. winnow run goes on where it ended.

Examples:
  $ winnow import 2025.ndjson.gz 2026.ndjson.gz --config winnow.yaml --before 2026-11-24T00:00:00Z
  $ winnow import events.ndjson labels.ndjson --config winnow.yaml --json
  $ winnow import --from-kafka --config next.yaml`,
    )
    .action(async (files: readonly string[], options: ImportCommandOptions, command: Command) => {
      const given = [files.length > 0, options.fromKafka === true].filter(Boolean).length;
      if (given !== 1) command.error('error: give files, or --from-kafka', { exitCode: 2 });
      if (options.fromKafka === true && options.before !== undefined)
        command.error('error: --before is for files: the topics end where the group is', { exitCode: 2 });
      const { runImport } = await import('./run-import.ts');
      await runImport(files, options);
    });
}
