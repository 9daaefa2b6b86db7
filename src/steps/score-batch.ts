import { featureCount } from '../features/extract.ts';
import type { ModelLease } from '../scoring/model-slot.ts';

/**
 * Scores some rows of a batch, and no others: labels, what is past and what has its fate get no decision, and the model is among the
 * dearest steps of the path.
 * @param features [count × featureCount]
 * @param rows in order.
 * @returns [count], NaN for the other rows; null when no model spoke.
 */
export async function scoreBatch(
  model: ModelLease,
  features: Float32Array,
  count: number,
  rows: readonly number[],
): Promise<Float32Array | null> {
  if (rows.length === 0) return new Float32Array(count).fill(NaN);
  if (rows.length === count) return model.score(features, count);
  const asked = new Float32Array(rows.length * featureCount);
  for (const [index, row] of rows.entries())
    asked.set(features.subarray(row * featureCount, (row + 1) * featureCount), index * featureCount);
  const scores = await model.score(asked, rows.length);
  if (scores === null) return null;
  const byRow = new Float32Array(count).fill(NaN);
  for (const [index, row] of rows.entries()) byRow[row] = scores[index]!;
  return byRow;
}
