import type { Reason } from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import { catalogue, featureColumn } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import { isReason, publicTextOfMany, sentenceOf, themes } from '../features/reason.ts';

/** Of the evidence for "fake": below this a feature is noise to its reader, unless none speaks louder. */
const evidenceShareMin = 0.05;

/** No value is a reason by itself: the model weighs what they are together. */
const together = {
  code: 'SCORE',
  text: 'No single sign stands out; all of them together resemble what fake accounts do',
  publicText: publicTextOfMany,
} as const;

/** Where the model could not say what raised its score: nobody is acted against without a word. @param share as of `modelReasons`. */
export function unexplained(share: number): Reason {
  return {
    code: 'SCORE',
    text: 'The score asked for it; which signs raised it could not be told',
    publicText: publicTextOfMany,
    contribution: share,
  };
}

/**
 * The features that speak most for "fake", strongest first. A feature's contribution is its share of all log-odds that speak
 * for it, times `share`, the weight that the score has in the decision. What speaks against, what is missing,
 * what is lost in the crowd, and what a reader would take for an argument in the account's favour is left out; while anything speaks
 * for it, the strongest stays. Where nothing does by itself, that is said.
 *
 * @param contributions log-odds by catalogue column, starting at `contributionRow`.
 * @param features the event's features, starting at `featureRow`.
 */
export function modelReasons(
  contributions: Float32Array,
  contributionRow: number,
  features: Float32Array,
  featureRow: number,
  share: number,
): Reason[] {
  const columns: number[] = [];
  let total = 0;
  const valueOf = (feature: string): number => features[featureRow + featureColumn(feature)!]!;
  for (let column = 0; column < featureCount; column++) {
    const contribution = contributions[contributionRow + column]!;
    if (!(contribution > 0)) continue;
    total += contribution;
    const { reason } = catalogue[column]!;
    if (reason !== null && isReason(reason, features[featureRow + column]!, valueOf)) columns.push(column);
  }
  // Equal contributions keep the catalogue's order, so that the same input gives the same bytes.
  columns.sort(
    (first, second) =>
      contributions[contributionRow + second]! - contributions[contributionRow + first]! || first - second,
  );
  const told = columns.filter(
    (column, rank) => rank === 0 || contributions[contributionRow + column]! >= evidenceShareMin * total,
  );
  if (told.length === 0) return [{ ...together, contribution: share }];
  return told.slice(0, limits.reasonsMax).map((column) => {
    const feature = catalogue[column]!;
    const value = features[featureRow + column]!;
    return {
      code: feature.name.toUpperCase(),
      text: sentenceOf(feature.reason!, value, feature.unit),
      publicText: themes[feature.reason!.theme],
      feature: feature.name,
      value,
      contribution: (contributions[contributionRow + column]! / total) * share,
    };
  });
}
