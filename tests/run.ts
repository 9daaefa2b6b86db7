import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests, faults, summaryLine, type StepOutcome, type TestReport } from './summary.ts';

/**
 * `npm test`: format, lint, types, the training program's tests, then every other test. All steps run whatever fails, so that one run shows everything. The
 * last line is `N passed, N failed`. Arguments go to vitest: `npm test -- --project unit`.
 *
 * The checks before the tests run beside each other, since none keeps all cores busy: each waits for files, for packages, or for itself.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const reportPath = join(root, '.cache', `test-report-${process.pid}.json`);

interface Step {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

const checks: readonly Step[] = [
  { name: 'format', program: 'npm', args: ['run', '--silent', 'check:format'] },
  { name: 'lint', program: 'npm', args: ['run', '--silent', 'check:lint'] },
  { name: 'types', program: 'npm', args: ['run', '--silent', 'check:types'] },
  { name: 'training', program: 'sh', args: ['models/training/test.sh'] },
];
const tests: Step = { name: 'tests', program: 'vitest', args: ['run', ...process.argv.slice(2)] };

const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
  WINNOW_TEST_REPORT: reportPath,
};

const running = new Set<ChildProcess>();
let interruption: 'SIGINT' | 'SIGTERM' | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interruption = signal;
    for (const child of running) child.kill(signal);
  });
}

await mkdir(join(root, '.cache'), { recursive: true });
const outcomes: StepOutcome[] = await Promise.all(checks.map(check));
if (interruption !== null) stopInterrupted(interruption);
announce(tests);
outcomes.push({ ...nameOf(tests), code: await endOf(start(tests, 'inherit')) });
if (interruption !== null) stopInterrupted(interruption);
const report = await readReport();
const sentences = faults(outcomes, report, Boolean(process.env['CI']));

say('');
for (const { name, code } of outcomes) say(`${name.padEnd(8)} ${code === 0 ? 'passed' : 'FAILED'}`);
for (const sentence of sentences) say(sentence);
say(summaryLine(countTests(report)));
process.exitCode = sentences.length === 0 ? 0 : 1;

/** What it says comes when it has ended, whole, since others run beside it. */
async function check(step: Step): Promise<StepOutcome> {
  const child = start(step, 'pipe');
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => void said.push(chunk));
  const code = await endOf(child);
  announce(step);
  process.stdout.write(Buffer.concat(said));
  return { ...nameOf(step), code };
}

function announce(step: Step): void {
  const { name, command } = nameOf(step);
  say(`\n── ${name}: ${command}`);
}

function nameOf({ name, program, args }: Step): Omit<StepOutcome, 'code'> {
  return { name, command: [program, ...args].join(' ') };
}

function start({ program, args }: Step, output: 'inherit' | 'pipe'): ChildProcess {
  const child = spawn(program, args, { cwd: root, env: environment, stdio: ['inherit', output, output] });
  running.add(child);
  return child;
}

/** Its exit code; null when it could not start or was killed. */
async function endOf(child: ChildProcess): Promise<number | null> {
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    // `close` comes after the last of its output.
    child.once('close', (exitCode) => resolve(exitCode));
  });
  running.delete(child);
  return code;
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
