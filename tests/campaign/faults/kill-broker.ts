import type { Fault } from './fault.ts';
import { anywhere } from './fault.ts';
import { brokersAreAway } from './brokers-told.ts';

/** Of three another may take over before anything has to be held: the log alone names the one that is gone. */
const leaderIsGone = brokersAreAway.map((signs) => [...signs, { log: 'Connection error', kafka: 'three' } as const]);

export const killLeader: Fault = {
  name: 'kill-leader',
  what: '`kill -9` of the broker that leads a partition of events; it is started again later',
  parts: ['brokers'],
  lastsMs: [1_000, 10_000],
  isPossible: anywhere,
  tells: leaderIsGone,
  begin: ({ brokers, scene }) => brokers.killLeader(scene.names.events, 0),
};

export const killCoordinator: Fault = {
  name: 'kill-coordinator',
  what: '`kill -9` of the broker that coordinates the group; it is started again later',
  parts: ['brokers'],
  lastsMs: [1_000, 10_000],
  isPossible: ({ kafka }) => kafka === 'three',
  tells: [[{ metric: 'winnow_holds_total', labels: { step: 'consume' } }], [{ log: 'Kafka is away' }]],
  begin: ({ brokers, scene }) => brokers.killCoordinator(scene.names.groupId),
};
