import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheDirectory, obtain } from '../cache.ts';
import { docker, requireImage } from '../docker.ts';
import { lastLine, run } from '../process.ts';
import { firstAvailable, ServerUnavailable } from '../unavailable.ts';

/** Paths of the two programs. */
export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
  /** Where the pages are of a build that has them beside it; else it knows. */
  readonly assets?: string;
}

/** Names a directory that holds `prometheus` and `promtool`. */
export const directoryVariable = 'WINNOW_TEST_PROMETHEUS_BIN_DIR';

/** A release with long-term support. Only the two programs are taken out of the image. */
const image = 'prom/prometheus:v3.5.0';
const prometheusCache = join(cacheDirectory, 'prometheus');
const downloadMsMax = 300_000;

/**
 * The programs from where the environment says, else from PATH, else out of the Docker image, else out of Debian's
 * package, unpacked into the cache and not installed. Throws ServerUnavailable, with the reasons, when none is possible.
 */
export async function obtainPrometheus(): Promise<PrometheusBinaries> {
  return firstAvailable('Prometheus', [givenBinaries, installedBinaries, binariesFromImage, binariesFromPackage]);
}

const binariesIn = (directory: string): PrometheusBinaries => ({
  prometheus: join(directory, 'prometheus'),
  promtool: join(directory, 'promtool'),
});

async function givenBinaries(): Promise<PrometheusBinaries> {
  const directory = process.env[directoryVariable];
  if (!directory) throw new ServerUnavailable(`${directoryVariable} is not set`);
  if (!(await holdsBinaries(directory))) {
    throw new Error(`${directoryVariable}=${directory} holds no prometheus and promtool`);
  }
  return binariesIn(directory);
}

async function installedBinaries(): Promise<PrometheusBinaries> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    if (directory !== '' && (await holdsBinaries(directory))) return binariesIn(directory);
  }
  throw new ServerUnavailable('not on PATH');
}

async function holdsBinaries(directory: string): Promise<boolean> {
  const { prometheus, promtool } = binariesIn(directory);
  const checks = [prometheus, promtool].map((path) => access(path, constants.X_OK));
  return Promise.all(checks).then(
    () => true,
    () => false,
  );
}

async function binariesFromImage(): Promise<PrometheusBinaries> {
  requireLinux();
  const directory = await obtain(join(prometheusCache, 'from-image'), async (partial) => {
    await requireImage(image);
    const container = await docker('create', image);
    try {
      for (const program of ['prometheus', 'promtool']) await docker('cp', `${container}:/bin/${program}`, partial);
    } finally {
      await docker('rm', '--force', '--volumes', container);
    }
  });
  return binariesIn(directory);
}

async function binariesFromPackage(): Promise<PrometheusBinaries> {
  requireLinux();
  const directory = await obtain(join(prometheusCache, 'from-package'), async (partial) => {
    const packages = join(partial, 'packages');
    await mkdir(packages);
    const download = await downloadPackage(packages);
    if (download !== null) throw new ServerUnavailable(`apt could not download it (${download})`);
    const unpacked = await run('sh', ['-c', 'dpkg -x packages/prometheus_*.deb . && rm -r packages'], {
      timeoutMs: downloadMsMax,
      cwd: partial,
    });
    if (unpacked.code !== 0) throw new ServerUnavailable(`dpkg could not unpack it (${lastLine(unpacked)})`);
  });
  return { ...binariesIn(join(directory, 'usr/bin')), assets: join(directory, 'usr/share/prometheus/web') };
}

/** What stood in the way; null when the package is there. Only root may refresh a package list that is out of date. */
async function downloadPackage(directory: string): Promise<string | null> {
  const options = { timeoutMs: downloadMsMax, cwd: directory };
  const download = () => run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', 'prometheus'], options);
  let outcome = await download();
  if (outcome.code !== 0 && process.getuid?.() === 0) {
    await run('apt-get', ['update', '-qq'], options);
    outcome = await download();
  }
  return outcome.code === 0 ? null : lastLine(outcome);
}

/** Image and package hold programs for Linux. */
function requireLinux(): void {
  if (process.platform !== 'linux') throw new ServerUnavailable('no programs for this system in the image or package');
}
