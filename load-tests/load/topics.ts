import type { Admin } from 'kafkajs';

/** Records of a topic that is never trimmed, all partitions. */
export async function recordCount(admin: Admin, topic: string): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}

/** Records of a topic that a group has committed, all partitions. */
export async function committedCount(admin: Admin, groupId: string, topic: string): Promise<number> {
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return (committed?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
}

/** New topics with the broker's own number of replicas. Their records' times are the broker's, when it took them. */
export async function createTopics(admin: Admin, partitionsByTopic: Readonly<Record<string, number>>): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: Object.entries(partitionsByTopic).map(([topic, numPartitions]) => ({
      topic,
      numPartitions,
      configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
    })),
  });
}
