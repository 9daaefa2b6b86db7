import type { Random } from '../../src/simulation/random.ts';

/** The parts that a round runs on. */
export interface Topology {
  /** One broker, or three with everything on all of them and acknowledged by two. */
  readonly kafka: 'alone' | 'three';
  /** History in each process, in one Valkey, or in three shards with a replica each. */
  readonly store: 'embedded' | 'valkey' | 'shards';
  /** 1 to 4. */
  readonly processors: number;
  /** Of the events: 1 is one order, 4 are several. */
  readonly partitions: 1 | 4;
  /** How members reach Kafka: through a proxy, which can be bad; as a user whose rights can be taken away; or straight. */
  readonly access: 'proxy' | 'limited' | 'straight';
}

export const kafkas = ['alone', 'three'] as const;
export const stores = ['embedded', 'valkey', 'shards'] as const;

/** @param fixed what is not to be drawn */
export function drawTopology(random: Random, fixed: Partial<Topology> = {}): Topology {
  // All is drawn in any case, so that what is fixed changes nothing else.
  const drawn = {
    kafka: kafkas[random.integer(0, 1)]!,
    store: stores[random.integer(0, 2)]!,
    processors: random.integer(1, 4),
    partitions: ([1, 4] as const)[random.integer(0, 1)]!,
    access: (['proxy', 'limited'] as const)[random.integer(0, 1)]!,
  };
  const topology = { ...drawn, ...fixed };
  return topology.kafka === 'three' ? { ...topology, access: 'straight' } : topology;
}

export function describeTopology({ kafka, store, processors, partitions, access }: Topology): string {
  return `kafka ${kafka} (${access}), ${store}, ${processors} processors, ${partitions} partitions`;
}
