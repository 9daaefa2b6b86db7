import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processorMs } from './processor-time.ts';
import { countTests, faults, summaryLine, type StepOutcome, type TestReport } from './summary.ts';

/**
 * `npm test`: format, lint, types, the training program's tests, then every other test. All steps run whatever fails, so that one run shows everything. The
 * last line is `N passed, N failed`. Arguments go to vitest, in one run after the checks: `npm test -- --project unit`.
 *
 * Without arguments, what needs servers runs beside all else: it mostly waits, for brokers, outages and holds, and while it does, the
 * checks and then the other tests have the cores. They yield to it, for some of it gives a server little time to answer.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const reportFolder = join(root, '.cache');
/** What runs beside those who wait for servers yields to them: a sixtieth of what they get where both want a core, for it has many threads. */
const niceness = 19;

interface Step {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}
type Output = 'inherit' | 'pipe';

const checks: readonly Step[] = [
  { name: 'format', program: 'npm', args: ['run', '--silent', 'check:format'] },
  { name: 'lint', program: 'npm', args: ['run', '--silent', 'check:lint'] },
  { name: 'types', program: 'npm', args: ['run', '--silent', 'check:types'] },
  { name: 'training', program: 'sh', args: ['models/training/test.sh'] },
];
const serverProjects = ['campaign', 'integration', 'own-servers'];
const servers = vitest(
  'servers',
  serverProjects.flatMap((name) => ['--project', name]),
);
const others = vitest(
  'others',
  serverProjects.flatMap((name) => ['--project', `!${name}`]),
);

const environment = { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter) };

const running = new Set<ChildProcess>();
let interruption: 'SIGINT' | 'SIGTERM' | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interruption = signal;
    for (const child of running) child.kill(signal);
  });
}

await mkdir(reportFolder, { recursive: true });
const chosen = process.argv.slice(2);
const steps = chosen.length === 0 ? await whole() : await choice(vitest('tests', chosen));
if (interruption !== null) stopInterrupted(interruption);
const outcomes = steps.map(({ outcome }) => outcome);
const reports = steps.flatMap(({ report }) => (report === undefined ? [] : [report]));
const sentences = faults(outcomes, reports, Boolean(process.env['CI']));

say('');
for (const { name, code } of outcomes) say(`${name.padEnd(8)} ${code === 0 ? 'passed' : 'FAILED'}`);
for (const sentence of sentences) say(sentence);
const usedMs = processorMs();
if (usedMs !== null) say(`processor time: ${Math.round(usedMs / 1_000)} s`);
say(summaryLine(countTests(reports)));
process.exitCode = sentences.length === 0 ? 0 : 1;

interface Ended {
  readonly outcome: StepOutcome;
  /** What vitest wrote, null for nothing; absent of what is no vitest. */
  readonly report?: TestReport | null;
}

function vitest(name: string, args: readonly string[]): Step {
  return { name, program: 'vitest', args: ['run', ...args] };
}

async function whole(): Promise<readonly Ended[]> {
  const [ofServers, ofOthers] = await Promise.all([test(servers, 'inherit', 0), choice(others, 'pipe', niceness)]);
  return [...ofOthers, ofServers];
}

/** The checks beside each other, since none keeps all cores busy: each waits for files, for packages, or for itself. Then the tests. */
async function choice(tests: Step, output: Output = 'inherit', nice = 0): Promise<readonly Ended[]> {
  const checked = await Promise.all(checks.map(async (step) => ({ outcome: await run(step, 'pipe', nice) })));
  return interruption === null ? [...checked, await test(tests, output, nice)] : checked;
}

async function test(step: Step, output: Output, nice: number): Promise<Ended> {
  const path = join(reportFolder, `test-report-${process.pid}-${step.name}.json`);
  const outcome = await run(step, output, nice, { WINNOW_TEST_REPORT: path });
  return { outcome, report: await readReport(path) };
}

/** What it says comes at once, or, where it is piped since others run beside it, whole when it has ended. */
async function run(step: Step, output: Output, nice: number, variables: NodeJS.ProcessEnv = {}): Promise<StepOutcome> {
  if (output === 'inherit') announce(step);
  const child = start(step, output, nice, variables);
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => void said.push(chunk));
  const code = await endOf(child);
  if (output === 'pipe') announce(step);
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

function start({ program, args }: Step, output: Output, nice: number, variables: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn('nice', ['-n', String(nice), program, ...args], {
    cwd: root,
    env: { ...environment, ...variables },
    stdio: ['inherit', output, output],
  });
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

async function readReport(path: string): Promise<TestReport | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as TestReport;
  } catch {
    return null;
  } finally {
    await rm(path, { force: true });
  }
}

function stopInterrupted(signal: 'SIGINT' | 'SIGTERM'): never {
  say(`interrupted by ${signal}`);
  process.exit(128 + constants.signals[signal]);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
