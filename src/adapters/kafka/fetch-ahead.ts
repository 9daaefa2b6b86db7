import type { Broker, Cluster, FetchedPartition } from './cluster.ts';
import { bytesOfRecordSet } from './record-set.ts';

/**
 * Asks a broker for what comes next while what came last is handled. kafkajs asks it again only when all that it brought is handled,
 * so that in a backlog a process had nothing to do at each fetch until the answer was there.
 *
 * It is asked for what kafkajs is going to ask for if all goes well: the same partitions, each from behind its last record. What comes is
 * handed over only where kafkajs does ask for exactly that, under the same assignment. After a seek, a pause, a rebalance or a failure
 * it asks for something else; then what came is dropped and the broker asked anew. So kafkajs is told nothing that it would not have been
 * told a little later.
 *
 * It is asked only where it has just said that it has more, and not to wait: then it answers at once, and what comes in at a rate that
 * the process keeps up with is fetched as before. One answer of each broker is so in memory beside the one in work. What an answer may have,
 * `kafka.consumer.fetchBytesMax`, is counted packed, and it is unpacked when it comes; so nothing is asked for ahead of one that has
 * unpacked to more than that: it takes so long to handle that a fetch is nothing beside it.
 *
 * @param assignment another object whenever partitions were assigned anew; undefined until they may be read
 */
export function fetchAhead(cluster: Cluster, assignment: () => object | undefined): void {
  const findBroker = cluster.findBroker.bind(cluster);
  const ours = new WeakSet<Broker>();
  cluster.findBroker = async (options) => {
    const broker = await findBroker(options);
    if (!ours.has(broker)) {
      ours.add(broker);
      broker.fetch = lookingAhead(broker.fetch.bind(broker), assignment);
    }
    return broker;
  };
}

/** What a broker says that is to be asked itself. */
const noReplica = -1;

type Fetch = Broker['fetch'];
type Asked = Parameters<Fetch>[0];
type Answer = Awaited<ReturnType<Fetch>>;

interface Ahead {
  readonly assignment: object;
  /** Offsets by partition. */
  readonly offsets: ReadonlyMap<string, string>;
  /** Undefined where it failed: whoever asks anew learns why. */
  readonly answer: Promise<Answer | undefined>;
}

/** Fetches of one broker, which come one after the other. */
function lookingAhead(fetch: Fetch, assignment: () => object | undefined): Fetch {
  let ahead: Ahead | undefined;
  return async (asked) => {
    const former = ahead;
    ahead = undefined; // of use now, or never
    const came = former !== undefined && isFor(former, asked, assignment()) ? await former.answer : undefined;
    const answer = came !== undefined && hasRecords(came) ? came : await fetch(asked);
    const next = asksNext(asked, answer);
    const assigned = assignment();
    if (next !== undefined && assigned !== undefined)
      ahead = { assignment: assigned, offsets: offsetsOf(next), answer: fetch(next).catch(() => undefined) };
    return withoutSilent(answer);
  };
}

function isFor({ offsets, assignment }: Ahead, asked: Asked, assigned: object | undefined): boolean {
  if (assignment !== assigned) return false;
  const wanted = offsetsOf(asked);
  return wanted.size === offsets.size && wanted.entries().every(([key, offset]) => offsets.get(key) === offset);
}

function offsetsOf({ topics }: Asked): ReadonlyMap<string, string> {
  return new Map(
    topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, fetchOffset }) => [`${topic}/${partition}`, fetchOffset] as const),
    ),
  );
}

function hasRecords({ responses }: Answer): boolean {
  return responses.some(({ partitions }) => partitions.some(({ messages }) => messages.length > 0));
}

/**
 * Brokers tell of each partition that they are asked about, and nearly always nothing of most. kafkajs makes a batch of each and does all
 * that it does about batches; so it is told of those of which something came, be it that another broker is to be asked.
 */
function withoutSilent({ responses }: Answer): Answer {
  return {
    responses: responses.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.filter((each) => each.messages.length > 0 || each.preferredReadReplica !== noReplica),
    })),
  };
}

/** What is asked for once all of an answer is handled; undefined where the broker has no more than that, or that is much as it is. */
function asksNext(asked: Asked, { responses }: Answer): Asked | undefined {
  const reached = new Map<string, number>();
  let hasMore = false;
  let bytes = 0;
  for (const { topicName, partitions } of responses)
    for (const each of partitions) {
      bytes += bytesOfRecordSet(each.messages);
      const next = offsetBehind(each);
      if (next === undefined) continue;
      reached.set(`${topicName}/${each.partition}`, next);
      hasMore ||= Number(each.lastStableOffset) > next;
    }
  if (!hasMore || bytes > asked.maxBytes) return undefined;
  const topics = asked.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((each) => {
      const next = reached.get(`${topic}/${each.partition}`);
      return next === undefined ? each : { ...each, fetchOffset: String(next) };
    }),
  }));
  return { ...asked, topics, maxWaitTime: 0 };
}

/** Undefined where no record came. */
function offsetBehind({ messages }: FetchedPartition): number | undefined {
  const last = messages.at(-1) as { readonly offset: string } | undefined;
  return last === undefined ? undefined : Number(last.offset) + 1;
}
