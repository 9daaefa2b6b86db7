import { Option } from 'commander';
import type { Command } from 'commander';

interface CheckConfigOptions {
  readonly config?: string;
  readonly files?: true;
  readonly print?: true;
}

/** `winnow check-config`: what `winnow run` would say to this configuration, without starting. */
export function register(program: Command): void {
  program
    .command('check-config')
    .summary('check the configuration without starting')
    .description('Checks the configuration as `winnow run` would, and tells all its faults at once.')
    .addOption(new Option('--config <file>', 'YAML file, under the environment').env('WINNOW_CONFIG'))
    .option('--files', 'also load the policy and the champion as run would, and look for the files that settings name')
    .option('--print', 'print the effective configuration as YAML, secrets redacted')
    .addHelpText(
      'after',
      `
Examples:
  winnow check-config --config winnow.yaml
  winnow check-config --config winnow.yaml --files --print
  WINNOW_KAFKA_BROKERS=localhost:9092 WINNOW_STATE_KEY_SECRET=$(openssl rand -hex 16) winnow check-config

Exit codes:
  0 without faults, 2 for wrong arguments, 3 with faults or an unreadable file; with --files 4 when the policy, the
  deployment or the bundles cannot be read.`,
    )
    .action(checkConfig);
}

async function checkConfig(options: CheckConfigOptions): Promise<void> {
  const [
    { loadConfigOf },
    { requiredToRun },
    { describeConfig },
    { exposedSettings },
    { configChecks },
    { describeFailure },
    { exitCodeOf },
  ] = await Promise.all([
    import('./load-config.ts'),
    import('../config/schema.ts'),
    import('../config/describe.ts'),
    import('../config/exposures.ts'),
    import('./config-checks.ts'),
    import('../domain/failure.ts'),
    import('./exit-codes.ts'),
  ]);
  const config = loadConfigOf(options.config, process.env, requiredToRun);
  const checked = options.files ? await Promise.all(configChecks.map((check) => check(config))) : [];
  const failures = checked.flat();

  if (options.print) process.stdout.write(describeConfig(config));
  for (const { path, warning } of exposedSettings(config)) process.stderr.write(`warning: ${path}: ${warning}\n`);
  for (const failure of failures) process.stderr.write(`error: ${describeFailure(failure)}\n`);
  const [first] = failures;
  if (first !== undefined) process.exitCode = exitCodeOf(first.code);
  else if (!options.print) process.stdout.write('The configuration has no faults.\n');
}
