import { Option, type Command } from 'commander';
import type { DropHistoryOptions } from './run-drop-history.ts';

export function register(program: Command): void {
  program
    .command('drop-history')
    .summary('remove a history that nothing uses any more')
    .description(
      'Removes the history that the settings name: the snapshot and what was set aside of it, or all keys under valkey.keyPrefix. ' +
        'It cannot be undone, but by the topics.',
    )
    .addOption(
      new Option('--config <file>', 'of the history that is to go: its place, and its secret').env('WINNOW_CONFIG'),
    )
    .option('--yes', 'remove it; without, it is said what would go')
    .addHelpText(
      'after',
      `
A snapshot that a process uses is refused. That nobody uses a history in Valkey any more is for you to know.

Examples:
  $ winnow drop-history --config former.yaml
  $ winnow drop-history --config former.yaml --yes`,
    )
    .action(async (options: DropHistoryOptions) => {
      const { runDropHistory } = await import('./run-drop-history.ts');
      await runDropHistory(options);
    });
}
