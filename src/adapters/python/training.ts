import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailureError } from '../../domain/failure.ts';

/** The training program: `models/training`, in Python. */

const modelsFolder = fileURLToPath(new URL('../../../models/', import.meta.url));
const trainingFolder = join(modelsFolder, 'training');
const requirementsFile = join(trainingFolder, 'requirements.txt');
/** Beside the program, and the same that its scripts use; git ignores it. */
const environmentFolder = join(trainingFolder, '.venv');
/** Of standard error, the end is kept: where a program says why it ended. */
const errorLengthMax = 4_000;

/** Told what a step does, a line each. */
export type Report = (line: string) => void;

/**
 * The Python to train with: the one that is given, as it is; else one of the program's own, made at the first call, with the packages of
 * `requirements.txt`, each held against its hash. Throws `FailureError` `TRAINING_REFUSED`.
 */
export async function trainingPython(given: string | undefined, report: Report): Promise<string> {
  if (given !== undefined) return given;
  const python = join(environmentFolder, 'bin', 'python');
  const stamp = join(environmentFolder, 'winnow-requirements');
  const wanted = createHash('sha256')
    .update(await readFile(requirementsFile))
    .digest('hex');
  const installed = existsSync(stamp) ? await readFile(stamp, 'utf8') : '';
  if (installed === wanted && existsSync(python)) return python;
  if (!existsSync(python)) {
    report(`makes an environment for Python in ${environmentFolder} (once)`);
    await rm(environmentFolder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', environmentFolder], report);
  }
  report('installs the packages of requirements.txt (once)');
  const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
  await run(python, [...words, '-r', requirementsFile], report);
  await writeFile(stamp, wanted);
  return python;
}

/** Runs a command of the training program to its end. Throws `FailureError` `TRAINING_REFUSED` with what it says. */
export async function runTraining(python: string, words: readonly string[], report: Report): Promise<void> {
  await run(python, ['-m', 'training', ...words], report);
}

async function run(program: string, words: readonly string[], report: Report): Promise<void> {
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONPATH: modelsFolder, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let told = '';
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told = (told + text).slice(-errorLengthMax)));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) report(line);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  let code: number | null;
  try {
    code = await promise;
  } catch (error) {
    refuse(
      `${program} cannot be run: ${(error as Error).message}. It takes Python 3.11 or newer with its module venv`,
      error,
    );
  }
  if (code !== 0) refuse(told.trim().replace(/^error: /, '') || `${program} ended with ${code}`);
}

function refuse(message: string, cause?: unknown): never {
  const end = message.endsWith('.') ? '' : '.';
  throw new FailureError(
    { code: 'TRAINING_REFUSED', message: `${message}${end}` },
    cause === undefined ? {} : { cause },
  );
}
