import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { giveUp, type Skip } from '../../servers/unavailable.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { compiled } from './winnow.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const readme = readFileSync(`${root}models/README.md`, 'utf8');
const walkMsMax = 900_000;

/** What a stream of 700 accounts takes the place of, so that the walk is of minutes. */
const smaller: readonly (readonly [string, string])[] = [
  ['--accounts 20000', '--accounts 700 --days 8'],
  ['--count 200', '--count 160'],
  ['--out models/mine/1', '--even-if-worse --out models/mine/1'],
  ['events.ndjson.gz', 'events.ndjson'],
];

/** Commands that others run: a folder of tests, or nobody but a person, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [
    /^sh models\/training\/(make-bundle|answers|ablation)\.sh/,
    'minutes to hours of two cores: read by the shell below',
  ],
  [/^ACCOUNTS=\d+ sh models\/training\/answers\.sh/, 'the same'],
  [/^python3 -m venv |\/bin\/pip install |^alias train=/, 'the environment that this test is given'],
  [/^train ablate /, 'models/training/tests/test_ablation.py'],
  [/^models\/training\/\.venv\/bin\/(python -m pytest|ruff) /, 'models/training/test.sh'],
  [/^WINNOW_NORMS_FILE=\S+ npx winnow run /, 'tests/integration/processor'],
  [/^npx winnow model withdraw$/, 'takes a control topic: tests/integration/processor'],
];

/** The commands of all shell blocks, in order, without the comments behind them. */
function commandsOf(markdown: string): readonly string[] {
  const blocks = markdown.matchAll(/^```sh\n(.*?)^```$/gms);
  return Array.from(blocks, ([, block]) => block!.split('\n'))
    .flat()
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

const commands = commandsOf(readme);
const run = commands.filter((command) => !elsewhere.some(([pattern]) => pattern.test(command)));

/** What people do between two commands, by the command that needs it. */
const before: readonly (readonly [RegExp, (pathOf: (name: string) => string) => void])[] = [
  [/^npx winnow train /, answer],
  // A model that takes all columns of the matrix, as the starter does.
  [
    /^npx winnow model pack model\.onnx /,
    (pathOf) => copyFileSync(`${starterFolder()}/model.onnx`, pathOf('model.onnx')),
  ],
  [
    /^npx winnow model deploy next\.json /,
    (pathOf) => copyFileSync(pathOf('models/deployment.json'), pathOf('next.json')),
  ],
];

/** What reviewers say of those in the queue: here, the truth. */
function answer(pathOf: (name: string) => string): void {
  const rowsOf = (name: string) => readFileSync(pathOf(name), 'utf8').trimEnd().split('\n').slice(1);
  const labels = new Map(rowsOf('labels.csv').map((row) => row.split(',').slice(0, 2) as [string, string]));
  const answers = rowsOf('queue.csv').map((row) => `${row.split(',')[0]!},${labels.get(row.split(',')[0]!)}`);
  writeFileSync(pathOf('answers.csv'), ['account_id,label', ...answers, ''].join('\n'));
}

function starterFolder(): string {
  const { champion } = JSON.parse(readFileSync(`${root}models/deployment.json`, 'utf8')) as {
    champion: { name: string; version: string };
  };
  return `${root}models/${champion.name}/${champion.version}`;
}

/** A folder such as a newcomer's checkout: the models, the program of training, and `npx winnow` and `train` as words of the shell. */
function checkout(pathOf: (name: string) => string): void {
  mkdirSync(pathOf('models'));
  copyFileSync(`${root}models/deployment.json`, pathOf('models/deployment.json'));
  const starter = starterFolder();
  cpSync(starter, pathOf(starter.slice(root.length)), { recursive: true });
  symlinkSync(`${root}models/training`, pathOf('models/training'));
  writeFileSync(
    pathOf('words.sh'),
    `npx() { shift; ${process.execPath} ${root}src/cli/main.ts "$@"; }\n` +
      'train() { PYTHONPATH=models models/training/.venv/bin/python -m training "$@"; }\n',
  );
}

const shell = promisify(execFile);

function needsPython(context: Skip): void {
  if (!existsSync(`${root}models/training/.venv/bin/python`))
    giveUp(context, 'no Python for training: run sh models/training/test.sh once');
}

describe('the walk of models/README.md', () => {
  const pathOf = temporaryFolder();

  it('has a command for each step, from first events to a promoted model', () => {
    const verbs = run.map((command) => /^npx winnow (model \w+|\w+)|^train \w+/.exec(command)?.[0]);
    const steps = [
      'calibrate',
      'queue',
      'train',
      'model check',
      'model diff',
      'replay',
      'model canary',
      'model promote',
    ];
    for (const step of steps) expect(verbs).toContain(`npx winnow ${step}`);
    expect(verbs).not.toContain(undefined);
    // What is said to be elsewhere is still there.
    expect(elsewhere.filter(([pattern]) => !commands.some((command) => pattern.test(command)))).toEqual([]);
  });

  it('names scripts that a shell can read', async () => {
    for (const name of ['make-bundle', 'answers', 'ablation', 'make-sample-norms', 'test'])
      expect(await shell('sh', ['-n', `${root}models/training/${name}.sh`])).toMatchObject({ stderr: '' });
  });

  it(
    'goes through, each command as it is written, on a small stream',
    async (context) => {
      needsPython(context);
      checkout(pathOf);
      const cwd = dirname(pathOf('words.sh'));
      const env = {
        ...compiled,
        PATH: process.env['PATH'],
        WINNOW_MODEL_DIRECTORY: 'models',
        WINNOW_MODEL_DEPLOYMENT_FILE: 'models/deployment.json',
      };
      // The step by step begins with the stream that the walk takes.
      const simulate = run.find((command) => command.startsWith('npx winnow simulate '))!;
      for (const written of [simulate, ...run]) {
        let command = written;
        for (const [large, small] of smaller)
          if (!/ model (check|diff) /.test(command)) command = command.replace(large, small);
        for (const [pattern, prepare] of before) if (pattern.test(command)) prepare(pathOf);
        try {
          await shell('sh', ['-c', `. ./words.sh; ${command}`], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
        } catch (error) {
          throw new Error(`${written}\n${(error as { stderr?: string }).stderr ?? ''}`, { cause: error });
        }
      }
      expect(JSON.parse(readFileSync(pathOf('models/deployment.json'), 'utf8'))).toMatchObject({
        champion: { name: 'starter' },
      });
      expect(readFileSync(pathOf('models/mine/1/report.html'), 'utf8')).toContain('<svg');
    },
    walkMsMax,
  );
});
