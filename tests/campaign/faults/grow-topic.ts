import { anywhere, once, type Fault } from './fault.ts';

/** Accounts move to other partitions, where their events no longer wait for each other. */
export const growTopic: Fault = {
  name: 'grow-topic',
  what: 'the topic of events gets two more partitions',
  parts: ['topic'],
  lastsMs: [0, 2_000],
  isPossible: anywhere,
  tells: [[{ log: 'This member owns' }], [{ metric: 'winnow_rebalance_duration_seconds_count' }]],
  incomparable: 'events of one account lie on two partitions from then on',
  begin: async ({ scene }) => {
    const topic = scene.names.events;
    const count = (await scene.ends()).size + 2;
    await scene.admin.createPartitions({ topicPartitions: [{ topic, count }] });
    return once;
  },
};
