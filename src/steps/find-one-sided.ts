import { featureCount } from '../features/extract.ts';
import type { FeatureGroup } from '../features/feature.ts';
import {
  carryingGroup,
  carryingHabits,
  carryingPhoneBlock,
  isEstablished,
  sharesPhoneBlock,
  type Explained,
} from '../scoring/one-group.ts';
import type { PanelScores } from './score-panel.ts';

/**
 * By row, what its block rests on alone: a group of features, or the block of numbers that a phone is from. `unexplained` where nobody could
 * say what it rests on, and a model spoke that may not block by habits alone.
 */
export type OneSided = ReadonlyMap<number, CarriedBy>;

type CarriedBy = FeatureGroup | 'phone-block' | 'unexplained';

/**
 * Which scores would block an established account on one group of features alone, or a new one on the block of its phone number, or any, by a model
 * that knows no platform's habits, on what it does. Only these rows are explained, before anything is decided.
 * @param scores [rows] null when no model spoke.
 * @param thresholds probabilities from which a challenge and a block are due.
 */
export async function findOneSided(
  model: Pick<PanelScores, 'explain' | 'knowsHabits'>,
  features: Float32Array,
  scores: Float32Array | null,
  thresholds: { readonly challenge: number; readonly block: number },
): Promise<OneSided> {
  const oneSided = new Map<number, CarriedBy>();
  const rows: number[] = [];
  for (let row = 0; row < (scores?.length ?? 0); row++)
    if (scores![row]! >= thresholds.block && (!model.knowsHabits(row) || isInQuestion(features, row * featureCount)))
      rows.push(row);
  if (rows.length === 0) return oneSided;
  const contributions = await model.explain(features, rows);
  for (const [index, row] of rows.entries()) {
    const knowsHabits = model.knowsHabits(row);
    const carriedBy =
      contributions === null
        ? whereUnexplained(knowsHabits)
        : carryingOf(
            { score: scores![row]!, contributions, row: index * featureCount },
            features,
            row * featureCount,
            knowsHabits,
            thresholds.challenge,
          );
    if (carriedBy !== null) oneSided.set(row, carriedBy);
  }
  return oneSided;
}

function isInQuestion(features: Float32Array, row: number): boolean {
  return isEstablished(features, row) || sharesPhoneBlock(features, row);
}

/** An account in question would be an exception among those of a model that knows habits, and is none here: each of its blocks rests on this. */
function whereUnexplained(knowsHabits: boolean): CarriedBy | null {
  return knowsHabits ? null : 'unexplained';
}

/** @param row where the features of the event begin. @param challenge probability from which a challenge is due. */
function carryingOf(
  explained: Explained,
  features: Float32Array,
  row: number,
  knowsHabits: boolean,
  challenge: number,
): CarriedBy | null {
  const habits = knowsHabits ? null : carryingHabits(explained);
  if (isEstablished(features, row)) return carryingGroup(explained, challenge) ?? habits;
  return (sharesPhoneBlock(features, row) ? carryingPhoneBlock(explained, challenge) : null) ?? habits;
}
