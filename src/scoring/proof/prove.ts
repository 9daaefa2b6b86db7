import { blocks, order, spread } from './behaviour.ts';
import { batches, edges, explanation, faultOfError, golden, speed, widths } from './checks.ts';
import { featureOrder } from './feature-order.ts';
import type { Candidate, Check, Fault, ProofOptions } from './proof.ts';

/** In the order in which they are asked: what a later one takes for granted, an earlier one has shown. */
const checks: readonly Check[] = [
  widths,
  featureOrder,
  golden,
  speed,
  batches,
  edges,
  explanation,
  spread,
  order,
  blocks,
];

/**
 * Proves a model: that it computes here what it did in training, each row by itself, in bounded time, for whatever row, and says
 * something sensible. Returns the first thing that is wrong. A graph may keep this from ever returning, or end the process: run
 * it where that does no harm.
 */
export async function proveModel(candidate: Candidate, options: ProofOptions): Promise<Fault | undefined> {
  try {
    for (const check of checks) {
      const fault = await check(candidate, options);
      if (fault !== undefined) return fault;
    }
    return undefined;
  } catch (error) {
    return faultOfError(error as Error);
  }
}
