import type { Fault } from './fault.ts';
import { anywhere } from './fault.ts';
import { brokersAreAway } from './brokers-told.ts';

export const killLeader: Fault = {
  name: 'kill-leader',
  what: '`kill -9` of the broker that leads a partition of events; it is started again later',
  parts: ['brokers'],
  lastsMs: [1_000, 10_000],
  isPossible: anywhere,
  tells: brokersAreAway,
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
