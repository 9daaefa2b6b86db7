import type { Broker } from './kafka/broker.ts';
import { freeBrokerPorts, users } from './kafka/broker-settings.ts';
import { dockerBroker } from './kafka/docker.ts';
import { mavenBroker } from './kafka/maven.ts';
import { answers } from './kafka/ready.ts';
import { waitUntilReady } from './process.ts';
import { firstAvailable, ServerUnavailable } from './unavailable.ts';

/** Where a client connects. Plain data: it travels from vitest's main process to the tests. */
export interface KafkaAddresses {
  /** `host:port` of the listener without security. */
  brokers: string[];
  /** The listeners with security; null on a broker that is not ours. */
  security: KafkaSecurity | null;
}

export interface KafkaSecurity {
  /** SASL without TLS: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, and OAUTHBEARER with any unsecured token. */
  brokersSasl: string[];
  users: typeof users;
  brokersTls: string[];
  /** File with the PEM certificate to trust on the TLS listener. */
  caPath: string;
}

export interface KafkaServer extends KafkaAddresses {
  origin: 'environment' | 'docker' | 'maven';
  stop(): Promise<void>;
}

/** A broker that a test has to itself: other tests would miss what it does to it. */
export interface OwnKafka extends KafkaServer {
  /** Stops the broker if it runs and starts it with the same data and ports. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends the broker as a power cut would. `restart` brings it back. */
  kill(): Promise<void>;
}

/** Names brokers to use instead of starting one: `host:port`, several separated by commas. */
export const brokersVariable = 'WINNOW_TEST_KAFKA_BROKERS';

const readyMsMax = 240_000;
/** A broker that runs already needs no time to start. */
const answerMsMax = 20_000;

/**
 * A real Kafka: the one that the environment names, else a broker from Docker, else one from Maven. Whatever is started
 * ends with this process. Throws ServerUnavailable, with the reasons, when none of it is possible here.
 */
export async function startKafka(): Promise<KafkaServer> {
  return firstAvailable<KafkaServer>('Kafka', [givenKafka, ...ownWays]);
}

/** The same, never one that others use. */
export async function startOwnKafka(): Promise<OwnKafka> {
  return firstAvailable('a Kafka to restart', ownWays);
}

/**
 * The same, with one more listener, which clients reach through a proxy.
 * @param proxyPort where the proxy stands; it may come later, and connects to `proxiedPort`
 */
export async function startKafkaBehindProxy(proxyPort: number): Promise<OwnKafka & { readonly proxiedPort: number }> {
  const ports = await freeBrokerPorts(proxyPort);
  const kafka = await firstAvailable('a Kafka behind a proxy', [
    async () => ownKafka('docker', await dockerBroker(ports)),
    async () => ownKafka('maven', await mavenBroker({ ports })),
  ]);
  return { ...kafka, proxiedPort: ports.proxied!.own };
}

const ownWays = [
  async () => ownKafka('docker', await dockerBroker()),
  async () => ownKafka('maven', await mavenBroker()),
] as const;

async function givenKafka(): Promise<KafkaServer> {
  const brokers = brokerList(process.env[brokersVariable]);
  if (brokers.length === 0) throw new ServerUnavailable(`${brokersVariable} is not set`);
  await waitUntilReady({
    server: `Kafka at ${brokers.join(', ')} (from ${brokersVariable})`,
    isReady: () => answers(brokers),
    hasExited: () => false,
    timeoutMs: answerMsMax,
    logPath: null,
  });
  return { origin: 'environment', brokers, security: null, stop: async () => undefined };
}

/** `host:port, host:port` as a list; nothing, or blanks, as an empty one. */
export function brokerList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

const onLoopback = (port: number): string[] => [`127.0.0.1:${port}`];

async function ownKafka(origin: 'docker' | 'maven', broker: Broker): Promise<OwnKafka> {
  const brokers = onLoopback(broker.port.plaintext);
  const start = async (): Promise<void> => {
    await broker.start();
    await waitUntilReady({
      server: `Kafka (${origin})`,
      isReady: () => answers(brokers),
      hasExited: () => broker.hasExited(),
      timeoutMs: readyMsMax,
      logPath: broker.logPath,
    });
  };
  const stop = async (): Promise<void> => {
    await broker.stop();
    await broker.remove();
  };
  try {
    await start();
    const security = {
      brokersSasl: onLoopback(broker.port.sasl),
      users,
      brokersTls: onLoopback(broker.port.tls),
      caPath: await broker.caPath(),
    };
    const restart = async (): Promise<void> => {
      await broker.stop();
      await start();
    };
    return { origin, brokers, security, restart, kill: () => broker.kill(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
