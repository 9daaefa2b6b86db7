import type { Promotion } from '../../policy/promotion.ts';
import type { Estimate } from '../estimates/share.ts';

export interface GateFacts {
  /** Of the accounts that it would act on and nothing did. */
  readonly precision: Estimate;
  readonly addedBlocksPerDay: number;
  /** Of them, those that people let through by a list. */
  readonly letThrough: number;
  readonly areLabelsRandom: boolean;
}

export interface GateVerdict {
  readonly mayAct: boolean;
  /** A sentence for each piece of evidence that is missing, or speaks against it. */
  readonly missing: readonly string[];
}

/** Whether the evidence is there, and if not, which is missing. Pure. */
export function judgeGate(facts: GateFacts, { precisionMin, addedBlocksPerDayMax }: Promotion): GateVerdict {
  const { precision, addedBlocksPerDay, letThrough, areLabelsRandom } = facts;
  const missing: string[] = [];
  if (!areLabelsRandom)
    missing.push('the labels are of no random sample: draw one (winnow queue), and give its queue.csv by --queue');
  if (precision.kind === 'not-enough-labels')
    missing.push(
      `not enough labels of whom it adds: ${precision.judged} judged, worth ${Math.floor(precision.effective)} of the 30 that it takes`,
    );
  else if (precision.low < precisionMin)
    missing.push(
      `the precision may be as low as ${percent(precision.low)}, and has to be ${percent(precisionMin)} at least`,
    );
  if (addedBlocksPerDay > addedBlocksPerDayMax)
    missing.push(`it adds ${Math.round(addedBlocksPerDay)} blocks a day, more than ${addedBlocksPerDayMax}`);
  if (letThrough > 0) missing.push(`it asks for ${letThrough} accounts that people let through by a list`);
  return { mayAct: missing.length === 0, missing };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
