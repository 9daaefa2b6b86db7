import { Random } from '../../simulation/random.ts';
import type { SampledAccount } from '../estimates/sampled-accounts.ts';
import { shuffled, type FrameAccount, type QueueRow } from './draw.ts';

/**
 * The accounts that decisions put into a sample, as a queue: in random order, those that were let through among those that were only looked at, so
 * that neither place nor company tells a reviewer what machines think. Who is not in the stream cannot be shown and is left out.
 */
export function queueOfSamples(
  sampled: readonly SampledAccount[],
  frame: readonly FrameAccount[],
  seed: number,
): QueueRow[] {
  const groups = new Map(frame.map(({ accountId, group }) => [accountId, group]));
  const rows = new Map<string, QueueRow>();
  for (const { accountId, probability } of sampled) {
    const group = groups.get(accountId);
    // Of an account that was drawn in two periods the first is asked about.
    if (group !== undefined && !rows.has(accountId))
      rows.set(accountId, { accountId, stratum: 'samples', probability, group });
  }
  return shuffled([...rows.values()], new Random(seed));
}
