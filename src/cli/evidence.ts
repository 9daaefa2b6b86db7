import { InvalidArgumentError, Option, type Command } from 'commander';
import type { EvidenceCommandOptions } from './run-evidence.ts';

/** Milliseconds since the epoch. */
function time(text: string): number {
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('Give a date or a time, such as 2026-11-24T12:00:00Z.');
  return timeMs;
}

function words(text: string): string {
  if (text.trim() === '' || text.length > 256 || !text.isWellFormed() || text.includes('\0'))
    throw new InvalidArgumentError('Give 1 to 256 characters.');
  return text;
}

export function register(program: Command): void {
  const evidence = program
    .command('evidence')
    .description('Write all that is known and decided about one account, and why; that it was written is recorded.');
  evidence
    .command('about', { isDefault: true })
    .description('Write it: `winnow evidence <account>` is enough.')
    .argument('<account>', 'its id')
    .requiredOption('--author <id>', 'who asks for it', words)
    .requiredOption('--reason <text>', 'why, for whoever looks through the exports later; nothing personal', words)
    .option('--from <time>', 'from then on (default: all that is kept)', time)
    .option('--to <time>', 'until then', time)
    .requiredOption('--out <file>', 'lines of canonical JSON')
    .option('--archive <file>', 'an archive in a file (default: the one that the settings name)')
    .addOption(new Option('--config <file>', 'as `winnow run` has it').env('WINNOW_CONFIG'))
    .addHelpText(
      'after',
      `
Each line has the hash of the one before it; the hash of the last one is kept with the export. The policy, the norms and the manifests of models that
the decisions name are in it, where the archive has them.

Examples:
  $ winnow evidence acc_8f3k2 --from 2026-11-01 --to 2026-12-01 --author anna --reason "request 2026/118" --out evidence.jsonl
  $ winnow evidence verify evidence.jsonl`,
    )
    .action(async (account: string, options: EvidenceCommandOptions) => {
      const { runEvidence } = await import('./run-evidence.ts');
      await runEvidence(account, options);
    });
  evidence
    .command('verify')
    .description('Hold evidence against itself: nothing was changed, added or taken away.')
    .argument('<file>', 'as `winnow evidence` wrote it')
    .action(async (file: string) => {
      const { runEvidenceVerify } = await import('./run-evidence.ts');
      runEvidenceVerify(file);
    });
}
