import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests, faults, summaryLine, type StepOutcome, type TestReport } from './summary.ts';

/**
 * `npm test`: format, lint, types, the training program's tests, then every other test. All steps run whatever fails, so that one run shows everything. The
 * last line is `N passed, N failed`. Arguments go to vitest: `npm test -- --project unit`.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const reportPath = join(root, '.cache', `test-report-${process.pid}.json`);

const steps = [
  { name: 'format', program: 'npm', args: ['run', '--silent', 'check:format'] },
  { name: 'lint', program: 'npm', args: ['run', '--silent', 'check:lint'] },
  { name: 'types', program: 'npm', args: ['run', '--silent', 'check:types'] },
  { name: 'training', program: 'sh', args: ['models/training/test.sh'] },
  { name: 'tests', program: 'vitest', args: ['run', ...process.argv.slice(2)] },
];

const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
  WINNOW_TEST_REPORT: reportPath,
};

let current: ChildProcess | null = null;
let interruption: 'SIGINT' | 'SIGTERM' | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interruption = signal;
    current?.kill(signal);
  });
}

await mkdir(join(root, '.cache'), { recursive: true });
const outcomes: StepOutcome[] = [];
for (const { name, program, args } of steps) {
  const command = [program, ...args].join(' ');
  say(`\n── ${name}: ${command}`);
  outcomes.push({ name, command, code: await execute(program, args) });
  if (interruption !== null) stopInterrupted(interruption);
}
const report = await readReport();
const sentences = faults(outcomes, report, Boolean(process.env['CI']));

say('');
for (const { name, code } of outcomes) say(`${name.padEnd(8)} ${code === 0 ? 'passed' : 'FAILED'}`);
for (const sentence of sentences) say(sentence);
say(summaryLine(countTests(report)));
process.exitCode = sentences.length === 0 ? 0 : 1;

async function execute(program: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(program, args, { cwd: root, env: environment, stdio: 'inherit' });
  current = child;
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code));
  });
}

async function readReport(): Promise<TestReport | null> {
  try {
    return JSON.parse(await readFile(reportPath, 'utf8')) as TestReport;
  } catch {
    return null;
  } finally {
    await rm(reportPath, { force: true });
  }
}

function stopInterrupted(signal: 'SIGINT' | 'SIGTERM'): never {
  say(`interrupted by ${signal}`);
  process.exit(128 + constants.signals[signal]);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
