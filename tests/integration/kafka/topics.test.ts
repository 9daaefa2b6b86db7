import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Message } from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LagMeter } from '../../../src/adapters/kafka/lag.ts';
import { OpenGaps } from '../../../src/adapters/kafka/open-gaps.ts';
import { PartitionEndsReader } from '../../../src/adapters/kafka/partition-ends.ts';
import { checkRights } from '../../../src/adapters/kafka/rights.ts';
import type { KafkaSettings } from '../../../src/adapters/kafka/settings.ts';
import { checkTopics, checkUndivided, createTopics, topicWarnings } from '../../../src/adapters/kafka/topics.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { addPartitions, clock, kafkaSettings, makeTopics, openSource, until, withAdmin, write } from './support.ts';

const options = (settings: KafkaSettings) => ({ settings, log: () => undefined, clock });

function inFirstPartition(count: number): Message[] {
  return Array.from({ length: count }, (_, index) => ({ partition: 0, key: null, value: `${index}` }));
}

describe('what is said of the topics at the start', () => {
  it('names the topic that takes less than a dead letter may need, and the setting', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events, decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [events]: 1, [decisions]: 1, [deadLetters]: 1 });
    const warnings = await topicWarnings(options(settings));
    expect(warnings).toEqual([expect.stringContaining(`${deadLetters} takes 1048588 bytes (max.message.bytes)`)]);
  });

  it('is nothing where they take what they may get', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events, decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [events]: 1, [decisions]: 1 });
    await createTopics([{ topic: deadLetters, partitions: 1, messageBytesMax: 2_097_152 }], options(settings));
    expect(await topicWarnings(options(settings))).toEqual([]);
  });

  it('tells that labels and verdicts may be handled elsewhere than the events of their account', async (context) => {
    const { brokers } = requireKafka(context);
    const plain = kafkaSettings(brokers);
    const { events, decisions, deadLetters } = plain.topics;
    const [labels, verdicts] = [`${events}-labels`, `${events}-verdicts`];
    const settings = { ...plain, topics: { ...plain.topics, labels, verdicts } };
    await makeTopics(brokers, { [events]: 4, [labels]: 2, [verdicts]: 3, [decisions]: 1, [deadLetters]: 1 });
    const told = (await topicWarnings(options(settings))).join('\n');
    expect(told).toContain(`${labels} has 2 partitions, and ${events} has 4`);
    expect(told).toContain(`${verdicts} has 3 partitions, and ${events} has 4`);
  });
});

describe('the check of topics of which the last record of each key counts', () => {
  it('refuses one to which partitions were added, since an older record may then win', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const [whole, divided] = [settings.topics.events, settings.topics.decisions];
    await makeTopics(brokers, { [whole]: 1, [divided]: 1 });
    expect(await checkUndivided([whole, divided], options(settings))).toEqual({ ok: true, value: undefined });
    await addPartitions(brokers, divided, 3);
    expect(await checkUndivided([whole, divided], options(settings))).toEqual({
      ok: false,
      failure: { code: 'TOPIC_DIVIDED', message: `${divided} has 3 partitions, and one is needed.` },
    });
  });
});

describe('the check of topics', () => {
  it('is content when all are there', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events, decisions } = settings.topics;
    await makeTopics(brokers, { [events]: 1, [decisions]: 1 });
    expect(await checkTopics([events, decisions], options(settings))).toEqual({ ok: true, value: undefined });
  });

  it('names all that are missing, in one line', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events, decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 1 });
    const message = `${events}, ${deadLetters}: no such topic on ${brokers.join(', ')}.`;
    expect(await checkTopics([events, decisions, deadLetters], options(settings))).toEqual({
      ok: false,
      failure: { code: 'TOPIC_MISSING', message },
    });
  });

  it('says where no broker answers', async () => {
    const settings = { ...kafkaSettings(['127.0.0.1:1']), retry: { initialMs: 10, maxMs: 50, retriesMax: 1 } };
    const result = await checkTopics(['any'], options(settings));
    expect(result).toEqual({
      ok: false,
      failure: {
        code: 'BROKER_UNREACHABLE',
        message: '127.0.0.1:1: Connection error: connect ECONNREFUSED 127.0.0.1:1.',
      },
    });
  });

  it('names the address that a broker gives as its own, where only the one in the settings answers', async (context) => {
    const { brokers } = requireKafka(context);
    const told = await brokerThatNames(brokers[0]!, 1);
    const settings = { ...kafkaSettings([told]), retry: { initialMs: 10, maxMs: 50, retriesMax: 1 } };
    expect(await checkRights([{ topic: 'any', operation: 'Read' }], undefined, options(settings))).toMatchObject({
      ok: false,
      failure: {
        code: 'BROKER_UNREACHABLE',
        message: expect.stringMatching(
          /^127\.0\.0\.1:\d+: .+ The brokers themselves name 127\.0\.0\.1:1 \(advertised\.listeners\)/,
        ),
      },
    });
  });

  it('says so too when something accepts connections and never speaks', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const settings = { ...kafkaSettings([`127.0.0.1:${port}`]), connectionTimeoutMs: 200 };
    const result = await checkTopics(['any'], options(settings));
    expect(result).toMatchObject({ ok: false, failure: { code: 'BROKER_UNREACHABLE' } });
    server.close();
  });
});

/** A way to a broker on which it names another port of this machine as its own. Answers its address. */
async function brokerThatNames(broker: string, port: number): Promise<string> {
  const [host, own] = broker.split(':') as [string, string];
  const address = (number: number): Buffer => {
    const bytes = Buffer.from(`${host}....`);
    bytes.writeInt32BE(number, host.length);
    return bytes;
  };
  const server = createServer((inward) => {
    const outward = connect(Number(own), host);
    inward.on('error', () => outward.destroy()).on('close', () => outward.destroy());
    outward.on('error', () => inward.destroy()).on('close', () => inward.destroy());
    inward.pipe(outward);
    outward.on('data', (bytes) => {
      for (let at = bytes.indexOf(address(Number(own))); at >= 0; at = bytes.indexOf(address(Number(own))))
        address(port).copy(bytes, at);
      inward.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('topics for development', () => {
  it('are made with the partitions that are asked for, and left alone when they exist', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events, deadLetters } = settings.topics;
    await makeTopics(brokers, { [events]: 2 });
    const topics = [
      { topic: events, partitions: 8 },
      { topic: deadLetters, partitions: 3, messageBytesMax: 2_097_152 },
    ];
    expect(await createTopics(topics, options(settings))).toMatchObject({ ok: true });
    const counts = await withAdmin(brokers, async (admin) => {
      const { topics: found } = await admin.fetchTopicMetadata({ topics: [events, deadLetters] });
      return Object.fromEntries(found.map(({ name, partitions }) => [name, partitions.length]));
    });
    expect(counts).toEqual({ [events]: 2, [deadLetters]: 3 });
  });
});

describe('the lag meter', () => {
  it('tells the lag of partitions that are held, and of those that nothing was read from', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 2 });
    await write(brokers, events, inFirstPartition(300));
    const { source, handled, assignments } = openSource({
      settings,
      recordsMax: 100,
      handler: async ({ records }) => {
        if ((records[0]?.offset ?? 0) >= 100) throw new FailureError({ code: 'STORE_UNAVAILABLE', message: 'Away.' });
      },
    });
    await until(() => assignments.length > 0 && handled.length === 100, 'the second slice is held');
    await write(brokers, events, inFirstPartition(50));
    const lags = new Map<number, number>();
    const ends = new PartitionEndsReader(options(settings));
    const meter = new LagMeter({
      ...options(settings),
      ends,
      member: () => source.member,
      gaps: new OpenGaps(() => undefined),
      telemetry: { ...silentTelemetry, lagMeasured: (_topic, partition, lag) => lags.set(partition, lag) },
    });
    await meter.measure();
    await meter.close();
    await ends.close();
    await source.close();
    expect(lags).toEqual(
      new Map([
        [0, 250],
        [1, 0],
      ]),
    );
  });
});
