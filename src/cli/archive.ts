import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { AddOptions } from './run-archive.ts';

const config = () => new Option('--config <file>', 'as `winnow run` has it').env('WINNOW_CONFIG');

export function register(program: Command): void {
  const archive = program
    .command('archive')
    .description('Keep the record of what was decided and said, of which figures, reports and evidence are made.');
  archive
    .command('run', { isDefault: true })
    .description('Take what the topics bring, until it is told to stop.')
    .addOption(config())
    .addHelpText(
      'after',
      `
It reads decisions, and, where they are named, labels, lists, control and decisions of challengers (kafka.topics), without a group: how far it
is stands in the archive itself. One process; a second one does no harm.

Examples:
  $ winnow archive --config winnow.yaml
  $ WINNOW_ARCHIVE_FILE=archive.db WINNOW_ARCHIVE_SECRET=$(cat archive.secret) winnow archive`,
    )
    .action(async ({ config: file }: { readonly config?: string }) => {
      const [{ loadConfigOf }, { removeSecrets }, { runArchive }] = await Promise.all([
        import('./load-config.ts'),
        import('../config/environment.ts'),
        import('../app/archive/run.ts'),
      ]);
      const settings = loadConfigOf(file, process.env, ['kafka.brokers', 'archive.secret']);
      removeSecrets(process.env);
      const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
        version: string;
      };
      const { exitCode, error } = await runArchive({ config: settings, version });
      if (error !== undefined) throw error;
      process.exit(exitCode);
    });
  archive
    .command('add')
    .description('Keep documents that decisions name by their hash, where the archive runs apart from what decides.')
    .option('--policy <file>', 'policy document')
    .option('--norms <file>', 'norms')
    .option('--bundle <folder...>', 'model bundles, models/<name>/<version>')
    .addOption(config())
    .option('--archive <file>', 'an archive in a file (default: the one that the settings name)')
    .addHelpText(
      'after',
      '\nExample:\n  $ winnow archive add --policy policy.yaml --norms norms.json --config winnow.yaml',
    )
    .action(async (options: AddOptions) => (await import('./run-archive.ts')).runAdd(options));
  archive
    .command('verify')
    .description('Read all of it, open what is sealed, and print a hash of its content.')
    .addOption(config())
    .option('--archive <file>', 'an archive in a file (default: the one that the settings name)')
    .addHelpText(
      'after',
      `
The hash depends on the records alone: an archive that is made anew from the same topics has the same.

Example:
  $ winnow archive verify --archive archive.db`,
    )
    .action(async (options: { readonly config?: string; readonly archive?: string }) => {
      const { runVerify } = await import('./run-archive.ts');
      await runVerify(options);
    });
}
