import { limits } from '../domain/limits.ts';
import type { LoadedModel } from '../ports.ts';

/** Keeps the logarithm of the odds finite for a probability of 0 or 1. */
const probabilityMargin = 1e-6;

/**
 * Explains a model that brings no explanation: a feature's contribution is the log-odds that are lost when it is missing.
 * Costs one row of the model per known feature; features that are missing anyway contribute 0.
 * Source: Zeiler and Fergus, 2014 (occlusion), for tables.
 *
 * @param features [rows × F] in the model's columns.
 * @returns [rows × F]
 */
export async function occlude(model: LoadedModel, features: Float32Array, rows: number): Promise<Float32Array> {
  const width = features.length / rows;
  const contributions = new Float32Array(rows * width);
  const known: number[] = [];
  for (let at = 0; at < features.length; at++) if (!Number.isNaN(features[at])) known.push(at);
  const whole = (await model.score(features, rows)).map(logOdds);
  for (let from = 0; from < known.length; from += limits.scoreRowsMax) {
    const chunk = known.slice(from, from + limits.scoreRowsMax);
    const variants = new Float32Array(chunk.length * width);
    for (const [index, at] of chunk.entries()) {
      const start = at - (at % width);
      variants.set(features.subarray(start, start + width), index * width);
      variants[index * width + (at % width)] = NaN;
    }
    const scores = await model.score(variants, chunk.length);
    for (const [index, at] of chunk.entries())
      contributions[at] = whole[Math.floor(at / width)]! - logOdds(scores[index]!);
  }
  return contributions;
}

function logOdds(probability: number): number {
  const bounded = Math.min(1 - probabilityMargin, Math.max(probabilityMargin, probability));
  return Math.log(bounded / (1 - bounded));
}
