import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFailed } from 'vitest';
import { guard } from '../../../servers/guardian.ts';
import { until } from '../../kafka/support.ts';
import { afterThisTest, type CleanUp } from './clean-up.ts';
import { parseMetrics, type Metrics } from './metrics.ts';

/** How a process ended: by its own code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

const ownProgram = fileURLToPath(new URL('../../../../src/cli/main.ts', import.meta.url));
const startMsMax = 180_000;
const probeMsMax = 10_000;
/** Lines of its output that a failed test shows. */
const shownLinesMax = 40;

/**
 * `winnow` as a child process, as an operator starts it: everything it knows comes from its arguments and its environment.
 * It ends with its test, however that ends, and with the test runner.
 */
export class Processor {
  /** What it wrote: log lines, one JSON object each. */
  stdout = '';
  /** What it wrote to a person. */
  stderr = '';
  readonly ended: Promise<Exit>;
  readonly pid: number;
  readonly #child: ChildProcess;
  #exit: Exit | undefined;

  /**
   * @param variables of the environment, beside those of the tests; undefined takes one away.
   * @param through a program, and its arguments, that starts the one behind them and lets it have its own process id.
   * @param program that of another version of Winnow; by default this one's.
   */
  constructor(
    args: readonly string[],
    variables: Readonly<Record<string, string | undefined>>,
    cleanUp: CleanUp = afterThisTest,
    through: readonly string[] = [],
    program = ownProgram,
  ) {
    const [command, ...rest] = [...through, process.execPath, program, ...args];
    this.#child = spawn(command!, rest, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...withoutWinnow(process.env), ...variables },
    });
    const { pid, stdout, stderr } = this.#child;
    if (pid === undefined) throw new Error('the processor could not be started');
    this.pid = pid;
    stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    const guardian = guard('kill -s KILL -- "-$1"', String(pid));
    // `close` comes after the last of its output.
    this.ended = once(this.#child, 'close').then(([code, signal]: unknown[]) => {
      guardian.release();
      this.#exit = { code: code as number | null, signal: signal as NodeJS.Signals | null };
      return this.#exit;
    });
    // Who cleans up by himself may start processors when no test listens.
    if (cleanUp === afterThisTest) onTestFailed(() => this.showLastLines());
    cleanUp(() => this.end('SIGKILL'));
  }

  get hasEnded(): boolean {
    return this.#exit !== undefined;
  }

  signal(name: NodeJS.Signals): void {
    if (!this.hasEnded) this.#child.kill(name);
  }

  /** Sends the signal and waits for the end, which the test's own time bounds. */
  end(name: NodeJS.Signals): Promise<Exit> {
    this.signal(name);
    return this.ended;
  }

  /** Waits until it takes events. Fails at once when it ends instead. */
  async ready(): Promise<this> {
    await this.until(async () => (await this.probe('/readyz')) === 200, 'the processor is ready', startMsMax);
    return this;
  }

  /** Waits until it is so, and fails at once when the processor ends meanwhile. */
  async until(isSo: () => boolean | Promise<boolean>, what: string, msMax?: number): Promise<void> {
    const isSoWhileAlive = (): boolean | Promise<boolean> => {
      if (this.hasEnded) throw new Error(`the processor ended before it was so: ${what}`);
      return isSo();
    };
    await until(isSoWhileAlive, what, msMax);
  }

  /** The status that a probe gets; null when nobody answers. */
  async probe(path: '/startupz' | '/livez' | '/readyz'): Promise<number | null> {
    return (await this.#get(path))?.status ?? null;
  }

  /** What it tells Prometheus now. */
  async metrics(): Promise<Metrics> {
    return parseMetrics(await this.metricsText());
  }

  async metricsText(): Promise<string> {
    const response = await this.#get('/metrics');
    if (response === null) throw new Error('the processor does not answer for its metrics');
    return response.text();
  }

  /** Decisions delivered by this process. */
  async decided(): Promise<number> {
    return (await this.metrics()).sum('winnow_decisions_total');
  }

  /** Waits until some more events are decided, so that there are decisions from before and after whatever comes next. */
  async decideSome(count = 300): Promise<void> {
    const before = await this.decided();
    await this.until(async () => (await this.decided()) >= before + count, `${count} more events are decided`);
  }

  get log(): LogLine[] {
    const lines = this.stdout.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  /** Partitions of the one topic that it owns, as it said last. */
  get partitions(): number[] {
    const told = this.log.findLast(({ partitions }) => partitions !== undefined)?.['partitions'];
    return Object.values((told ?? {}) as Record<string, number[]>).flat();
  }

  /** Where it answers probes and Prometheus, on the loopback address; undefined until it does. */
  get port(): number | undefined {
    return this.log.find(({ message }) => message.startsWith('Listening'))?.['port'] as number | undefined;
  }

  async #get(path: string): Promise<Response | null> {
    const { port } = this;
    if (port === undefined || this.hasEnded) return null;
    const signal = AbortSignal.timeout(probeMsMax);
    return fetch(`http://127.0.0.1:${port}${path}`, { signal, headers: { connection: 'close' } }).catch(() => null);
  }

  /** For whoever looks at a test that failed. */
  showLastLines(): void {
    const lines = `${this.stdout}\n${this.stderr}`.trimEnd().split('\n').slice(-shownLinesMax);
    process.stderr.write(`The end of what the processor ${this.pid} wrote:\n${lines.join('\n')}\n`);
  }
}

/** What the developer's own shell says of Winnow is not for the tests. */
function withoutWinnow(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('WINNOW_')));
}
