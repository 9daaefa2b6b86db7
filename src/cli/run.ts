import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';

interface RunCommandOptions {
  readonly config?: string;
  readonly createTopics?: true;
  readonly workers?: string;
  readonly worker?: number;
}

export function register(program: Command): void {
  program
    .command('run')
    .description('Consume events from Kafka, decide about them, and write decisions, until it is told to stop.')
    .addOption(new Option('--config <file>', 'YAML file, under the environment').env('WINNOW_CONFIG'))
    .option(
      '--create-topics',
      'create topics that are missing (with as many replicas as the cluster gives by default: for development)',
    )
    .option(
      '--workers <count>',
      'processes, each a member of the group: a number, or auto for one a core (workers.count)',
    )
    .addOption(new Option('--worker <number>', 'which of several this one is').argParser(Number).hideHelp())
    .addHelpText(
      'after',
      `
SIGTERM and SIGINT stop it in order: it finishes what it has, commits, leaves the group, and exits with 0. A second signal
ends it at once, with 1; nothing is lost, what was not committed comes again.

Examples:
  $ winnow run --config winnow.yaml
  $ winnow run --config winnow.yaml --workers auto
  $ WINNOW_KAFKA_BROKERS=localhost:9092 WINNOW_STATE_KEY_SECRET=$(openssl rand -hex 16) winnow run --create-topics`,
    )
    .action(async (options: RunCommandOptions, command: Command) => {
      // Alone, it would answer nobody.
      if (options.worker !== undefined && process.send === undefined)
        command.error('error: --worker is for the processes that --workers starts', { exitCode: 2 });
      const [{ loadConfigOf }, { removeSecrets, secretFilesOf }, { requiredToRun }, { restartForHugePages }] =
        await Promise.all([
          import('./load-config.ts'),
          import('../config/environment.ts'),
          import('../config/schema.ts'),
          import('../adapters/system/huge-pages.ts'),
        ]);
      const given = options.workers === undefined ? {} : { WINNOW_WORKERS_COUNT: options.workers };
      const environment = { ...process.env, ...given };
      const config = loadConfigOf(options.config, environment, requiredToRun);
      if (config.state.store === 'embedded')
        restartForHugePages([...(options.config ? [options.config] : []), ...secretFilesOf(environment)]);
      const [{ run }, { supervise, workersOf }, { linkToSupervisor }] = await Promise.all([
        import('../app/run.ts'),
        import('../app/supervise.ts'),
        import('../app/machine/supervisor-link.ts'),
      ]);
      removeSecrets(process.env);
      const workers = workersOf(config);
      if (options.worker === undefined && workers > 1) process.exit(await supervise({ config, workers, environment }));
      const supervisor = options.worker === undefined ? undefined : linkToSupervisor(options.worker);
      const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
        version: string;
      };
      const { exitCode, error } = await run({
        config,
        version,
        createTopics: options.createTopics === true,
        ...(supervisor && { supervisor }),
      });
      if (error !== undefined) throw error;
      // Whatever is still under way has had its time: the deadline is hard.
      process.exit(exitCode);
    });
}
