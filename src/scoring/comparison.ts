import { actions, type Action } from '../domain/decision.ts';
import type { Comparison } from '../telemetry.ts';

/** Scores from which each action is due. */
export interface Thresholds {
  readonly challenge: number;
  readonly review: number;
  readonly block: number;
}

/** What a score alone asks for. */
export function scoreActionOf(score: number, { challenge, review, block }: Thresholds): Action {
  if (score >= block) return 'block';
  if (score >= review) return 'review';
  return score >= challenge ? 'challenge' : 'allow';
}

/** Counts where two models agree. `champion` and `other`: [rows] scores of the same events. */
export function compareScores(
  champion: Float32Array,
  championThresholds: Thresholds,
  other: Float32Array,
  otherThresholds: Thresholds,
): Pick<Comparison, 'agreement' | 'shiftSum'> {
  const agreement = new Uint32Array(actions.length ** 2);
  let shiftSum = 0;
  for (const [row, score] of other.entries()) {
    const first = actions.indexOf(scoreActionOf(champion[row]!, championThresholds));
    const second = actions.indexOf(scoreActionOf(score, otherThresholds));
    agreement[first * actions.length + second]!++;
    shiftSum += score - champion[row]!;
  }
  return { agreement, shiftSum };
}

/** Events that would be blocked, by the champion and by the other. */
export function blocksOf(agreement: ArrayLike<number>): readonly [champion: number, other: number] {
  const block = actions.indexOf('block');
  let [champion, other] = [0, 0];
  for (let action = 0; action < actions.length; action++) {
    champion += agreement[block * actions.length + action]!;
    other += agreement[action * actions.length + block]!;
  }
  return [champion, other];
}
