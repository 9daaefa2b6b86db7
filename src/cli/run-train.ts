import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTraining, trainingPython } from '../adapters/python/training.ts';
import { defaultDeploymentFile, defaultModelFolder, loadDeployment, loadNormsFile, orThrow } from '../app/versions.ts';
import { FailureError } from '../domain/failure.ts';
import { eventFile } from '../evaluation/calibrate.ts';
import { allRows, writeMatrixFile, type MatrixReport } from '../evaluation/matrix.ts';
import { parseManifest } from '../scoring/bundle-files.ts';
import { labelsOf } from './labels-apart.ts';
import { offlineSettings } from './offline-settings.ts';
import { formatCount } from './style.ts';

/** The options of `winnow train`. */
export interface TrainCommandOptions {
  readonly labels?: readonly string[];
  readonly labelsOfEvents?: true;
  readonly queue?: readonly string[];
  /** A folder, or false for none; absent for the champion. */
  readonly base?: string | false;
  readonly norms?: string;
  readonly name: string;
  readonly version: string;
  readonly author: string;
  readonly out: string;
  readonly seed: number;
  readonly evenIfWorse?: true;
  readonly python?: string;
  readonly config?: string;
}

/** Progress, for a person. */
function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Trains a bundle from answers. Throws `FailureError`. */
export async function runTrain(file: string, options: TrainCommandOptions, winnowVersion: string): Promise<void> {
  const base = options.base ?? (await championFolder());
  const ranked = base === false ? [] : await rankedBy(base);
  if (ranked.length > 0 && options.norms === undefined) refuseWithoutNorms(String(base));
  const python = await trainingPython(options.python, report);
  const events = eventFile(file, 0);
  const labels = await labelsOf(options.labels ?? [], options.labelsOfEvents === true ? events : null);
  const folder = await mkdtemp(join(tmpdir(), 'winnow-train-'));
  try {
    const matrix = join(folder, 'matrix.csv');
    const places = join(folder, 'places.csv');
    const norms = options.norms === undefined ? null : orThrow(await loadNormsFile(options.norms));
    const { rows, unusedLabels } = await writeMatrixFile({
      events,
      out: matrix,
      places,
      labels,
      rows: { ...allRows, of: 'judgeable' },
      winnowVersion,
      reference: offlineSettings(options.config),
      ...(norms === null || ranked.length === 0 ? {} : { ranks: { norms, features: ranked } }),
    });
    report(describe(rows, unusedLabels));
    const answers = [...(options.labels ?? []), ...(options.queue ?? [])].flatMap((path) => ['--answers', path]);
    const words = ['own', '--matrix', matrix, ...answers, '--name', options.name, '--version', options.version];
    await runTraining(
      python,
      [
        ...words,
        '--author',
        options.author,
        '--out',
        options.out,
        '--seed',
        String(options.seed),
        '--accounts',
        places,
        ...(base === false ? [] : ['--base', base]),
        ...(options.norms === undefined ? [] : ['--norms', options.norms]),
        ...(options.evenIfWorse === true ? ['--even-if-worse'] : []),
      ],
      report,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function championFolder(): Promise<string> {
  const { champion } = orThrow(await loadDeployment(defaultDeploymentFile));
  return join(defaultModelFolder, champion.name, champion.version);
}

/** The features that a bundle takes as ranks. */
async function rankedBy(bundle: string): Promise<readonly string[]> {
  const path = join(bundle, 'manifest.json');
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const message = `${(error as Error).message}.`;
    throw new FailureError({ code: 'BUNDLE_UNREADABLE', message, path }, { cause: error });
  }
  const { forms = {} } = orThrow(parseManifest(bytes, path));
  return Object.keys(forms).filter((name) => forms[name] === 'rank');
}

function describe(rows: MatrixReport['rows'], unusedLabels: number): string {
  const unused =
    unusedLabels === 0 ? '' : `; ${formatCount(unusedLabels)} labels are of accounts without an event here`;
  return `wrote the matrix: ${formatCount(rows)} events of accounts with an answer${unused}`;
}

function refuseWithoutNorms(base: string): never {
  const message = 'the base takes ranks: make the norms of this stream by winnow calibrate, and give them as --norms.';
  throw new FailureError({ code: 'TRAINING_REFUSED', message, path: base });
}
