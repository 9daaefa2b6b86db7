import { until } from '../../integration/kafka/support.ts';
import { anywhere, once, type Fault } from './fault.ts';

/** What comes after has the offsets of what was before. */
export const remakeTopic: Fault = {
  name: 'remake-topic',
  what: 'the topic of events is deleted and made anew',
  parts: ['topic', 'brokers'],
  lastsMs: [0, 2_000],
  isPossible: anywhere,
  tells: [[{ metric: 'winnow_partitions_remade_total' }], [{ log: 'it is taken for a new one' }]],
  incomparable: 'an undisturbed run cannot read the former topic',
  begin: async (stage) => {
    const { scene, plan } = stage;
    const topic = scene.names.events;
    await stage.paused(async () => {
      await stage.forgiveUndecided(new Map(), await scene.ends());
      await scene.admin.deleteTopics({ topics: [topic] });
      await until(async () => !(await scene.admin.listTopics()).includes(topic), 'the topic is gone');
      await scene.createTopic(topic, plan.topology.partitions);
    });
    return once;
  },
};
