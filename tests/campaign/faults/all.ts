import { failOverShard } from './fail-over-shard.ts';
import type { Fault } from './fault.ts';
import { fillDisk } from './fill-disk.ts';
import { fillValkey } from './fill-valkey.ts';
import { floodGroup } from './flood-group.ts';
import { freezeProcessor } from './freeze-processor.ts';
import { freezeValkey } from './freeze-valkey.ts';
import { growTopic } from './grow-topic.ts';
import { clockAhead, clockBack } from './jump-clock.ts';
import { killCoordinator, killLeader } from './kill-broker.ts';
import { killProcessor } from './kill-processor.ts';
import { killValkey } from './kill-valkey.ts';
import { outrun } from './outrun.ts';
import { poison } from './poison.ts';
import { remakeTopic } from './remake-topic.ts';
import { roughBrokersFaults } from './rough-brokers.ts';
import { roughStores } from './rough-store.ts';
import { takeRights } from './take-rights.ts';

/** Every kind, in the order of the table. */
export const faults: readonly Fault[] = [
  killProcessor,
  freezeProcessor,
  floodGroup,
  clockBack,
  clockAhead,
  fillDisk,
  killValkey,
  freezeValkey,
  fillValkey,
  ...roughStores,
  failOverShard,
  killLeader,
  killCoordinator,
  ...roughBrokersFaults,
  takeRights,
  poison,
  outrun,
  remakeTopic,
  growTopic,
];
