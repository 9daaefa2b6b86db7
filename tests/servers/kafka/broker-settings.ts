import { freePort } from '../ports.ts';

export interface BrokerPorts {
  plaintext: number;
  controller: number;
  sasl: number;
  tls: number;
  /** One more listener without security, of which clients are told another port: that of a proxy in front of it. */
  proxied?: { readonly own: number; readonly told: number };
}

/** @param proxyPort where a proxy stands through which clients reach one of the listeners. */
export async function freeBrokerPorts(proxyPort?: number): Promise<BrokerPorts> {
  return {
    plaintext: await freePort(),
    controller: await freePort(),
    sasl: await freePort(),
    tls: await freePort(),
    ...(proxyPort === undefined ? {} : { proxied: { own: await freePort(), told: proxyPort } }),
  };
}

/** Which of several brokers it is: all of them are controllers too. */
export interface ClusterPlace {
  readonly nodeId: number;
  /** Ports of the controllers, by node id from 1 on. */
  readonly controllers: readonly number[];
}

/** The one user of the SASL listener, for PLAIN and for SCRAM. Not secrets: the broker listens on loopback and is thrown away. */
export const users = {
  plain: { username: 'winnow-plain', password: 'plain-password' },
  scram: { username: 'winnow-scram', password: 'scram-password' },
} as const;

/** A user of the SASL listener, for PLAIN, who may do what a test grants, and nothing else. All others may do everything. */
export const limitedUser = { username: 'winnow-limited', password: 'limited-password' } as const;

const keyPassword = 'key-password';
const loginModule = 'org.apache.kafka.common.security';

/** What broker.sh wants in its environment. */
export function brokerEnvironment(options: {
  ports: BrokerPorts;
  bindAddress: string;
  workDirectory: string;
  classPath: string;
  place?: ClusterPlace;
}): Record<string, string> {
  return {
    WORK: options.workDirectory,
    CLASS_PATH: options.classPath,
    SERVER_PROPERTIES: serverProperties(options.ports, options.bindAddress, options.place),
    NODE_ID: nodeIdOf(options.place),
    HEAP: options.place === undefined ? '512m' : '320m',
    KEY_PASSWORD: keyPassword,
    SCRAM_CREDENTIAL: `[name=${users.scram.username},password=${users.scram.password}]`,
  };
}

function nodeIdOf(place: ClusterPlace | undefined): string {
  return String(place?.nodeId ?? 1);
}

/** @param bindAddress 127.0.0.1, or 0.0.0.0 inside a container. Clients are always told 127.0.0.1. */
export function serverProperties(ports: BrokerPorts, bindAddress: string, place?: ClusterPlace): string {
  const { proxied } = ports;
  const listeners = (host: string, proxiedPort?: number): string =>
    [
      `PLAINTEXT://${host}:${ports.plaintext},SASL://${host}:${ports.sasl},TLS://${host}:${ports.tls}`,
      ...(proxiedPort === undefined ? [] : [`PROXIED://${host}:${proxiedPort}`]),
    ].join(',');
  return toProperties({
    'process.roles': 'broker,controller',
    'node.id': nodeIdOf(place),
    'controller.quorum.voters': (place?.controllers ?? [ports.controller])
      .map((port, index) => `${index + 1}@127.0.0.1:${port}`)
      .join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: `${listeners(bindAddress, proxied?.own)},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': listeners('127.0.0.1', proxied?.told),
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL',
    'log.dirs': 'data',
    ...(place === undefined ? { ...singleNode, ...authorized } : replicated),
    ...quick,
    ...bounded,
    ...security,
  });
}

const singleNode = {
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
};

/** `winnow` is who the tokens of the tests are for. */
const authorized = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': ['ANONYMOUS', users.plain.username, users.scram.username, 'winnow']
    .map((name) => `User:${name}`)
    .join(';'),
};

/**
 * Everything on three brokers, and acknowledged by two. A broker that is gone is given up after 3 s where Kafka's own default is 9,
 * so that the tests wait less; what is tested is what comes after.
 */
const replicated = {
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'share.coordinator.state.topic.replication.factor': '3',
  'share.coordinator.state.topic.min.isr': '2',
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
};

/** Few internal partitions and no waiting for more members, so that a group forms in milliseconds. */
const quick = {
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'auto.create.topics.enable': 'false',
};

/**
 * Retention by size alone. By age, the broker would delete what tests write with event times in the past: it takes the
 * age from the record's own timestamp.
 */
const bounded = {
  'log.retention.ms': '-1',
  'log.retention.bytes': String(1024 ** 3),
  'log.segment.bytes': String(64 * 1024 ** 2),
};

/** OAUTHBEARER takes unsecured tokens (`alg: none`): what is under test is that the client sends one. */
const security = {
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
  'listener.name.sasl.plain.sasl.jaas.config': `${loginModule}.plain.PlainLoginModule required user_${users.plain.username}="${users.plain.password}" user_${limitedUser.username}="${limitedUser.password}";`,
  'listener.name.sasl.scram-sha-256.sasl.jaas.config': `${loginModule}.scram.ScramLoginModule required;`,
  'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${loginModule}.scram.ScramLoginModule required;`,
  'listener.name.sasl.oauthbearer.sasl.jaas.config': `${loginModule}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
  'listener.name.tls.ssl.keystore.type': 'PKCS12',
  'listener.name.tls.ssl.keystore.location': 'keystore.p12',
  'listener.name.tls.ssl.keystore.password': keyPassword,
  'listener.name.tls.ssl.key.password': keyPassword,
};

function toProperties(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}
