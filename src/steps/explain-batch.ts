import type { Reason } from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import { catalogue, featureColumn } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import { themes } from '../features/reason.ts';
import type { RuleReason } from '../policy/policy.ts';
import type { ModelLease } from '../scoring/model-slot.ts';
import { modelReasons } from '../scoring/reasons.ts';
import type { EmittedVerdict } from './decide-batch.ts';

/**
 * The reasons of each emitted verdict, ordered by contribution; none for `allow`, unless a person brought it.
 *
 * What brought the action shares the evidence in equal parts: each rule that asked for it, and the score if it did. The
 * score's part is then shared by the features that raised it.
 */
export async function explainBatch(
  model: Pick<ModelLease, 'explain'>,
  emitted: readonly EmittedVerdict[],
  features: Float32Array,
): Promise<readonly (readonly Reason[])[]> {
  const scored = emitted.filter(isScoreCause);
  const contributions =
    scored.length === 0
      ? null
      : await model.explain(
          features,
          scored.map(({ row }) => row),
        );
  let next = 0;
  return emitted.map((one) => {
    if (one.reasons !== undefined) return one.reasons;
    if (one.verdict.due === 'allow') return [];
    const { decisiveRules } = one.verdict;
    const share = 1 / (decisiveRules.length + (isScoreCause(one) ? 1 : 0));
    const reasons: Reason[] = decisiveRules.map((rule) => ({
      ...withPublicText(rule.reasonFor(features, one.row * featureCount)),
      contribution: share,
    }));
    if (isScoreCause(one)) {
      if (contributions !== null)
        reasons.push(...modelReasons(contributions, next * featureCount, features, one.row * featureCount, share));
      next++;
    }
    return reasons.slice(0, limits.reasonsMax);
  });
}

/** Where the policy does not say what the person concerned is told, the rule's first feature does. */
function withPublicText(reason: RuleReason): RuleReason {
  if (reason.publicText !== undefined || reason.feature === undefined) return reason;
  const theme = catalogue[featureColumn(reason.feature)!]?.reason?.theme;
  return theme === undefined ? reason : { ...reason, publicText: themes[theme] };
}

function isScoreCause({ verdict }: EmittedVerdict): boolean {
  return verdict.due !== 'allow' && verdict.scoreAction === verdict.due;
}
