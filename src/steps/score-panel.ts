import type { EventFacts } from '../features/facts.ts';
import { featureCount } from '../features/extract.ts';
import { placeOf } from '../domain/place-of.ts';
import { canaryForSome, championForAll, type Ballot } from '../scoring/ballot.ts';
import type { ModelLease } from '../scoring/model-slot.ts';
import type { PanelLease } from '../scoring/panel.ts';
import type { Clock } from '../ports.ts';
import { scoreBatch } from './score-batch.ts';

/** What those who speak for a batch's accounts say. */
export interface PanelScores {
  /** [count] of whoever speaks for the account, NaN for rows that nobody was asked about; null when the champion failed. */
  readonly scores: Float32Array | null;
  /** [count] the champion's, likewise. */
  readonly champion: Float32Array | null;
  /** What the canary said beside the champion; null without one. */
  readonly canary: CanaryScores | null;
  readonly ballot: Ballot;
  /** Milliseconds that the champion took. */
  readonly championMs: number;
  /** [rows.length × featureCount] log-odds by whoever spoke for each row; null when an explanation failed. */
  readonly explain: ModelLease['explain'];
  /** Whether who spoke for a row knows what people do on some platform (`ServedModel`). */
  readonly knowsHabits: (row: number) => boolean;
}

export interface CanaryScores {
  readonly model: ModelLease['reference'];
  /** Those of its accounts, in rising order. */
  readonly rows: readonly number[];
  /** [count], NaN for other rows; null where it failed: then the champion speaks for its accounts. */
  readonly scores: Float32Array | null;
  readonly tookMs: number;
}

/**
 * Scores a batch: all of it by the champion, and a canary's accounts by the canary too, from the same matrix. So each account has
 * one model, and what both say of the same event can be compared.
 * @param rows to be scored, in order.
 */
export async function scorePanel(
  { champion, canary }: PanelLease,
  features: Float32Array,
  facts: readonly EventFacts[],
  rows: readonly number[],
  clock: Pick<Clock, 'monotonicMs'>,
): Promise<PanelScores> {
  const startMs = clock.monotonicMs();
  const scores = await scoreBatch(champion, features, facts.length, rows);
  const championMs = clock.monotonicMs() - startMs;
  const alone = {
    scores,
    champion: scores,
    championMs,
    ballot: championForAll(champion.reference),
    explain: (of: Float32Array, some: readonly number[]) => champion.explain(of, some),
    knowsHabits: () => champion.knowsHabits,
  };
  if (canary === null || scores === null) return { ...alone, canary: null };
  const { lease, share } = canary;
  const own = rows.filter((row) => placeOf(facts[row]!.event.subject, lease.reference.sha256) < share);
  const canaryScores = await scoreBatch(lease, features, facts.length, own);
  const tookMs = clock.monotonicMs() - startMs - championMs;
  const said: CanaryScores = { model: lease.reference, rows: own, scores: canaryScores, tookMs };
  if (canaryScores === null || own.length === 0) return { ...alone, canary: said };
  const ofCanary = new Set(own);
  return {
    ...alone,
    scores: scores.map((score, row) => (Number.isNaN(canaryScores[row]) ? score : canaryScores[row]!)),
    canary: said,
    ballot: canaryForSome(champion.reference, lease.reference, share),
    explain: explainByTwo(champion, lease, ofCanary),
    knowsHabits: (row) => (ofCanary.has(row) ? lease : champion).knowsHabits,
  };
}

/** Explains rows by whoever spoke for them. */
function explainByTwo(
  champion: ModelLease,
  canary: ModelLease,
  canaryRows: ReadonlySet<number>,
): ModelLease['explain'] {
  return async (features, rows) => {
    const parts = [
      { lease: canary, at: Array.from(rows.keys()).filter((index) => canaryRows.has(rows[index]!)) },
      { lease: champion, at: Array.from(rows.keys()).filter((index) => !canaryRows.has(rows[index]!)) },
    ];
    const contributions = new Float32Array(rows.length * featureCount);
    for (const { lease, at } of parts) {
      if (at.length === 0) continue;
      const part = await lease.explain(
        features,
        at.map((index) => rows[index]!),
      );
      if (part === null) return null;
      for (const [place, index] of at.entries())
        contributions.set(part.subarray(place * featureCount, (place + 1) * featureCount), index * featureCount);
    }
    return contributions;
  };
}
