import { InvalidArgumentError, Option, type Command } from 'commander';
import type { QueueCommandOptions } from './run-queue.ts';
import { wholeNumber } from './simulate.ts';

/** Fewer would leave strata without a row, and teach nothing. */
const rowsMin = 20;

/** `--out` may be given twice: the queue for the program, and the page for people. */
function outPath(path: string, former: readonly string[] = []): readonly string[] {
  if (!path.endsWith('.csv') && !path.endsWith('.html'))
    throw new InvalidArgumentError('Give a path that ends in .csv (the queue) or .html (the page that reviewers see).');
  return [...former, path];
}

function labelFile(path: string, former: readonly string[] = []): readonly string[] {
  return [...former, path];
}

export function register(program: Command): void {
  program
    .command('queue')
    .description('Choose the accounts that people are asked about, so that few answers teach a model of your own.')
    .argument('<file>', 'events as NDJSON, plain or gzip')
    .option(
      '--bundle <folder>',
      'model bundle whose scores are asked about (default: the champion of models/deployment.json)',
    )
    .option('--norms <file>', 'what is usual in the stream, by `winnow calibrate`, for a model that takes ranks')
    .option('--count <number>', 'accounts to ask about', wholeNumber(rowsMin))
    .option(
      '--samples <decisions>',
      'instead of a draw: the accounts that these decisions put into a sample, for `winnow estimates`',
    )
    .option('--policy <file>', 'the policy that drew the samples (default: the one that ships)')
    .option('--seed <number>', 'the same seed draws the same accounts', wholeNumber(0), 1)
    .option('--labels <file>', 'answers of a former round, again for each: nobody is asked about twice', labelFile)
    .option('--lists <file>', 'lists, by `winnow list export`: who is watched there is asked about more often')
    .addOption(
      new Option(
        '--config <file>',
        'as `winnow run` has it: its `reference` section counts, and state.keySecret for lists',
      ).env('WINNOW_CONFIG'),
    )
    .requiredOption('--out <file>', 'queue.csv, and, given again, queue.html: the page that reviewers see', outPath)
    .addHelpText(
      'after',
      `
queue.csv has account_id,stratum,probability,group: keep it, winnow train --queue weighs the answers by it. The page shows facts of each
account and no score; it saves answers.csv.

Examples:
  $ winnow queue events.ndjson --count 200 --seed 1 --out queue.csv --out queue.html
  $ winnow queue events.ndjson --count 200 --seed 2 --labels answers.csv --out queue-2.csv
  $ winnow queue events.ndjson --samples decisions.ndjson --policy policy.yaml --out queue.csv --out queue.html`,
    )
    .action(async (file: string, options: QueueCommandOptions, command: Command) => {
      if ((options.count === undefined) === (options.samples === undefined))
        command.error('error: give --count, or --samples', { exitCode: 2 });
      const { runQueue } = await import('./run-queue.ts');
      await runQueue(file, options);
    });
}
