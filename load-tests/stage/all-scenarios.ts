import { brokerRestart } from '../scenarios/broker-restart.ts';
import { burst } from '../scenarios/burst.ts';
import { fourMembers } from '../scenarios/four-members.ts';
import { hotEntity } from '../scenarios/hot-entity.ts';
import { hotPartition } from '../scenarios/hot-partition.ts';
import { manyPartitions } from '../scenarios/many-partitions.ts';
import { ramp } from '../scenarios/ramp.ts';
import { rebalance } from '../scenarios/rebalance.ts';
import { rollingRestart } from '../scenarios/rolling-restart.ts';
import { soak } from '../scenarios/soak.ts';
import { steady } from '../scenarios/steady.ts';
import { storeDown } from '../scenarios/store-down.ts';
import { storeSlow } from '../scenarios/store-slow.ts';
import { swaps } from '../scenarios/swaps.ts';
import { twoMembers } from '../scenarios/two-members.ts';
import { nothingLost, type Form, type Limit } from '../judge/limits.ts';
import type { Scenario } from './scenario.ts';

/** Finds the rate from which the others take theirs: it goes first. */
export const kneeFinder = ramp;

/** In the order in which `--all` plays them. */
export const scenarios: readonly Scenario[] = [
  ramp,
  steady,
  burst,
  hotPartition,
  hotEntity,
  manyPartitions,
  rebalance,
  rollingRestart,
  storeSlow,
  storeDown,
  brokerRestart,
  swaps,
  twoMembers,
  fourMembers,
  soak,
];

/** What must hold of a scenario: nothing is ever lost, whatever else it asks. Without a form, what must hold in any. */
export function limitsOf({ limits }: Scenario, form?: Form): readonly Limit[] {
  return [nothingLost, ...limits].filter(({ forms }) => form === undefined || forms?.includes(form) !== false);
}
