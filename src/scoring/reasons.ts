import type { Reason } from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import { formatValue } from '../domain/format-value.ts';
import { catalogue } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';

/** Of the evidence for "fake": below this a feature is noise to its reader, unless none speaks louder. */
const evidenceShareMin = 0.05;

/**
 * The features that speak most for "fake", strongest first. A feature's contribution is its share of all log-odds that speak
 * for it, times `share`, the weight that the score has in the decision. What speaks against, what is missing, and
 * what is lost in the crowd is left out; while anything speaks for it, the strongest stays.
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
  for (let column = 0; column < featureCount; column++) {
    const contribution = contributions[contributionRow + column]!;
    if (!(contribution > 0)) continue;
    total += contribution;
    if (catalogue[column]!.reason !== null && !Number.isNaN(features[featureRow + column])) columns.push(column);
  }
  // Equal contributions keep the catalogue's order, so that the same input gives the same bytes.
  columns.sort(
    (first, second) =>
      contributions[contributionRow + second]! - contributions[contributionRow + first]! || first - second,
  );
  const told = columns.filter(
    (column, rank) => rank === 0 || contributions[contributionRow + column]! >= evidenceShareMin * total,
  );
  return told.slice(0, limits.reasonsMax).map((column) => {
    const feature = catalogue[column]!;
    const value = features[featureRow + column]!;
    return {
      code: feature.name.toUpperCase(),
      text: feature.reason!.replaceAll('{value}', formatValue(value)),
      feature: feature.name,
      value,
      contribution: (contributions[contributionRow + column]! / total) * share,
    };
  });
}
