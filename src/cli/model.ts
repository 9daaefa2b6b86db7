import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CheckModelOptions } from './check-model.ts';
import type { DeployOptions } from './deploy-model.ts';
import type { DiffModelOptions } from './diff-model.ts';
import type { PackModelOptions } from './pack-model.ts';
import { wholeNumber } from './simulate.ts';

/** `mine/2`: a bundle by its name and version. */
function bundleName(text: string): { readonly name: string; readonly version: string } {
  const [name, version, ...more] = text.split('/');
  if (!name || !version || more.length > 0) throw new InvalidArgumentError('Give <name>/<version>, such as mine/2.');
  return { name, version };
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('Give a share above 0 and at most 1, such as 0.05.');
  return value;
}

function configOption(): Option {
  return new Option('--config <file>', 'as `winnow run` has it: its `model` section counts').env('WINNOW_CONFIG');
}

export function register(program: Command): void {
  const model = program
    .command('model')
    .enablePositionalOptions()
    .description('Check model bundles, and say which one decides.');
  registerCheck(model);
  registerPack(model);
  registerDiff(model);
  deploying(model.command('promote'))
    .description('Make the canary, or the bundle that is named, the champion. It is checked first.')
    .argument('[bundle]', '<name>/<version> under model.directory', bundleName)
    .action(async (bundle: ReturnType<typeof bundleName> | undefined, options: DeployOptions) => {
      const { promote } = await import('./deploy-model.ts');
      await promote(bundle, options);
    });
  deploying(model.command('rollback'))
    .description('Make the champion before the last promotion the champion again, and take a canary away.')
    .action(async (options: DeployOptions) => {
      const { rollBack } = await import('./deploy-model.ts');
      await rollBack(options);
    });
  deploying(model.command('canary'))
    .description('Give a share of accounts to a bundle. It is checked first.')
    .argument('<bundle>', '<name>/<version> under model.directory', bundleName)
    .requiredOption('--share <share>', 'of accounts, above 0 and at most 1; of one canary it may only grow', share)
    .addHelpText(
      'after',
      `
Where kafka.topics.control is named, this is a record there, which every member of the group obeys; it needs --author and --reason.
Otherwise model.deploymentFile is written, by an atomic rename. Running processors take either between two batches.

Examples:
  $ winnow model canary mine/2 --share 0.05
  $ winnow model promote --author ana --reason "a week as canary, half as many wrong blocks"
  $ winnow model rollback --author ana --reason "blocks a school"`,
    )
    .action(async (bundle: ReturnType<typeof bundleName>, options: DeployOptions & { readonly share: number }) => {
      const { seatCanary } = await import('./deploy-model.ts');
      await seatCanary(bundle, options.share, options);
    });
  deploying(model.command('deploy'))
    .description(
      'Take a whole deployment from a file: champion, canary and challengers. New bundles are checked first.',
    )
    .argument('<file>', 'as models/deployment.json')
    .action(async (file: string, options: DeployOptions) => {
      const { deploy } = await import('./deploy-model.ts');
      await deploy(file, options);
    });
  model
    .command('withdraw')
    .description('Take the deployment on the control topic back: each member goes by its model.deploymentFile again.')
    .addOption(configOption())
    .action(async (options: DeployOptions) => {
      const { withdraw } = await import('./deploy-model.ts');
      await withdraw(options);
    });
  model
    .command('status')
    .description('Which models are to serve, who said so and why, and which canaries were withdrawn here.')
    .addOption(configOption())
    .action(async (options: DeployOptions) => {
      const { showDeployment } = await import('./deploy-model.ts');
      await showDeployment(options);
    });
}

function deploying(command: Command): Command {
  return command
    .addOption(
      new Option('--to <place>', 'say it to all members by the control topic, or in model.deploymentFile').choices([
        'topic',
        'file',
      ]),
    )
    .option('--author <id>', 'who says so')
    .option('--reason <text>', 'why, for whoever reads it later')
    .addOption(configOption());
}

function registerCheck(model: Command): void {
  model
    .command('check')
    .description('Check a bundle as the processor does before it lets it score, in a process of its own.')
    .argument('<folder>', 'models/<name>/<version>')
    .option('--against <folder>', 'a bundle that is proven, to hold it against (default: the one that ships)')
    .option(
      '--norms <file>',
      'what is usual on the platform: its events are the reference sample, its budget bounds blocks',
    )
    .addOption(configOption())
    .addHelpText(
      'after',
      `
It checks files, definitions of features, shapes, golden rows, that a row gets the same probability alone and among others, rows
of missing and extreme values, that explanations add up, that scores are spread and in a sensible order, whom it would block, and what
a row costs.

Examples:
  $ winnow model check models/mine/1 --norms norms.json
  $ winnow model check models/mine/2 --against models/mine/1`,
    )
    .action(async (folder: string, options: CheckModelOptions) => {
      const { checkModel } = await import('./check-model.ts');
      await checkModel(folder, options);
    });
}

function registerPack(model: Command): void {
  model
    .command('pack')
    .description('Make a bundle of an ONNX file, whatever trained it: of scikit-learn, XGBoost, CatBoost, a network.')
    .argument('<file>', 'the model: all columns of the matrix in, a probability out, in any of the usual shapes')
    .requiredOption(
      '--matrix <file>',
      'CSV of `winnow features`, with labels: golden rows and thresholds are made of it',
    )
    .requiredOption('--name <name>', 'name of the bundle')
    .requiredOption('--version <version>', 'its version')
    .option('--author <name>', 'who answers for it', 'unnamed')
    .requiredOption('--out <folder>', 'the folder of the bundle, NAME/VERSION; it must not exist')
    .option(
      '--python <program>',
      'a Python with the packages of models/training/requirements.txt (default: one is made)',
    )
    .action(async (file: string, options: PackModelOptions) => {
      const { packModel } = await import('./pack-model.ts');
      await packModel(file, options);
    });
}

function registerDiff(model: Command): void {
  model
    .command('diff')
    .description('Score past events by two models, each on its own terms, and tell where they differ.')
    .argument('<events>', 'events as NDJSON, plain or gzip')
    .argument('<folder>', 'the bundle that is held against the champion, models/<name>/<version>')
    .option('--champion <folder>', 'the bundle that decides now (default: the champion of models/deployment.json)')
    .option('--policy <file>', 'whose thresholds the champion has (default: the policy that ships)')
    .option('--norms <file>', 'what is usual on the platform: without it no score blocks')
    .option('--labels <file>', 'account_id,label for some accounts: adds who was right')
    .option(
      '--out <file>',
      'accounts whose actions differ, drawn for people to look at blindly: queue.csv and, given again, queue.html, as of `winnow queue`',
      (path: string, paths: readonly string[] | undefined) => [...(paths ?? []), path],
    )
    .option('--count <number>', 'accounts of --out', wholeNumber(1), 100)
    .option('--seed <number>', 'the same seed draws the same accounts', wholeNumber(0), 1)
    .option('--json', 'the figures as JSON')
    .addOption(
      new Option('--config <file>', 'as `winnow run` has it: its `reference` section counts').env('WINNOW_CONFIG'),
    )
    .addHelpText(
      'after',
      `
By account, the highest score of its events. The other has the thresholds of its bundle; rules are not asked.

Examples:
  $ winnow model diff events.ndjson models/mine/2 --norms norms.json
  $ winnow model diff events.ndjson models/mine/2 --champion models/mine/1 --labels labels.csv --out disputed.csv --out disputed.html`,
    )
    .action(async (events: string, folder: string, options: DiffModelOptions) => {
      const { diffModel } = await import('./diff-model.ts');
      await diffModel(events, folder, options);
    });
}
