import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { failed, success, type Result } from '../../domain/failure.ts';
import { topicsNamed } from '../../domain/topics.ts';
import type { Clock } from '../../ports.ts';
import { within } from './bounded.ts';
import { lonelyBytesMin } from './chunks.ts';
import { createClient } from './client.ts';
import { brokenConnection, classify } from './failures.ts';
import { misspoken } from './listener-kind.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

export interface TopicsOptions {
  readonly settings: KafkaSettings;
  readonly log: KafkaLogger;
  readonly clock: Clock;
}

/** A topic to make, in development. */
export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Bytes of a record batch that brokers take; the cluster's default when absent. */
  readonly messageBytesMax?: number;
  /** Whether brokers keep the last record of each key, however old. */
  readonly isCompacted?: true;
}

const requestTimeoutMs = 5_000;
/** Milliseconds for the whole: a start that hangs tells nobody anything. */
const checkMsMax = 60_000;
const farewellMsMax = 1_000;

/**
 * Checks at the start that Kafka answers, knows us, and has each topic. One failure, for the first of these that does not
 * hold: `BROKER_UNREACHABLE`, `BROKER_AUTHENTICATION`, `BROKER_AUTHORIZATION`, or `TOPIC_MISSING` with all their names.
 */
export async function checkTopics(topics: readonly string[], options: TopicsOptions): Promise<Result<void>> {
  return withAdmin(options, async (admin) => {
    const missing: string[] = [];
    // One by one: asked for together, Kafka's answer does not tell kafkajs which one it was.
    for (const topic of topics) {
      const exists = await describes(admin, topic);
      if (!exists) missing.push(topic);
    }
    if (missing.length === 0) return success(undefined);
    return failed('TOPIC_MISSING', `${missing.join(', ')}: no such topic on ${options.settings.brokers.join(', ')}.`);
  });
}

/**
 * Checks that topics of which the last record of each key counts have one partition. A key keeps its partition only as long as nobody adds any:
 * afterwards its next record lies in another, and whoever begins anew may read the older one last. Fails with `TOPIC_DIVIDED`.
 */
export async function checkUndivided(topics: readonly string[], options: TopicsOptions): Promise<Result<void>> {
  if (topics.length === 0) return success(undefined);
  return withAdmin(options, async (admin) => {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    const divided = found.filter(({ partitions }) => partitions.length > 1);
    if (divided.length === 0) return success(undefined);
    const told = divided.map(({ name, partitions }) => `${name} has ${partitions.length} partitions`);
    return failed('TOPIC_DIVIDED', `${told.join(', ')}, and one is needed.`);
  });
}

/** What our headers add to a record, at most: a dead letter of the largest record needs this much more. */
const headersBytesMax = 8_192;

/**
 * What the settings of the topics will do to us, in sentences for the log: nothing of it stops a start. Without the right to
 * look (DescribeConfigs), that is said instead.
 */
export async function topicWarnings(options: TopicsOptions): Promise<readonly string[]> {
  const { events, deadLetters, decisions } = options.settings.topics;
  const compacted = topicsNamed(options.settings.topics).flatMap(({ topic, row }) =>
    row.isCompacted === true ? [topic] : [],
  );
  let told: readonly string[] = [];
  const looked = await withAdmin(options, async (admin) => {
    const names = [events, deadLetters, decisions, ...compacted];
    const { resources } = await admin.describeConfigs({
      resources: names.map((name) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name,
        configNames: ['max.message.bytes', 'cleanup.policy'],
      })),
      includeSynonyms: false,
    });
    const valueOf = (topic: string, name: string): string | undefined =>
      resources
        .find(({ resourceName }) => resourceName === topic)
        ?.configEntries.find(({ configName }) => configName === name)?.configValue;
    const bytesMaxOf = (topic: string): number => Number(valueOf(topic, 'max.message.bytes') ?? NaN);
    const needed = bytesMaxOf(events) + headersBytesMax;
    told = [
      ...(bytesMaxOf(deadLetters) < needed
        ? [
            `Dead letters of the largest records are cut to their head and hash: ${deadLetters} takes ${bytesMaxOf(deadLetters)} bytes (max.message.bytes); ${needed} hold whatever ${events} takes uncompressed.`,
          ]
        : []),
      ...(bytesMaxOf(decisions) < lonelyBytesMin
        ? [
            `A large decision may hold its partition: ${decisions} takes ${bytesMaxOf(decisions)} bytes (max.message.bytes); give it ${lonelyBytesMin} at least.`,
          ]
        : []),
      ...(await ownerWarnings(admin, options.settings.topics)),
      ...compacted
        .filter((topic) => valueOf(topic, 'cleanup.policy') !== 'compact')
        .map(
          (topic) =>
            `What ${topic} says is forgotten when its records are old: its cleanup.policy is ${valueOf(topic, 'cleanup.policy')}; set it to compact.`,
        ),
    ];
    return success(undefined);
  });
  return looked.ok ? told : [`How large records the topics take could not be looked up: ${looked.failure.message}`];
}

/**
 * One member has an account's events, and what people and groups say of it, only where these topics have as many partitions
 * (`owner-assigner.ts`).
 */
async function ownerWarnings(
  admin: Admin,
  { events, labels, verdicts }: KafkaSettings['topics'],
): Promise<readonly string[]> {
  const said = [
    { topic: labels, by: 'people' },
    { topic: verdicts, by: 'groups' },
  ].flatMap(({ topic, by }) => (topic === undefined ? [] : [{ topic, by }]));
  if (said.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: [events, ...said.map(({ topic }) => topic)] });
  const partitionsOf = (topic: string): number => topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
  const ofEvents = partitionsOf(events);
  return said.flatMap(({ topic, by }) => {
    const own = partitionsOf(topic);
    if (own === ofEvents) return [];
    return [
      `Where there are several members, what ${by} say of an account may be handled by another one than its events: ${topic} has ${own} partitions, and ${events} has ${ofEvents}; give both as many.`,
    ];
  });
}

/** Makes those topics that do not exist yet, with as many replicas as the cluster gives by default: for development. */
export async function createTopics(topics: readonly NewTopic[], options: TopicsOptions): Promise<Result<void>> {
  return withAdmin(options, async (admin) => {
    for (const topic of topics) {
      if (await describes(admin, topic.topic)) continue;
      await admin.createTopics({ topics: [topicConfig(topic)], waitForLeaders: true });
    }
    return success(undefined);
  });
}

function topicConfig({ topic, partitions, messageBytesMax, isCompacted }: NewTopic): ITopicConfig {
  const configEntries = [
    ...(messageBytesMax === undefined ? [] : [{ name: 'max.message.bytes', value: String(messageBytesMax) }]),
    ...(isCompacted === true ? [{ name: 'cleanup.policy', value: 'compact' }] : []),
  ];
  return { topic, numPartitions: partitions, replicationFactor: -1, configEntries };
}

const unknownTopic = 3;

async function describes(admin: Admin, topic: string): Promise<boolean> {
  try {
    await admin.fetchTopicMetadata({ topics: [topic] });
    return true;
  } catch (error) {
    if (error instanceof kafkajs.KafkaJSProtocolError && error.code === unknownTopic) return false;
    throw error;
  }
}

/**
 * What an error at the start means, in words that name the brokers; where one was spoken to in the wrong way, the setting; and where one answers under
 * the address that we know and not under the one that it gives as its own, that one.
 */
export async function startFailure(error: unknown, settings: KafkaSettings): Promise<Result<never>> {
  const brokers = settings.brokers.join(', ');
  const { failure } = classify(error, 'BROKER_UNREACHABLE');
  if (failure.code !== 'BROKER_UNREACHABLE') return failed(failure.code, `${brokers}: ${failure.message}`);
  const broken = brokenConnection(error);
  if (broken !== undefined && !settings.brokers.includes(broken)) {
    const named = `The brokers themselves name ${broken} (advertised.listeners), which has to be reached from here.`;
    return failed(failure.code, `${brokers}: ${failure.message} ${named}`);
  }
  const found = await misspoken(settings);
  return failed(found?.code ?? failure.code, `${brokers}: ${found?.reason ?? failure.message}`);
}

async function withAdmin(
  { settings, log, clock }: TopicsOptions,
  action: (admin: Admin) => Promise<Result<void>>,
): Promise<Result<void>> {
  const brokers = settings.brokers.join(', ');
  const admin = createClient({ settings, log, clock, requestTimeoutMs }).admin({ retry: { retries: 2 } });
  const outOfTime = Promise.withResolvers<Result<void>>();
  const timer = setTimeout(() => {
    outOfTime.resolve(failed('BROKER_UNREACHABLE', `${brokers}: no answer within ${checkMsMax / 1_000} s.`));
  }, checkMsMax);
  try {
    const result = admin.connect().then(() => action(admin));
    return await Promise.race([result, outOfTime.promise]);
  } catch (error) {
    return await startFailure(error, settings);
  } finally {
    clearTimeout(timer);
    await within(farewellMsMax, admin.disconnect());
  }
}
