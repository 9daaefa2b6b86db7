import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from './guardian.ts';
import { freePort } from './ports.ts';
import { lastLine, run, startProcess, waitUntilReady, type ServerProcess } from './process.ts';
import { firstAvailable, giveUp, ServerUnavailable, type Skip } from './unavailable.ts';

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Where its files are; they go when it stops. */
  readonly folder: string;
  /** Ends it as a power cut would, and starts it again with its data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether it waits for the disk, as one does on which something depends. */
  readonly isDurable?: boolean;
}

/** Where Debian and others put the programs of each version. */
const installed = '/usr/lib/postgresql';
const password = 'a-password-of-the-tests';
/** It refuses to run as root: then it runs as nobody, who owns its files. */
const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const initMsMax = 60_000;
const readyMsMax = 30_000;
const stopMsMax = 10_000;

/** A real PostgreSQL of this machine's, with a folder of its own; it ends with this process. Where there is none, the test is given up. */
export async function requirePostgres(context: Skip, options: PostgresOptions = {}): Promise<PostgresServer> {
  try {
    return await firstAvailable('PostgreSQL', [() => startPostgres(options)]);
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    return giveUp(context, error.message);
  }
}

export async function startPostgres({ isDurable = false }: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = await programsFolder();
  const folder = await mkdtemp(join(tmpdir(), 'winnow-postgres-'));
  const guardian = guard('sleep 1; rm -rf -- "$1"', folder);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  if (isRoot) for (const path of [folder, passwordFile]) await chown(path, nobody.uid, nobody.gid);
  const data = join(folder, 'data');
  const [init, ...initArguments] = asOther(join(programs, 'initdb'), [
    '-D',
    data,
    '--username=winnow',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-locale',
  ]);
  const made = await run(init!, initArguments, { timeoutMs: initMsMax, cwd: folder });
  if (made.code !== 0) throw new Error(`initdb: ${lastLine(made)}`);
  const port = await freePort();
  const logPath = `${folder}.log`;
  const ready = ['-h', '127.0.0.1', '-p', String(port)];
  let server: ServerProcess;
  const start = async (): Promise<void> => {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      `fsync=${isDurable ? 'on' : 'off'}`,
      'shared_buffers=64MB',
    ];
    const [command, ...args] = asOther(join(programs, 'postgres'), [
      '-D',
      data,
      '-p',
      String(port),
      ...settings.flatMap((setting) => ['-c', setting]),
    ]);
    server = await startProcess({ command: command!, args, logPath });
    await waitUntilReady({
      server: 'PostgreSQL',
      isReady: async () => (await run(join(programs, 'pg_isready'), ready, { timeoutMs: readyMsMax })).code === 0,
      hasExited: () => server.hasExited(),
      timeoutMs: readyMsMax,
      logPath,
    });
  };
  await start();
  return {
    host: '127.0.0.1',
    port,
    user: 'winnow',
    password,
    folder,
    crash: async () => {
      await server.kill();
      await rm(join(data, 'postmaster.pid'), { force: true });
      await start();
    },
    stop: async () => {
      await server.stop(stopMsMax);
      await rm(folder, { recursive: true, force: true });
      await rm(logPath, { force: true });
      guardian.release();
    },
  };
}

async function programsFolder(): Promise<string> {
  const versions = await readdir(installed).catch((): string[] => []);
  const newest = versions.toSorted((first, second) => Number(second) - Number(first))[0];
  if (newest === undefined) throw new ServerUnavailable(`there is none in ${installed} (Debian: postgresql)`);
  return join(installed, newest, 'bin');
}

function asOther(command: string, args: readonly string[]): readonly string[] {
  if (!isRoot) return [command, ...args];
  return ['setpriv', `--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups', '--', command, ...args];
}
