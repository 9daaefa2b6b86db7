import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatNumber } from './table.ts';

/** A figure as it is held against the same one of the last run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Whether more of it is better: it is a rate, and not a cost. */
  readonly isRate: boolean;
}

/** A figure and what it was; null the first time. */
export interface ComparedFigure extends Figure {
  readonly last: number | null;
}

const lastFolder = fileURLToPath(new URL('results/last/', import.meta.url));
/** A change that is said: below it, one machine differs from itself. */
export const worseMax = 1.1;

/**
 * Holds figures against those of the last run that asked the same on this machine, and keeps them for the next. Figures of two machines
 * are never compared.
 *
 * @param question what was measured, with all options that change the figures.
 */
export async function compareWithLast(
  question: string,
  figures: readonly Figure[],
  folder = lastFolder,
): Promise<readonly ComparedFigure[]> {
  const file = join(folder, `${machineName()}.json`);
  const kept = await readKept(file);
  const last = kept[question] ?? {};
  await mkdir(folder, { recursive: true });
  const now = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
  await writeFile(file, `${JSON.stringify({ ...kept, [question]: now }, null, 2)}\n`);
  return figures.map((figure) => ({ ...figure, last: last[figure.name] ?? null }));
}

/** By question, by name of the figure. */
type Kept = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Nothing where nothing was kept. A file that is no JSON is an error: somebody has edited it. */
async function readKept(file: string): Promise<Kept> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** How many times as bad as last time: above 1 it is worse, whether it is a rate or a cost. Null the first time. */
export function timesAsBad({ value, last, isRate }: ComparedFigure): number | null {
  if (last === null || last <= 0 || value <= 0) return null;
  return isRate ? last / value : value / last;
}

/** What the summary says of a run and the last one. */
export function formatComparison(figures: readonly ComparedFigure[]): string {
  const compared = figures.filter((figure) => timesAsBad(figure) !== null);
  if (compared.length === 0) return 'Nothing was kept of an earlier run on this machine.';
  const worse = compared.filter((figure) => timesAsBad(figure)! > worseMax);
  if (worse.length === 0) return 'No figure is more than 10 % worse than in the last run on this machine.';
  const lines = worse.map(
    ({ name, value, last }) =>
      `  ${name}: ${formatNumber(value, digitsOf(value))}, was ${formatNumber(last!, digitsOf(last!))} (${formatNumber(value / last!, 2)} of it)`,
  );
  return [`WORSE by more than 10 % than in the last run on this machine (${worse.length}):`, ...lines].join('\n');
}

function digitsOf(value: number): number {
  return value < 100 ? 2 : 0;
}

function machineName(): string {
  const model = cpus()[0]?.model ?? 'unknown';
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${hostname()} ${cpus().length} x ${model} ${memoryGiB} GiB`.replaceAll(/[^\w.-]+/g, '-').toLowerCase();
}
