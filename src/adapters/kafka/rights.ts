import kafkajs from 'kafkajs';
import { failed, success, type Result } from '../../domain/failure.ts';
import { topicsNamed, type TopicNames } from '../../domain/topics.ts';
import { within } from './bounded.ts';
import { createClient } from './client.ts';
import { clusterOf, exchange, speaks, type Broker, type Cluster, type Decoder, type Encoder } from './cluster.ts';
import { startFailure, type TopicsOptions } from './topics.ts';

/**
 * What the brokers let us do, asked before anything is done: a right that is missing would show at the first decision, or not at all,
 * since kafkajs says of a group that it may not join that nobody knows where it lives. It asks for no rights itself. The two requests say
 * it since Kafka 2.3, in versions that kafkajs does not speak; so they are spoken here, through its connection.
 */

/** Bits of what may be done (`org.apache.kafka.common.acl.AclOperation`). */
const operations = { Read: 1 << 3, Write: 1 << 4 } as const;
type Operation = keyof typeof operations;

/** What a broker says that knows no answer, or was not asked. */
const notSaid = -(2 ** 31);
const metadata = { apiKey: 3, apiVersion: 8, apiName: 'Metadata' } as const;
const describeGroups = { apiKey: 15, apiVersion: 3, apiName: 'DescribeGroups' } as const;
const topicDenied = 29;
const groupDenied = 30;

const requestTimeoutMs = 5_000;
const farewellMsMax = 1_000;

/** Who has to be allowed to do what. */
export interface Need {
  readonly topic: string;
  readonly operation: Operation;
}

/** What a processor does with its topics. */
export function needsOf(names: TopicNames): readonly Need[] {
  return topicsNamed(names).flatMap(({ topic, row: { direction, carries } }): Need[] => [
    ...(direction === 'out' ? [] : [{ topic, operation: 'Read' as const }]),
    // The archive's own; and what a member says of a canary, which it withdraws also where it may not tell the others.
    ...(direction === 'in' || carries === 'audit' || carries === 'control'
      ? []
      : [{ topic, operation: 'Write' as const }]),
  ]);
}

/**
 * Whether the brokers allow all of it, and to read with the group: fails with `BROKER_AUTHORIZATION`, which names each right that is
 * missing. Success, too, where they do not say, as before Kafka 2.3.
 *
 * @param groupId absent: there is no group
 */
export async function checkRights(
  needs: readonly Need[],
  groupId: string | undefined,
  options: TopicsOptions,
): Promise<Result<void>> {
  const cluster = clusterOf(createClient({ ...options, requestTimeoutMs }));
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    const missing = [
      ...(await missingOnTopics(broker, needs)),
      ...(groupId === undefined ? [] : await missingOnGroup(cluster, broker, groupId)),
    ];
    if (missing.length === 0) return success(undefined);
    const who = options.settings.sasl.username ?? 'the user that the brokers take this client for';
    return failed(
      'BROKER_AUTHORIZATION',
      `${options.settings.brokers.join(', ')}: ${who} lacks ${missing.join(', ')}.`,
    );
  } catch (error) {
    return await startFailure(error, options.settings);
  } finally {
    await within(farewellMsMax, cluster.disconnect());
  }
}

async function missingOnTopics(broker: Broker, needs: readonly Need[]): Promise<readonly string[]> {
  const names = [...new Set(needs.map(({ topic }) => topic))];
  const allowed = (await speaks(broker, metadata)) ? await allowedOnTopics(broker, names) : new Map<string, number>();
  return needs
    .filter(({ topic, operation }) => !allows(allowed.get(topic) ?? notSaid, operation))
    .map(({ topic, operation }) => `${operation} on topic ${topic}`);
}

async function missingOnGroup(cluster: Cluster, broker: Broker, groupId: string): Promise<readonly string[]> {
  const told = [`Read on group ${groupId}`];
  try {
    const { coordinator } = await broker.findGroupCoordinator({ groupId, coordinatorType: 0 });
    const owner = await cluster.findBroker(coordinator);
    if (!(await speaks(owner, describeGroups))) return [];
    return allows(await allowedOnGroup(owner, groupId), 'Read') ? [] : told;
  } catch (error) {
    if (!(error instanceof kafkajs.KafkaJSProtocolError)) throw error;
    // Else it is not there yet, which joining waits for.
    return error.code === groupDenied ? told : [];
  }
}

function allows(allowed: number, operation: Operation): boolean {
  return allowed === notSaid || (allowed & operations[operation]) !== 0;
}

/** By topic: the bits of what may be done; 0 of one that may not even be seen. */
async function allowedOnTopics(broker: Broker, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const encode = (encoder: Encoder): Encoder =>
    encoder.writeArray(topics).writeBoolean(false).writeBoolean(false).writeBoolean(true);
  return exchange(broker, metadata, encode, (decoder) => {
    decoder.readInt32(); // throttle time
    decoder.readArray(passBroker);
    decoder.readString(); // cluster
    decoder.readInt32(); // controller
    return new Map(decoder.readArray(readTopic));
  });
}

async function allowedOnGroup(broker: Broker, groupId: string): Promise<number> {
  const encode = (encoder: Encoder): Encoder => encoder.writeArray([groupId]).writeBoolean(true);
  return exchange(broker, describeGroups, encode, (decoder) => {
    decoder.readInt32(); // throttle time
    const [allowed = notSaid] = decoder.readArray(readGroup);
    return allowed;
  });
}

/** Broker => node host port rack */
function passBroker(decoder: Decoder): void {
  decoder.readInt32();
  decoder.readString();
  decoder.readInt32();
  decoder.readString();
}

/** Topic => error name internal [partition] operations */
function readTopic(decoder: Decoder): [string, number] {
  const error = decoder.readInt16();
  const topic = decoder.readString();
  decoder.readBoolean();
  decoder.readArray(passPartition);
  const allowed = decoder.readInt32();
  return [topic, error === topicDenied ? 0 : allowed];
}

/** Partition => error number leader epoch [replica] [in sync] [offline] */
function passPartition(decoder: Decoder): void {
  decoder.readInt16();
  for (let field = 0; field < 3; field++) decoder.readInt32();
  for (let list = 0; list < 3; list++) decoder.readArray((each) => each.readInt32());
}

/** Group => error id state type protocol [member] operations */
function readGroup(decoder: Decoder): number {
  const error = decoder.readInt16();
  for (let field = 0; field < 4; field++) decoder.readString();
  decoder.readArray(passMember);
  const allowed = decoder.readInt32();
  return error === groupDenied ? 0 : allowed;
}

/** Member => id client host metadata assignment */
function passMember(decoder: Decoder): void {
  for (let field = 0; field < 3; field++) decoder.readString();
  for (let field = 0; field < 2; field++) decoder.readBytes();
}
