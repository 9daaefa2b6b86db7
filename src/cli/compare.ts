import { Option, type Command } from 'commander';
import { past } from './calibrate.ts';
import type { CompareOptions } from './run-compare.ts';

export function register(program: Command): void {
  program
    .command('compare')
    .description(
      'Take past events through two policies or models, and tell what would change, for whom, and whether it may act.',
    )
    .argument('[file]', 'events as NDJSON, plain or gzip')
    .option('--policy <file>', 'policy of the first (default: the one that ships)')
    .option('--bundle <folder>', 'model of the first (default: the champion of models/deployment.json)')
    .option('--norms <file>', 'what is usual on the platform, for both')
    .option('--with-policy <file>', 'policy of the other (default: that of the first)')
    .option('--with-bundle <folder>', 'model of the other (default: that of the first)')
    .option('--with-norms <file>', 'norms of the other')
    .option('--with-shadow-rules', 'let the shadow rules of the other policy act')
    .option('--labels <file>', 'account_id,label,segment: who is fake')
    .option('--queue <file>', 'queue.csv that the labels answer: with which probability each account was asked about')
    .option(
      '--without-labels',
      'keep what people said in the stream from history and features; it is used as labels, where no file is given',
    )
    .option('--lists <file>', 'whom people let through, stop and watch, for both')
    .addOption(new Option('--from-kafka', 'events of the topics that `winnow run` reads, instead of a file'))
    .addOption(
      new Option('--last <time>', 'how much of the past --from-kafka takes, by the timestamps of records')
        .argParser(past)
        .default(past('7d'), '7d'),
    )
    .addOption(
      new Option(
        '--config <file>',
        'as `winnow run` has it: its `reference` section counts, `kafka`, and state.keySecret for lists',
      ).env('WINNOW_CONFIG'),
    )
    .option('--out <file>', 'the comparison as a page, report.html')
    .option('--json', 'as JSON, with every account that changes')
    .addHelpText(
      'after',
      `
Labels that people gave in the stream are learnt from by both, which flatters both: --without-labels keeps them out. A figure of the whole platform takes
labels of all accounts, or of a random sample (winnow queue, and --queue).

Examples:
  $ winnow compare events.ndjson --with-policy stricter.yaml --labels labels.csv --out compared.html
  $ winnow compare events.ndjson --with-shadow-rules --labels answers.csv --queue queue.csv --without-labels
  $ winnow compare --from-kafka --last 14d --config winnow.yaml --with-bundle models/mine/2 --json`,
    )
    .action(async (file: string | undefined, options: CompareOptions, command: Command) => {
      if ((file === undefined) !== (options.fromKafka === true) || file === '-')
        command.error('error: give a file of events, which is read twice, or --from-kafka', { exitCode: 2 });
      const { runCompare } = await import('./run-compare.ts');
      await runCompare(file, options);
    });
}
