import { featureCount } from '../features/extract.ts';
import type { FeatureGroup } from '../features/feature.ts';
import {
  carryingGroup,
  carryingHabits,
  carryingPhoneBlock,
  isEstablished,
  sharesPhoneBlock,
} from '../scoring/one-group.ts';
import type { PanelScores } from './score-panel.ts';

/** By row, what its block rests on alone: a group of features, or the block of numbers that a phone is from. */
export type OneSided = ReadonlyMap<number, FeatureGroup | 'phone-block'>;

/**
 * Which scores would block an established account on one group of features alone, or a new one on the block of its phone number, or, by a model
 * that knows no platform's habits, on what it does. Only these rows are explained, before anything is decided; where the explanation fails,
 * none is known to be one-sided.
 * @param scores [rows] null when no model spoke.
 * @param thresholds probabilities from which a challenge and a block are due.
 */
export async function findOneSided(
  model: Pick<PanelScores, 'explain' | 'knowsHabits'>,
  features: Float32Array,
  scores: Float32Array | null,
  thresholds: { readonly challenge: number; readonly block: number },
): Promise<OneSided> {
  const oneSided = new Map<number, FeatureGroup | 'phone-block'>();
  const rows: number[] = [];
  for (let row = 0; row < (scores?.length ?? 0); row++)
    if (scores![row]! >= thresholds.block && (!model.knowsHabits(row) || isInQuestion(features, row * featureCount)))
      rows.push(row);
  const contributions = rows.length === 0 ? null : await model.explain(features, rows);
  if (contributions === null) return oneSided;
  for (const [index, row] of rows.entries()) {
    const explained = { score: scores![row]!, contributions, row: index * featureCount };
    const carriedBy = isEstablished(features, row * featureCount)
      ? carryingGroup(explained, thresholds.challenge)
      : (carryingPhoneBlock(explained, thresholds.challenge) ??
        (model.knowsHabits(row) ? null : carryingHabits(explained)));
    if (carriedBy !== null) oneSided.set(row, carriedBy);
  }
  return oneSided;
}

function isInQuestion(features: Float32Array, row: number): boolean {
  return isEstablished(features, row) || sharesPhoneBlock(features, row);
}
