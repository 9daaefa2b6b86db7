import { featureCount } from '../features/extract.ts';
import type { FeatureGroup } from '../features/feature.ts';
import type { ModelLease } from '../scoring/model-slot.ts';
import { carryingGroup, isEstablished } from '../scoring/one-group.ts';

/** By row, the one group of features that its block rests on. */
export type OneSided = ReadonlyMap<number, FeatureGroup>;

/**
 * Which scores would block an established account on one group of features alone. Only these rows are explained, before anything is
 * decided; where the explanation fails, none is known to be one-sided.
 * @param scores [rows] null when no model spoke.
 * @param thresholds probabilities from which a challenge and a block are due.
 */
export async function findOneSided(
  model: Pick<ModelLease, 'explain'>,
  features: Float32Array,
  scores: Float32Array | null,
  thresholds: { readonly challenge: number; readonly block: number },
): Promise<OneSided> {
  const oneSided = new Map<number, FeatureGroup>();
  const rows: number[] = [];
  for (let row = 0; row < (scores?.length ?? 0); row++)
    if (scores![row]! >= thresholds.block && isEstablished(features, row * featureCount)) rows.push(row);
  const contributions = rows.length === 0 ? null : await model.explain(features, rows);
  if (contributions === null) return oneSided;
  for (const [index, row] of rows.entries()) {
    const group = carryingGroup(scores![row]!, contributions, index * featureCount, thresholds.challenge);
    if (group !== null) oneSided.set(row, group);
  }
  return oneSided;
}
