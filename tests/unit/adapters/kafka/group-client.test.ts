import { expect, it } from 'vitest';
import { partitionsInHand } from '../../../../src/adapters/kafka/group-client.ts';

function clusterOf(partitions: Readonly<Record<string, number>>): Parameters<typeof partitionsInHand>[0] {
  return {
    targetTopics: new Set(Object.keys(partitions)),
    findTopicPartitionMetadata: (topic) =>
      Array.from({ length: partitions[topic]! }, (_, partitionId) => ({ partitionId, leader: 1 })),
  };
}

// A topic of one partition that grew to twelve had two batches in hand at a time, and two partitions that were held stopped all others.
it.each<[string, Record<string, number>, number]>([
  ['a topic of one partition, which may grow', { events: 1 }, 32],
  ['several topics', { events: 24, labels: 6 }, 60],
  ['very many', { events: 500 }, 256],
  ['topics of which nothing is known yet', {}, 256],
])('as many partitions may be in hand as there are, and room to grow: %s', (_what, partitions, expected) => {
  expect(partitionsInHand(clusterOf(partitions))).toBe(expected);
});
