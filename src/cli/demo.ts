import type { Command } from 'commander';
import { wholeNumber } from './simulate.ts';

interface DemoOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly folder: string;
}

export function register(program: Command): void {
  program
    .command('demo')
    .description('Simulate a platform under attack and take its events through the whole pipeline, without any server.')
    .option('--seed <number>', 'the same seed gives the same stream and the same decisions', wholeNumber(0), 2026)
    .option('--accounts <number>', 'accounts in the stream', wholeNumber(100), 20_000)
    .option('--folder <folder>', 'where events, labels and decisions are written', 'out')
    .addHelpText(
      'after',
      `
Examples:
  $ winnow demo
  $ winnow demo --seed 7 --accounts 50000`,
    )
    .action(async ({ seed, accounts, folder }: DemoOptions) => {
      const { runDemo } = await import('./run-demo.ts');
      await runDemo(seed, accounts, folder);
    });
}
