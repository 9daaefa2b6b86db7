import type { ModelReference, ScoreHold } from '../domain/decision.ts';
import type { Norms, ScoreNorms } from '../features/norms/norms.ts';
import type { BlockAllowance } from './block-allowance.ts';

/** On which terms the score of one model may block on its own. */
export interface ScoreTerms {
  /** Why it may not, however high it is; undefined where it may. */
  readonly heldBy: Exclude<ScoreHold, 'block-budget'> | undefined;
  /** Why a score may not block, now; undefined where it may. */
  holdOf(score: number): ScoreHold | undefined;
}

/**
 * A model whose scores the platform's norms describe may block from where its budget begins, while the day's allowance lasts. One that they do not
 * describe was not calibrated here, and the same number means something else on another platform.
 *
 * @param platform its norms; null where it has none. @param used the norms that the model's ranks are made by.
 * @param isDrifted whether the traffic is far from the norms.
 */
export function scoreTerms(
  platform: Norms | null,
  used: Norms | null,
  { sha256 }: ModelReference,
  allowance: BlockAllowance,
  isDrifted = false,
): ScoreTerms {
  const scores = platform?.scores.find(({ modelSha256 }) => modelSha256 === sha256);
  if (platform === null || used !== platform || scores === undefined) return heldThroughout('uncalibrated');
  if (isDrifted) return heldThroughout('drift');
  return {
    heldBy: undefined,
    holdOf: (score) => (isWithin(score, platform.budget, scores, allowance) ? undefined : 'block-budget'),
  };
}

function heldThroughout(by: 'uncalibrated' | 'drift'): ScoreTerms {
  return { heldBy: by, holdOf: () => by };
}

function isWithin(
  score: number,
  budget: number,
  { block, accountsPerDay }: ScoreNorms,
  allowance: BlockAllowance,
): boolean {
  return block !== null && score >= block && !allowance.isUsedUp(budget, accountsPerDay);
}
