import { InvalidArgumentError, Option, type Command } from 'commander';
import { profileNames, worldPurposes, type ProfileName, type WorldPurpose } from '../evaluation/world-names.ts';

interface SimulateOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly days?: number;
  readonly reviews?: true;
  readonly world?: ProfileName;
  readonly purpose: WorldPurpose;
  readonly course: number;
  readonly out?: string;
  readonly kafka?: true;
  readonly rate?: number;
  readonly config?: string;
  readonly labels?: string;
}

/** A whole number from the command line. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < minimum)
      throw new InvalidArgumentError(`Give a whole number from ${minimum}.`);
    return value;
  };
}

export function register(program: Command): void {
  program
    .command('simulate')
    .description('Write a simulated stream of signups and activity, with attack campaigns in it, and who is who.')
    .option('--seed <number>', 'the same seed gives the same stream', wholeNumber(0), 1)
    .addOption(
      new Option(
        '--world <profile>',
        'a platform of that kind with habits and campaigns of its own, drawn by the seed; without it the sample world',
      ).choices(profileNames),
    )
    .addOption(
      new Option('--purpose <purpose>', 'what a world is for: no world for training is ever one for testing')
        .choices(worldPurposes)
        .default('testing'),
    )
    .option(
      '--course <number>',
      'another course of the same world: its customs, other people and campaigns',
      wholeNumber(0),
      0,
    )
    .option('--accounts <number>', 'accounts in the stream', wholeNumber(100), 20_000)
    .option('--days <number>', 'days that the stream covers', wholeNumber(1))
    .option('--reviews', 'with the judgements of people on some accounts, as account.labelled events')
    .option('--out <file>', 'events as NDJSON; - for standard output')
    .option(
      '--kafka',
      'to the topic of events instead, keyed by account, as if it had just happened: six days unless --days says less',
    )
    .option('--rate <events>', 'events a second, with --kafka; as fast as Kafka takes them without', wholeNumber(1))
    .addOption(new Option('--config <file>', 'YAML file, under the environment, with --kafka').env('WINNOW_CONFIG'))
    .option('--labels <file>', 'account_id,label,segment for each account')
    .addHelpText(
      'after',
      `
Examples:
  $ winnow simulate --seed 7 --accounts 20000 --out events.ndjson --labels labels.csv
  $ winnow simulate --world dating --seed 3 --out events.ndjson --labels labels.csv
  $ winnow simulate --accounts 2000 --kafka --config winnow.yaml
  $ winnow simulate --accounts 1000 --out - | winnow replay - --out decisions.ndjson`,
    )
    .action(
      async (
        { seed, accounts, days, reviews, world, purpose, course, out, kafka, rate, config, labels }: SimulateOptions,
        command: Command,
      ) => {
        if ((out === undefined) === (kafka === undefined))
          command.error('error: give --out, or --kafka', { exitCode: 2 });
        if (kafka !== undefined && labels !== undefined)
          command.error('error: --labels goes with --out', { exitCode: 2 });
        if (kafka === undefined && rate !== undefined)
          command.error('error: --rate goes with --kafka', { exitCode: 2 });
        const { simulateFiles, worldOptions } = await import('../evaluation/simulate-files.ts');
        const { formatCounted } = await import('./style.ts');
        const options = {
          ...(world === undefined ? { seed } : worldOptions({ profile: world, purpose, ordinal: seed, course })),
          accounts,
          reviews: reviews === true,
          ...(days === undefined ? {} : { days }),
        };
        if (out === undefined) {
          const { runSimulateKafka } = await import('./run-simulate-kafka.ts');
          await runSimulateKafka(options, config, rate);
          return;
        }
        const written = await simulateFiles(options, { events: out, ...(labels === undefined ? {} : { labels }) });
        process.stderr.write(
          `Wrote ${formatCounted(written.events, 'event')} of ${formatCounted(written.accounts, 'account')}.\n`,
        );
      },
    );
}
