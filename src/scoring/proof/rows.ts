import { limits } from '../../domain/limits.ts';
import type { LoadedModel } from '../../ports.ts';
import type { GoldenRow } from '../../wire/bundle-schema.ts';

/** [rows × F], NaN for null. */
export function matrixOf(rows: readonly Pick<GoldenRow, 'features'>[]): Float32Array {
  return Float32Array.from(rows.flatMap(({ features }) => features.map((value) => value ?? NaN)));
}

/**
 * Scores rows in calls of `rowsMax`.
 * @param features [rows × width]
 * @returns [rows] probabilities. Throws where the model gives another number of them.
 */
export async function scoreRows(
  model: LoadedModel,
  features: Float32Array,
  width: number,
  rowsMax: number = limits.scoreRowsMax,
): Promise<Float32Array> {
  const rows = features.length / width;
  const scores = new Float32Array(rows);
  for (let row = 0; row < rows; row += rowsMax) {
    const count = Math.min(rowsMax, rows - row);
    const answer = await model.score(features.subarray(row * width, (row + count) * width), count);
    if (answer.length !== count) throw new Error(`it gives ${answer.length} numbers for ${count} rows`);
    scores.set(answer, row);
  }
  return scores;
}

/** [rows × width] contributions, or null where there is no explanation. Throws as `scoreRows` does. */
export async function explainRows(
  model: LoadedModel,
  features: Float32Array,
  width: number,
): Promise<Float32Array | null> {
  const contributions = new Float32Array(features.length);
  for (let at = 0; at < features.length; at += limits.scoreRowsMax * width) {
    const some = features.subarray(at, at + limits.scoreRowsMax * width);
    const answer = await model.explain(some, some.length / width);
    if (answer === null) return null;
    if (answer.length !== some.length)
      throw new Error(`the explanation gives ${(answer.length * width) / some.length} numbers a row, not ${width}`);
    contributions.set(answer, at);
  }
  return contributions;
}

/** Whether a number is one that a probability may be. */
export function isProbability(score: number): boolean {
  return score >= 0 && score <= 1;
}
