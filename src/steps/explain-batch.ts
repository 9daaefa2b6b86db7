import type { Reason } from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import { catalogue, featureColumn } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import { dsaCategoryOf, isReason, publicTextOfMany, themes, type Theme } from '../features/reason.ts';
import type { RuleReason } from '../policy/policy.ts';
import type { ModelLease } from '../scoring/model-slot.ts';
import { allowingEntry } from '../domain/listed.ts';
import { reasonOfEntry } from '../policy/list-reason.ts';
import { modelReasons, unexplained } from '../scoring/reasons.ts';
import type { EmittedVerdict } from './decide-batch.ts';

const noReasons: readonly Reason[] = Object.freeze([]);

/**
 * The reasons of each emitted verdict, ordered by contribution; none for `allow`, unless a person or a list brought it.
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
  const reasonsOf = (one: EmittedVerdict): readonly Reason[] => {
    if (one.reasons !== undefined) return one.reasons;
    if (one.verdict.due === 'allow') return reasonsToAllow(one);
    const { decisiveRules, deniedBy } = one.verdict;
    const share = 1 / (decisiveRules.length + (isScoreCause(one) ? 1 : 0) + (deniedBy === undefined ? 0 : 1));
    const reasons: Reason[] = deniedBy === undefined ? [] : [reasonOfEntry(deniedBy, share)];
    reasons.push(
      ...decisiveRules.map((rule) => ({
        ...withPublicText(rule.reasonFor(features, one.row * featureCount), features, one.row * featureCount),
        contribution: share,
      })),
    );
    if (isScoreCause(one)) {
      reasons.push(
        ...(contributions === null
          ? [unexplained(share)]
          : modelReasons(contributions, next * featureCount, features, one.row * featureCount, share)),
      );
      next++;
    }
    const watched = watchReasons(one);
    return [...reasons.slice(0, limits.reasonsMax - watched.length), ...watched];
  };
  return emitted.map((one) => withCategories(reasonsOf(one), one));
}

/** Where each reason for a restriction belongs in the transparency database. Who is let through has none to look up. */
function withCategories(reasons: readonly Reason[], { verdict }: EmittedVerdict): readonly Reason[] {
  if (verdict.action === 'allow') return reasons;
  return reasons.map((reason) => ({ ...reason, dsa: dsaCategoryOf(themeOf(reason)) }));
}

function themeOf({ feature }: Pick<Reason, 'feature'>): Theme | undefined {
  return feature === undefined ? undefined : catalogue[featureColumn(feature)!]?.reason?.theme;
}

/**
 * Where the policy does not say what the person concerned is told, the rule's first feature does: if its value is one that speaks for an action,
 * since a rule may name what argues for the account too.
 */
function withPublicText(reason: RuleReason, features: Float32Array, offset: number): RuleReason {
  if (reason.publicText !== undefined) return reason;
  const { feature, value } = reason;
  const known = feature === undefined ? null : catalogue[featureColumn(feature)!]!.reason;
  const valueOf = (name: string): number => features[offset + featureColumn(name)!]!;
  const speaks = known !== null && value !== undefined && isReason(known, value, valueOf);
  return { ...reason, publicText: speaks ? themes[known.theme] : publicTextOfMany };
}

/** That people let the account through, where that is why nothing is due; and that they watch it. */
function reasonsToAllow({ verdict, listed }: EmittedVerdict): readonly Reason[] {
  const isItsDoing = verdict.restrained !== undefined || verdict.changed;
  const allowing = isItsDoing && listed !== undefined ? allowingEntry(listed) : undefined;
  return allowing === undefined ? watchReasons({ listed }) : [reasonOfEntry(allowing, 1)];
}

/** That something of the event is watched: told beside what speaks for the action, of which it is no part. */
function watchReasons({ listed }: Pick<EmittedVerdict, 'listed'> | { readonly listed: undefined }): readonly Reason[] {
  const watching = listed?.entries.find(({ kind }) => kind === 'watch');
  return watching === undefined ? noReasons : [reasonOfEntry(watching, 0)];
}

function isScoreCause({ verdict }: EmittedVerdict): boolean {
  return verdict.due !== 'allow' && verdict.scoreAction === verdict.due;
}
