import type { Config, SettingPath } from './schema.ts';
import { valueAt } from './tree.ts';

/** What has to hold between settings that are each right by themselves. */
export interface Relation {
  /** The settings it speaks of. Reported at the first; not checked while one of them has a fault of its own. */
  readonly between: readonly [SettingPath, ...SettingPath[]];
  readonly holds: (config: Config) => boolean;
  /** Completes a sentence that begins with the first setting. */
  readonly problem: string;
  readonly remedy: string;
}

const usesPassword = ({ kafka }: Config): boolean =>
  ['plain', 'scram-sha-256', 'scram-sha-512'].includes(kafka.sasl.mechanism);
const usesTokens = ({ kafka }: Config): boolean => kafka.sasl.mechanism === 'oauthbearer';
const usesTls = ({ kafka }: Config): boolean => kafka.tls.enabled;

const timing: readonly Relation[] = [
  {
    between: ['kafka.consumer.sessionTimeoutMs', 'kafka.consumer.heartbeatIntervalMs'],
    holds: ({ kafka: { consumer } }) => consumer.sessionTimeoutMs >= 3 * consumer.heartbeatIntervalMs,
    problem: 'must be at least three times the interval of heartbeats, so that one lost heartbeat costs no partition',
    remedy: 'Lower kafka.consumer.heartbeatIntervalMs or raise the session timeout.',
  },
  {
    between: ['kafka.consumer.rebalanceTimeoutMs', 'kafka.consumer.sessionTimeoutMs'],
    holds: ({ kafka: { consumer } }) => consumer.rebalanceTimeoutMs >= consumer.sessionTimeoutMs,
    problem: 'must be at least the session timeout, or members that live are thrown out of a rebalance',
    remedy: 'Raise kafka.consumer.rebalanceTimeoutMs.',
  },
  {
    between: ['kafka.consumer.fetchWaitMsMax', 'kafka.consumer.heartbeatIntervalMs'],
    holds: ({ kafka: { consumer } }) => consumer.fetchWaitMsMax <= consumer.heartbeatIntervalMs,
    problem: 'must be at most the interval of heartbeats, which are sent between fetches',
    remedy: 'Lower kafka.consumer.fetchWaitMsMax.',
  },
  {
    between: ['kafka.consumer.fetchBytesMin', 'kafka.consumer.fetchBytesMax'],
    holds: ({ kafka: { consumer } }) => consumer.fetchBytesMin <= consumer.fetchBytesMax,
    problem: 'must be at most kafka.consumer.fetchBytesMax',
    remedy: 'Lower the one or raise the other.',
  },
  {
    between: ['kafka.consumer.partitionFetchBytesMax', 'kafka.consumer.fetchBytesMax'],
    holds: ({ kafka: { consumer } }) => consumer.partitionFetchBytesMax <= consumer.fetchBytesMax,
    problem: 'must be at most kafka.consumer.fetchBytesMax: a partition is a part of a fetch',
    remedy: 'Lower the one or raise the other.',
  },
  {
    between: ['kafka.retry.initialMs', 'kafka.retry.maxMs'],
    holds: ({ kafka: { retry } }) => retry.initialMs <= retry.maxMs,
    problem: 'must be at most kafka.retry.maxMs, to which it grows',
    remedy: 'Lower the one or raise the other.',
  },
  {
    between: ['store.retryInitialMs', 'store.retryMaxMs'],
    holds: ({ store }) => store.retryInitialMs <= store.retryMaxMs,
    problem: 'must be at most store.retryMaxMs, to which it grows',
    remedy: 'Lower the one or raise the other.',
  },
  {
    between: ['store.retryMaxMs', 'store.holdMs'],
    holds: ({ store }) => store.retryMaxMs <= store.holdMs,
    problem: 'must be at most store.holdMs, or the store may be asked only once before decisions degrade',
    remedy: 'Lower store.retryMaxMs or raise store.holdMs.',
  },
  {
    between: ['store.holdMs', 'kafka.consumer.rebalanceTimeoutMs'],
    holds: ({ store, kafka: { consumer } }) => store.holdMs < consumer.rebalanceTimeoutMs,
    problem: 'must be less than the rebalance timeout, or a member that holds is thrown out when partitions move',
    remedy: 'Lower store.holdMs or raise kafka.consumer.rebalanceTimeoutMs.',
  },
  {
    between: ['shutdown.deadlineMs', 'model.timeoutMs', 'kafka.producer.requestTimeoutMs'],
    holds: ({ shutdown, model, kafka: { producer } }) =>
      shutdown.deadlineMs > model.timeoutMs + producer.requestTimeoutMs,
    problem: 'must be more than scoring and sending one batch may take together',
    remedy: 'Raise shutdown.deadlineMs or lower the other two.',
  },
];

const tls: readonly Relation[] = [
  ...(
    [
      'kafka.tls.caFile',
      'kafka.tls.certificateFile',
      'kafka.tls.keyFile',
      'kafka.tls.keyPassphrase',
      'kafka.tls.serverName',
    ] as const
  ).map((path) => onlyWith(path, 'kafka.tls.enabled', usesTls)),
  neededWith('kafka.tls.keyFile', 'kafka.tls.certificateFile', ({ kafka }) => kafka.tls.certificateFile !== undefined),
  neededWith('kafka.tls.certificateFile', 'kafka.tls.keyFile', ({ kafka }) => kafka.tls.keyFile !== undefined),
  onlyWith('kafka.tls.keyPassphrase', 'kafka.tls.keyFile', ({ kafka }) => kafka.tls.keyFile !== undefined),
];

const sasl: readonly Relation[] = [
  ...(['kafka.sasl.username', 'kafka.sasl.password'] as const).flatMap((path) => [
    neededWith(path, 'kafka.sasl.mechanism', usesPassword),
    onlyWith(path, 'kafka.sasl.mechanism', usesPassword),
  ]),
  ...(['kafka.sasl.oauth.tokenUrl', 'kafka.sasl.oauth.clientId', 'kafka.sasl.oauth.clientSecret'] as const).flatMap(
    (path) => [
      neededWith(path, 'kafka.sasl.mechanism', usesTokens),
      onlyWith(path, 'kafka.sasl.mechanism', usesTokens),
    ],
  ),
  onlyWith('kafka.sasl.oauth.scope', 'kafka.sasl.mechanism', usesTokens),
  {
    between: ['kafka.sasl.mechanism', 'kafka.tls.enabled', 'kafka.sasl.clearTextAllowed'],
    holds: ({ kafka }) =>
      kafka.tls.enabled || kafka.sasl.clearTextAllowed || !['plain', 'oauthbearer'].includes(kafka.sasl.mechanism),
    problem: 'would send the credential in clear text',
    remedy: 'Turn kafka.tls.enabled on or take scram-sha-512; kafka.sasl.clearTextAllowed permits it knowingly.',
  },
  {
    between: ['kafka.sasl.oauth.tokenUrl', 'kafka.sasl.clearTextAllowed'],
    holds: ({
      kafka: {
        sasl: { oauth, clearTextAllowed },
      },
    }) =>
      // prettier-ignore
      clearTextAllowed || oauth.tokenUrl === undefined || oauth.tokenUrl.startsWith('https:'),
    problem: 'would send the client secret in clear text',
    remedy: 'Give an https address; kafka.sasl.clearTextAllowed permits http knowingly.',
  },
];

const exposure: readonly Relation[] = [
  {
    between: ['http.host', 'http.remoteAllowed'],
    holds: ({ http }) => http.remoteAllowed || isLoopback(http.host),
    problem: 'opens health and metrics, which ask for no password, to other machines',
    remedy: 'Set http.remoteAllowed to true where the network is trusted, or take 127.0.0.1.',
  },
  {
    between: ['kafka.topics.deadLetters', 'kafka.topics.events', 'kafka.topics.decisions'],
    holds: ({ kafka: { topics } }) => new Set([topics.events, topics.decisions, topics.deadLetters]).size === 3,
    problem: 'and the other topics must be three different ones, or Winnow reads what it writes',
    remedy: 'Give each its own name.',
  },
];

export const relations: readonly Relation[] = [...timing, ...tls, ...sasl, ...exposure];

function neededWith(path: SettingPath, other: SettingPath, when: (config: Config) => boolean): Relation {
  return {
    between: [path, other],
    holds: (config) => !when(config) || isSet(config, path),
    problem: `is needed with this ${other}`,
    remedy: `Set it, or change ${other}.`,
  };
}

/** A setting without effect is one that someone believes in: refused. */
function onlyWith(path: SettingPath, other: SettingPath, when: (config: Config) => boolean): Relation {
  return {
    between: [path, other],
    holds: (config) => when(config) || !isSet(config, path),
    problem: `has no effect with this ${other}`,
    remedy: `Remove it, or change ${other}.`,
  };
}

function isSet(config: Config, path: SettingPath): boolean {
  return valueAt(config, path.split('.')) !== undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
