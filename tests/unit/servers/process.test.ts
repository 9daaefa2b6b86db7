import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine, run, startProcess, waitUntilReady, type ServerProcess } from '../../servers/process.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'winnow-process-'));
});
afterAll(() => rm(directory, { recursive: true }));

const logPath = (): string => join(directory, 'server.log');
const start = (script: string): Promise<ServerProcess> =>
  startProcess({ command: 'sh', args: ['-c', script], logPath: logPath() });

const groupLives = (pid: number): boolean => {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
};
const untilGroupIsGone = (pid: number): Promise<void> => expect.poll(() => groupLives(pid)).toBe(false);
/** Keeps a test that fails from hanging, and no other: at the side of others a shell may take long to start. */
const patientMs = 60_000;

describe('run', () => {
  it('gives the exit code and both outputs', async () => {
    const outcome = await run('sh', ['-c', 'echo out; echo err >&2; exit 3'], { timeoutMs: patientMs });
    expect(outcome).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('has no exit code for a command that does not exist', async () => {
    const outcome = await run('winnow-no-such-command', [], { timeoutMs: patientMs });
    expect(outcome.code).toBeNull();
    expect(outcome.stderr).toContain('ENOENT');
  });

  it('ends a command that runs out of time', async () => {
    expect((await run('sleep', ['1000'], { timeoutMs: 50 })).code).toBeNull();
  });
});

describe('lastLine', () => {
  it.each([
    ['prefers what was written to stderr', 'out\n', 'first\nlast\n\n', 'last'],
    ['falls back to stdout', 'only\n', '', 'only'],
    ['says when there is nothing', '', '\n', 'it wrote nothing'],
  ])('%s', (_name, stdout, stderr, expected) => {
    expect(lastLine({ code: 1, stdout, stderr })).toBe(expected);
  });
});

describe('startProcess', () => {
  it('writes both outputs to the log and ends the whole group on stop', async () => {
    const server = await start('echo started; echo warned >&2; sleep 1000 & sleep 1000');
    await expect.poll(() => readFile(logPath(), 'utf8')).toBe('started\nwarned\n');
    expect(server.hasExited()).toBe(false);
    await server.stop(patientMs);
    expect(server.hasExited()).toBe(true);
    await untilGroupIsGone(server.pid);
  });

  it('kills a server that does not end when asked', async () => {
    const server = await start("trap '' TERM; while :; do sleep 1000; done");
    await server.stop(50);
    expect(server.hasExited()).toBe(true);
    await untilGroupIsGone(server.pid);
  });

  it('says so when the command does not exist', async () => {
    const command = 'winnow-no-such-command';
    await expect(startProcess({ command, args: [], logPath: logPath() })).rejects.toThrow('ENOENT');
  });

  it('leaves no server behind when the process that started it is killed', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../servers/process.ts')).href;
    const owner = join(directory, 'owner.ts');
    const options = JSON.stringify({ command: 'sleep', args: ['1000'], logPath: logPath() });
    await writeFile(
      owner,
      `import { startProcess } from '${module}';
       const { pid } = await startProcess(${options});
       process.stdout.write(String(pid), () => process.kill(process.pid, 'SIGKILL'));`,
    );
    const { code, stdout } = await run(process.execPath, [owner], { timeoutMs: patientMs });
    expect(code).toBeNull();
    expect(Number(stdout)).toBeGreaterThan(1);
    await untilGroupIsGone(Number(stdout));
  });
});

describe('waitUntilReady', () => {
  const server = 'The server';

  it('asks until the answer is yes', async () => {
    const answers = [false, false, true];
    const isReady = async (): Promise<boolean> => answers.shift() ?? false;
    await waitUntilReady({ server, isReady, hasExited: () => false, timeoutMs: patientMs, logPath: null });
    expect(answers).toEqual([]);
  });

  it('fails at once, with the end of the log, when the server is dead', async () => {
    const log = join(directory, 'dead.log');
    await writeFile(log, 'port is taken\n');
    const waiting = waitUntilReady({
      server,
      isReady: async () => false,
      hasExited: () => true,
      timeoutMs: 3_600_000,
      logPath: log,
    });
    await expect(waiting).rejects.toThrow(/The server ended while starting[^]*port is taken/);
  });

  it('fails when the time is up', async () => {
    const waiting = waitUntilReady({
      server,
      isReady: async () => false,
      hasExited: () => false,
      timeoutMs: 0,
      logPath: null,
    });
    await expect(waiting).rejects.toThrow('The server was not ready after 0 ms');
  });
});
