import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { quietRequestQueue } from '../../src/adapters/kafka/request-queue.ts';
import type { KafkaSecurity } from '../servers/kafka.ts';
import { kafkaOfThisFile } from '../servers/own-kafka.ts';
import { requireKafka, requireKafkaSecurity } from '../servers/shared-kafka.ts';

const connect = (config: KafkaConfig): Kafka => {
  quietRequestQueue();
  return new Kafka({ logLevel: logLevel.NOTHING, ...config });
};

async function createTopic(kafka: Kafka): Promise<string> {
  const topic = `servers-${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  return topic;
}

async function produce(kafka: Kafka, topic: string, values: string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

/** The first `count` values of a topic, from its beginning. */
async function consume(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: `servers-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => void (payload.restart || reject(payload.error)));
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      values.push(String(message.value));
      if (values.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return values;
}

/** Logs in and asks for the cluster: `welcome`, or the name of the error when that is refused. */
async function logIn(config: KafkaConfig): Promise<string> {
  const admin = connect({ ...config, retry: { retries: 0 } }).admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    return 'welcome';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    await admin.disconnect();
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A JWT without a signature, RFC 7519 section 6. */
function unsecuredToken(subject: string): string {
  const issuedAt = Math.floor(Date.now() / 1000);
  return `${encode({ alg: 'none' })}.${encode({ sub: subject, iat: issuedAt, exp: issuedAt + 3600 })}.`;
}

const kafkaFor = kafkaOfThisFile();

describe('the Kafka of the tests', () => {
  it('gives back what a topic was given', async (context) => {
    const client = connect({ brokers: requireKafka(context).brokers });
    const topic = await createTopic(client);
    await produce(client, topic, ['one', 'two', 'three']);
    expect(await consume(client, topic, 3)).toEqual(['one', 'two', 'three']);
  });

  it.for([
    ['a restart', ['restart']],
    ['a kill and a restart', ['kill', 'restart']],
  ] as const)('keeps its data and its address over %s', async ([, actions], context) => {
    const kafka = await kafkaFor(context);
    const client = connect({ brokers: kafka.brokers });
    const topic = await createTopic(client);
    await produce(client, topic, ['before']);
    for (const action of actions) await kafka[action]();
    await produce(client, topic, ['after']);
    expect(await consume(client, topic, 2)).toEqual(['before', 'after']);
  });
});

type Login = (users: KafkaSecurity['users']) => SASLOptions;
const password = 'wrong';
const oauthBearer = (token: string): SASLOptions => ({
  mechanism: 'oauthbearer',
  oauthBearerProvider: async () => ({ value: token }),
});

describe('its SASL listener', () => {
  it.for<[string, Login]>([
    ['PLAIN', ({ plain }) => ({ mechanism: 'plain', ...plain })],
    ['SCRAM-SHA-256', ({ scram }) => ({ mechanism: 'scram-sha-256', ...scram })],
    ['SCRAM-SHA-512', ({ scram }) => ({ mechanism: 'scram-sha-512', ...scram })],
    ['OAUTHBEARER', () => oauthBearer(unsecuredToken('winnow'))],
  ])('welcomes the right credentials by %s', async ([, login], context) => {
    const { brokersSasl, users } = requireKafkaSecurity(context);
    expect(await logIn({ brokers: brokersSasl, sasl: login(users) })).toBe('welcome');
  });

  it.for<[string, Login]>([
    ['PLAIN', ({ plain }) => ({ mechanism: 'plain', ...plain, password })],
    ['SCRAM-SHA-256', ({ scram }) => ({ mechanism: 'scram-sha-256', ...scram, password })],
    ['SCRAM-SHA-512', ({ scram }) => ({ mechanism: 'scram-sha-512', ...scram, username: 'stranger' })],
    ['OAUTHBEARER', () => oauthBearer('no token')],
  ])('refuses wrong credentials by %s', async ([, login], context) => {
    const { brokersSasl, users } = requireKafkaSecurity(context);
    expect(await logIn({ brokers: brokersSasl, sasl: login(users) })).toMatch(/SASL/);
  });
});

describe('its TLS listener', () => {
  it('welcomes a client that trusts its certificate', async (context) => {
    const { brokersTls, caPath } = requireKafkaSecurity(context);
    expect(await logIn({ brokers: brokersTls, ssl: { ca: await readFile(caPath, 'utf8') } })).toBe('welcome');
  });

  it('is refused by a client that does not', async (context) => {
    const { brokersTls } = requireKafkaSecurity(context);
    expect(await logIn({ brokers: brokersTls, ssl: true })).toMatch(/^KafkaJS/);
  });
});
