import { InvalidArgumentError, Option, type Command } from 'commander';
import { overrideEffects } from '../domain/control.ts';
import type { OrderOptions } from './run-governor.ts';
import { wholeNumber } from './simulate.ts';

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time, or how long from now: milliseconds since the epoch. */
function until(text: string): number {
  const span = /^(\d{1,6})([mhd])$/.exec(text);
  if (span !== null) return Date.now() + Number(span[1]) * unitsMs[span[2] as keyof typeof unitsMs];
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(timeMs))
    throw new InvalidArgumentError('Give a time such as 2026-11-24T12:00:00Z, or a span such as 2h.');
  return timeMs;
}

function words(text: string): string {
  if (text.trim() === '' || text.length > 256 || !text.isWellFormed())
    throw new InvalidArgumentError('Give 1 to 256 characters.');
  return text;
}

const config = () => new Option('--config <file>', 'as `winnow run` has it').env('WINNOW_CONFIG');

function ordering(command: Command): Command {
  return command
    .requiredOption('--author <id>', 'who orders it', words)
    .requiredOption('--reason <text>', 'why, for whoever reads it later', words)
    .requiredOption('--until <time>', 'when it ends: a time, or 30m, 2h, 3d from now', until)
    .addOption(config());
}

type Parsed = Omit<OrderOptions, 'what'>;

export function register(program: Command): void {
  const governor = program
    .command('governor')
    .description('Stop and override what blocks by itself, and see what is ordered.');
  ordering(governor.command('kill').description('The kill switch: nothing blocks by itself any more, on any member.'))
    .addHelpText('after', '\nExample:\n  $ winnow governor kill --author anna --reason "blocks a school" --until 2h')
    .action(async (parsed: Parsed) => (await import('./run-governor.ts')).runOrder({ ...parsed, what: 'kill' }));
  ordering(
    governor
      .command('override')
      .description('Let a cause block whatever the governor counts (release), or nobody (hold).')
      .requiredOption(
        '--cause <name>',
        'as decisions name it: rule:<id>, model:<name>, list:<name>, group:<kind>',
        words,
      )
      .option('--segment <name>', 'as decisions name it: a country, mail-free, operator-hosting; all', words, 'all')
      .addOption(new Option('--effect <effect>', 'what is to be done').choices(overrideEffects).default('release')),
  )
    .addHelpText(
      'after',
      '\nExample:\n  $ winnow governor override --cause rule:bulk-signup-from-device --author anna --reason "a campaign, looked at 40" --until 4h',
    )
    .action(async (parsed: Parsed) => (await import('./run-governor.ts')).runOrder({ ...parsed, what: 'override' }));
  governor
    .command('withdraw')
    .description('Take an order back: the kill switch, or with --cause an override.')
    .option('--cause <name>', 'of the override', words)
    .option('--segment <name>', 'of the override', words, 'all')
    .addOption(config())
    .action(async (parsed: Parsed) => (await import('./run-governor.ts')).runOrder({ ...parsed, what: 'withdraw' }));
  governor
    .command('status')
    .description('What is ordered, by whom, why and until when.')
    .addOption(config())
    .action(async (parsed: { config?: string }) => (await import('./run-governor.ts')).runStatus(parsed.config));
  governor
    .command('prove')
    .description(
      'Count whom a rule that is true of everybody, or each blocking rule of a policy, blocks before it is held, on a simulated stream; with state.store valkey also of members that count together.',
    )
    .option('--policy <file>', 'the policy whose rules are tried, against a score that says no to everybody')
    .option('--accounts <number>', 'people of the simulated platform', wholeNumber(100), 3_000)
    .option('--days <number>', 'days of the stream', wholeNumber(1), 4)
    .option('--seed <number>', 'another one is another platform', wholeNumber(0), 7)
    .addOption(config())
    .action(async (parsed: { accounts: number; days: number; seed: number; policy?: string; config?: string }) =>
      (await import('./run-governor-proof.ts')).runProof(parsed),
    );
}
