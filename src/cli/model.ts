import { Option, type Command } from 'commander';

export function register(program: Command): void {
  const model = program.command('model').description('Check model bundles.');
  model
    .command('check')
    .description('Check a bundle as the processor does before it lets it score, in a process of its own.')
    .argument('<folder>', 'models/<name>/<version>')
    .option('--against <folder>', 'a bundle that is proven, to hold it against (default: the one that ships)')
    .addOption(new Option('--config <file>', 'as `winnow run` has it: `model.proof` counts').env('WINNOW_CONFIG'))
    .addHelpText(
      'after',
      `
It checks files, definitions of features, shapes, golden rows, that a row gets the same probability alone and among others, rows
of missing and extreme values, that explanations add up, that scores are spread and in a sensible order, and what a row costs.

Examples:
  $ winnow model check models/mine/1
  $ winnow model check models/mine/2 --against models/mine/1`,
    )
    .action(async (folder: string, options: { readonly against?: string; readonly config?: string }) => {
      const { checkModel } = await import('./check-model.ts');
      await checkModel(folder, options);
    });
}
