import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeOldLogs } from '../cache.ts';
import { docker, requireImage } from '../docker.ts';
import { guard } from '../guardian.ts';
import { freePort } from '../ports.ts';
import { startProcess, type ServerProcess } from '../process.ts';
import { configuration, stopMsMax, valkeyCache, type Instance, type InstanceOptions } from './instance.ts';

/** The same version as the wheel's. */
const image = 'valkey/valkey:9.1.2';
const scriptPath = fileURLToPath(new URL('servers.sh', import.meta.url));
const dataPath = '/winnow';

/** Servers in one container, so that the nodes of a cluster reach each other where clients do, on loopback. */
export async function dockerInstance(options: InstanceOptions): Promise<Instance> {
  await requireImage(image);
  await removeOldLogs(valkeyCache);
  const directory = await mkdtemp(join(tmpdir(), 'winnow-valkey-'));
  const name = basename(directory);
  const ports: number[] = [];
  for (let index = 0; index < options.count; index++) {
    const port = await freePort();
    const data = join(directory, String(index));
    await mkdir(data);
    await writeFile(join(data, 'valkey.conf'), configuration({ port, busPort: await freePort() }, '0.0.0.0', options));
    // The container has a user of its own.
    await chmod(data, 0o777);
    ports.push(port);
  }
  await chmod(directory, 0o777);
  const script = await readFile(scriptPath, 'utf8');
  const published = ports.flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`]);
  const mounted = ['--volume', `${directory}:${dataPath}`];
  const directories = ports.map((_, index) => `${dataPath}/${index}`);
  const command = ['sh', '-c', script, 'servers', 'valkey-server', ...directories];
  await docker(
    'create',
    '--name',
    name,
    ...published,
    ...mounted,
    '--entrypoint',
    command[0]!,
    image,
    ...command.slice(1),
  );
  const guardian = guard('docker rm --force --volumes "$1"; rm -rf -- "$2"', name, directory);
  const logPath = join(valkeyCache, `${name}.log`);
  let attached: ServerProcess | null = null;
  return {
    ports,
    logPath,
    // Attached, the command ends with the container and writes its log.
    start: async () => {
      attached = await startProcess({ command: 'docker', args: ['start', '--attach', name], logPath });
    },
    hasExited: () => attached === null || attached.hasExited(),
    stop: async () => void (await docker('stop', '-t', String(stopMsMax / 1000), name)),
    kill: async () => void (await docker('kill', name)),
    pause: async () => void (await docker('pause', name)),
    resume: async () => void (await docker('unpause', name)),
    remove: async () => {
      await docker('rm', '--force', '--volumes', name);
      await rm(directory, { recursive: true, force: true });
      guardian.release();
    },
  };
}
