import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guard } from './guardian.ts';

export interface Outcome {
  /** Exit code; null when the command could not be started, was killed or ran out of time. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. A command that does not exist is an outcome with code null, not an exception. */
export async function run(
  command: string,
  args: readonly string[],
  options: { timeoutMs: number; cwd?: string },
): Promise<Outcome> {
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
  });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ...outcome, stderr: error.message }));
    child.once('close', (code) => resolve({ ...outcome, code }));
  });
}

/** The last line with content of what a failed command wrote, for one-line reasons. */
export function lastLine(outcome: Outcome): string {
  const lines = `${outcome.stdout}\n${outcome.stderr}`.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '') ?? 'it wrote nothing';
}

export interface ServerProcess {
  readonly pid: number;
  hasExited(): boolean;
  /** SIGTERM to the process group, SIGKILL when it has not ended in time. Resolves once it is gone. */
  stop(graceMs: number): Promise<void>;
  /** SIGKILL to the process group: no farewell, as in a power cut. Resolves once it is gone. */
  kill(): Promise<void>;
}

/** Starts a server in its own process group, both outputs appended to `logPath`. It dies with this process. */
export async function startProcess(options: {
  command: string;
  args: readonly string[];
  logPath: string;
  env?: Record<string, string>;
}): Promise<ServerProcess> {
  await mkdir(dirname(options.logPath), { recursive: true });
  const log = openSync(options.logPath, 'a');
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.env },
  });
  closeSync(log);
  await once(child, 'spawn');
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.command} started without a process id`);

  const guardian = guard('kill -s KILL -- "-$1"', String(pid));
  const exited = once(child, 'exit').then(() => guardian.release());
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    child.ref(); // whoever stops it waits for its end
    if (!hasExited()) process.kill(-pid, name);
  };
  const kill = async (): Promise<void> => {
    signal('SIGKILL');
    await exited;
  };
  const stop = async (graceMs: number): Promise<void> => {
    signal('SIGTERM');
    const outOfTime = new AbortController();
    await Promise.race([exited, sleep(graceMs, undefined, { signal: outOfTime.signal }).then(kill)]);
    outOfTime.abort();
  };
  return { pid, hasExited, stop, kill };
}

/** Asks until the answer is yes. Fails early when the server is known to be dead, and in any case after `timeoutMs`. */
export async function waitUntilReady(options: {
  server: string;
  isReady: () => Promise<boolean>;
  hasExited: () => boolean;
  timeoutMs: number;
  logPath: string | null;
}): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  while (!(await options.isReady())) {
    const dead = options.hasExited();
    if (!dead && performance.now() < deadline) {
      await sleep(100);
      continue;
    }
    const what = dead ? 'ended while starting' : `was not ready after ${options.timeoutMs} ms`;
    throw new Error(`${options.server} ${what}${options.logPath === null ? '' : await logEnd(options.logPath)}`);
  }
}

async function logEnd(logPath: string): Promise<string> {
  const log = await readFile(logPath, 'utf8').catch(() => '');
  return `; the end of ${logPath}:\n${log.trimEnd().split('\n').slice(-20).join('\n')}`;
}
