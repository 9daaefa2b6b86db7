import { Option, type Command } from 'commander';
import { wholeNumber } from './simulate.ts';

interface DrainCommandOptions {
  readonly config?: string;
  readonly port?: number;
}

export function register(program: Command): void {
  program
    .command('drain')
    .summary('let a running processor finish and leave its group')
    .description(
      'Tells the processor on this machine to finish what it has, commit and leave its group, and waits until it has. It goes on ' +
        'running, alive and not ready, and takes nothing more until it is started anew.',
    )
    .addOption(new Option('--config <file>', 'YAML file, under the environment').env('WINNOW_CONFIG'))
    .option('--port <number>', 'where it listens, instead of http.port', wholeNumber(1))
    .addHelpText(
      'after',
      `
It takes the settings of the processor: the order proves that who gives it knows state.keySecret. Its partitions go to the other members at once.
Where there are several workers, all of them leave, and one that dies meanwhile is not started again.

Examples:
  $ winnow drain --config winnow.yaml
  $ winnow drain --port 9464

Exit codes: 0 when it has left; 1 when nobody answers there, or there is nothing to drain.`,
    )
    .action(async (options: DrainCommandOptions) => (await import('./run-drain.ts')).runDrain(options));
}
