import type { Policy } from '../../src/policy/policy.ts';
import { benchPipeline, type ShippedParts } from './bench-pipeline.ts';
import { linesOf, partitionedBatches } from './partitions.ts';

/** Events that the threshold is chosen by. */
const pilotEvents = 60_000;
const candidates = 200;

/**
 * A policy by which about this share of events changes what stands and is therefore sent: the score alone asks for a challenge, from a
 * threshold that is chosen by the first events of the stream, and it stands for no longer than the next event of the account.
 */
export async function policyThatEmits(share: number, file: string, shipped: ShippedParts): Promise<Policy> {
  const { policy } = shipped;
  const rulesByType = Object.fromEntries(
    Object.keys(policy.rulesByType).map((type) => [type, []]),
  ) as unknown as Policy['rulesByType'];
  const silent: Policy = { ...policy, rules: [], rulesByType, standingMs: { ...policy.standingMs, challenge: 1 } };
  const scored = await pilot(file, { ...shipped, policy: silent });
  const scores = scored.map(({ score }) => score).toSorted((first, second) => first - second);
  // From the highest down: between the median and the highest, a lower threshold changes more.
  let best = { threshold: 1, distance: Infinity };
  for (let index = 1; index <= candidates; index++) {
    const threshold = scores[Math.floor(scores.length * (1 - (index / candidates) ** 2 / 2))]!;
    const distance = Math.abs(changes(scored, threshold) / scored.length - share);
    if (distance < best.distance) best = { threshold, distance };
  }
  const { threshold } = best;
  return { ...silent, thresholds: { challenge: threshold, review: (threshold + 2) / 3, block: 1 } };
}

interface Scored {
  readonly subject: string;
  readonly score: number;
}

async function pilot(file: string, parts: ShippedParts): Promise<readonly Scored[]> {
  const scored: Scored[] = [];
  const pipeline = benchPipeline(parts, {
    onJudged: ({ event }, { score }) => scored.push({ subject: event.subject, score: score ?? 0 }),
  });
  const { signal } = new AbortController();
  for (const batch of partitionedBatches(linesOf(file), 1)) {
    await pipeline(batch, signal);
    if (scored.length >= pilotEvents) break;
  }
  return scored;
}

/** How often what stands for an account changes. */
function changes(scored: readonly Scored[], threshold: number): number {
  const challenged = new Set<string>();
  let count = 0;
  for (const { subject, score } of scored) {
    if (score >= threshold === challenged.has(subject)) continue;
    count++;
    if (!challenged.delete(subject)) challenged.add(subject);
  }
  return count;
}
