import { Option, type Command } from 'commander';
import type { TrainCommandOptions } from './run-train.ts';
import { wholeNumber } from './simulate.ts';

function further(path: string, former: readonly string[] = []): readonly string[] {
  return [...former, path];
}

export function register(program: Command): void {
  program
    .command('train')
    .description('Train a model of your own from a few hundred answers, boosted on from the one that you have.')
    .argument('<file>', 'events as NDJSON, plain or gzip')
    .option('--labels <file>', 'answers, account_id,label; again for each further file', further)
    .option('--labels-of-events', 'answers that the events say (account.labelled), the last one of each account')
    .option('--queue <file>', 'the queue that the answers are to, by `winnow queue`; again for each', further)
    .option('--base <folder>', 'model bundle to boost on from (default: the champion of models/deployment.json)')
    .option('--no-base', 'train from nothing')
    .option('--norms <file>', 'what is usual in the stream, by `winnow calibrate`, where the base takes ranks')
    .requiredOption('--name <name>', 'name of the bundle')
    .requiredOption('--version <version>', 'its version')
    .option('--author <name>', 'who answers for it', 'unnamed')
    .requiredOption('--out <folder>', 'the folder of the bundle, NAME/VERSION; it must not exist')
    .option('--seed <number>', 'the same seed gives the same bytes', wholeNumber(0), 7)
    .option('--even-if-worse', 'write it though its base does better on accounts not seen')
    .option(
      '--python <program>',
      'a Python with the packages of models/training/requirements.txt (default: one is made)',
    )
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: its `reference` section counts').env('WINNOW_CONFIG'),
    )
    .addHelpText(
      'after',
      `
Takes minutes, and Python 3.11 or newer. Each account's events count as they were when it could have been judged: none after its own
label. Answers weigh by one over the probability of the queue, so that what is said is said of the platform.

Examples:
  $ winnow train events.ndjson --labels answers.csv --queue queue.csv --name mine --version 1 --out models/mine/1`,
    )
    .action(async (file: string, options: TrainCommandOptions, command: Command) => {
      if (options.labels === undefined && options.labelsOfEvents === undefined)
        command.error('error: give --labels, or --labels-of-events', { exitCode: 2 });
      const { runTrain } = await import('./run-train.ts');
      await runTrain(file, options, program.version()!);
    });
}
