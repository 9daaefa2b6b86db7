import kafkajs, { type PartitionAssigner } from 'kafkajs';

const { AssignerProtocol } = kafkajs;

/**
 * Gives partition `n` of every topic to the same member. Records are keyed by their account on all of them, so where topics have
 * the same number of partitions, all that concerns an account is handled by one member: what a person says of it cannot pass, on its way
 * through another process, an event that is being decided. (kafkajs' own deals out the partitions of all topics in one round.)
 */
export const ownerAssigner: PartitionAssigner = ({ cluster }) => ({
  name: 'WinnowOwnerAssigner',
  version: 0,

  assign: ({ members, topics }) => {
    const assigned = assignByPartition(
      members.map(({ memberId }) => memberId),
      new Map(
        topics.map((topic) => {
          const partitions = cluster.findTopicPartitionMetadata(topic);
          return [topic, partitions.map(({ partitionId }) => partitionId)];
        }),
      ),
    );
    return Promise.resolve(
      Array.from(assigned, ([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: 0,
          assignment,
          userData: Buffer.alloc(0),
        }),
      })),
    );
  },

  protocol: ({ topics }) => ({
    name: 'WinnowOwnerAssigner',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
});

/**
 * The partitions of each member, by topic. The members' order is that of their ids, so that each of them comes to the same.
 * @param partitions by topic. Members that get none are not named.
 */
export function assignByPartition(
  members: readonly string[],
  partitions: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, Record<string, number[]>> {
  const inOrder = members.toSorted();
  const assigned = new Map<string, Record<string, number[]>>();
  for (const [topic, numbers] of partitions) {
    for (const partition of numbers) {
      const member = inOrder[partition % inOrder.length]!;
      const own = assigned.get(member) ?? (Object.create(null) as Record<string, number[]>);
      (own[topic] ??= []).push(partition);
      assigned.set(member, own);
    }
  }
  return assigned;
}
