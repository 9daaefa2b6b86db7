import { limits } from '../../domain/limits.ts';
import { isOutOfMemory, oneLine } from '../runtime-error.ts';
import { fault, type Check, type Fault } from './proof.ts';
import { explainRows, isProbability, matrixOf, scoreRows } from './rows.ts';

/** What a model has to show of how it computes: here as in training, each row by itself, in time, whatever the row. */

/** What float32 arithmetic in another order may come to, in probability. */
const roundingMax = 1e-5;
/** Of contributions summed in log-odds, in probability. */
const additionMax = 1e-3;
/** Beyond what any feature of the catalogue comes to: 50 years in milliseconds are 1.6e12. */
const extreme = 2 ** 41;
/** Rows that are scored one by one. */
const aloneMax = limits.scoreRowsMax;
/** Runs of which the fastest is taken for what a row costs: the others had company on the processor. */
const runs = 3;

/** A row gets one probability, and one contribution a feature: what a graph says of its own outputs need not be so. */
export const widths: Check = async ({ model, manifest, golden: [first] }) => {
  const row = matrixOf([first!]);
  const scores = await model.score(row, 1);
  if (scores.length !== 1) return fault('BUNDLE_SHAPE', `it gives ${scores.length} numbers a row, not 1.`);
  const contributions = await model.explain(row, 1);
  if (contributions === null || contributions.length === row.length) return undefined;
  const numbers = `${contributions.length} numbers a row, not ${manifest.features.length}`;
  return fault('BUNDLE_SHAPE', `the explanation gives ${numbers}.`);
};

/** Golden rows get their probabilities. */
export const golden: Check = async ({ model, manifest, golden: rows }) => {
  const scores = await scoreRows(model, matrixOf(rows), manifest.features.length);
  const wrong = rows.findIndex(
    ({ probability, tolerance }, row) => !(Math.abs(scores[row]! - probability) <= tolerance),
  );
  if (wrong < 0) return undefined;
  return fault('BUNDLE_GOLDEN', `golden row ${wrong + 1} gives ${scores[wrong]}, not ${rows[wrong]!.probability}.`);
};

/** A row gets the same probability alone, among others, in another order, and again. */
export const batches: Check = async ({ model, manifest, golden: rows }) => {
  const width = manifest.features.length;
  const some = rows.slice(0, aloneMax);
  const matrix = matrixOf(some);
  const whole = await scoreRows(model, matrix, width);
  const companies: readonly (readonly [how: string, scores: Float32Array])[] = [
    ['alone', await scoreRows(model, matrix, width, 1)],
    ['in the opposite order', (await scoreRows(model, matrixOf(some.toReversed()), width)).toReversed()],
    ['when it is asked again', await scoreRows(model, matrix, width)],
  ];
  for (const [how, scores] of companies) {
    const row = whole.findIndex((score, index) => !(Math.abs(score - scores[index]!) <= roundingMax));
    if (row >= 0)
      return fault('BUNDLE_BATCH', `golden row ${row + 1} gets ${whole[row]} among others and ${scores[row]} ${how}.`);
  }
  return undefined;
};

/** Whatever is missing, and however large it is, there is a probability and a finite explanation. */
export const edges: Check = async ({ model, manifest, golden: rows }) => {
  const width = manifest.features.length;
  const fillings = [NaN, 0, -1, extreme, -extreme];
  const edgeRows = [
    ...fillings.map((value) => ({
      name: `of ${describe(value)} everywhere`,
      row: new Float32Array(width).fill(value),
    })),
    ...manifest.features.flatMap((name, column) =>
      [NaN, extreme, -extreme].map((value) => {
        const row = matrixOf([rows[column % rows.length]!]);
        row[column] = value;
        return { name: `with ${describe(value)} for ${name}`, row };
      }),
    ),
  ];
  const matrix = new Float32Array(edgeRows.length * width);
  for (const [index, { row }] of edgeRows.entries()) matrix.set(row, index * width);
  const scores = await scoreRows(model, matrix, width);
  const wrong = scores.findIndex((score) => !isProbability(score));
  if (wrong >= 0) return fault('BUNDLE_EDGE', `a row ${edgeRows[wrong]!.name} gets ${scores[wrong]}.`);
  const contributions = await explainRows(model, matrix, width);
  const infinite = contributions?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (infinite < 0) return undefined;
  const { name } = edgeRows[Math.floor(infinite / width)]!;
  return fault('BUNDLE_EDGE', `the explanation of a row ${name} is ${contributions![infinite]}.`);
};

/** Contributions add up to the score that they explain. */
export const explanation: Check = async ({ model, manifest, golden: rows }) => {
  const width = manifest.features.length;
  const matrix = matrixOf(rows);
  const contributions = await explainRows(model, matrix, width);
  if (contributions === null || manifest.explanation === undefined) return undefined;
  const scores = await scoreRows(model, matrix, width);
  for (const [row, score] of scores.entries()) {
    let logOdds = manifest.explanation.baseLogOdds;
    for (let column = 0; column < width; column++) logOdds += contributions[row * width + column]!;
    const explained = 1 / (1 + Math.exp(-logOdds));
    if (!(Math.abs(explained - score) <= additionMax)) {
      const message = `contributions of golden row ${row + 1} add up to ${explained.toFixed(6)}, its score is ${score}.`;
      return fault('BUNDLE_EXPLANATION', message);
    }
  }
  return undefined;
};

/** What a row costs, at the size of a batch, to score and to explain. */
export const speed: Check = async ({ model, manifest, golden: rows }, { rowUsMax, threadCpuMs }) => {
  const width = manifest.features.length;
  const matrix = matrixOf(Array.from({ length: limits.scoreRowsMax }, (_, row) => rows[row % rows.length]!));
  const tasks: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
    ['score', () => scoreRows(model, matrix, width)],
    ['explain', () => explainRows(model, matrix, width)],
  ];
  for (const [name, run] of tasks) {
    const rowUs = (await fastestMs(run, threadCpuMs)) * (1_000 / limits.scoreRowsMax);
    if (rowUs > rowUsMax)
      return fault(
        'BUNDLE_SLOW',
        `to ${name} a row takes ${Math.round(rowUs)} us of a processor; ${rowUsMax} are allowed.`,
      );
  }
  return undefined;
};

async function fastestMs(run: () => Promise<unknown>, threadCpuMs: () => number): Promise<number> {
  let fastest = Infinity;
  for (let left = runs; left > 0; left--) {
    const startMs = threadCpuMs();
    await run();
    fastest = Math.min(fastest, threadCpuMs() - startMs);
  }
  return fastest;
}

/** A check that ended by what the runtime threw. */
export function faultOfError(error: Error): Fault {
  return isOutOfMemory(error)
    ? fault('BUNDLE_MEMORY', `its rows make it run out: ${oneLine(error)}.`)
    : fault('BUNDLE_GOLDEN', `its rows make it throw: ${oneLine(error)}.`);
}

function describe(value: number): string {
  return Number.isNaN(value) ? 'missing values' : String(value);
}
