import { configuredTopics } from '../domain/topics.ts';
import { isLoopback, isLoopbackNode } from './loopback.ts';
import type { Config, SettingPath } from './schema.ts';
import { valueAt } from './tree.ts';

/** Those of the topics; at the dead letters, which nobody may read as events, a fault is told. */
const topicSettings = [
  'kafka.topics.deadLetters',
  ...configuredTopics.flatMap(([role]) => (role === 'deadLetters' ? [] : [`kafka.topics.${role}` as const])),
] as const satisfies readonly [SettingPath, ...SettingPath[]];

/** What has to hold between settings that are each right by themselves. */
export interface Relation {
  /** The settings it speaks of. Reported at the first; not checked while one of them has a fault of its own. */
  readonly between: readonly [SettingPath, ...SettingPath[]];
  readonly holds: (config: Config) => boolean;
  /** Completes a sentence that begins with the first setting. */
  readonly problem: string;
  readonly remedy: string;
}

/** Whether models come from another machine without TLS. */
export function isRegistryInClearText({ model: { registry } }: Config): boolean {
  if (registry.url?.startsWith('http:') !== true || !URL.canParse(registry.url)) return false;
  return !isLoopback(new URL(registry.url).hostname);
}

const usesPassword = ({ kafka }: Config): boolean =>
  ['plain', 'scram-sha-256', 'scram-sha-512'].includes(kafka.sasl.mechanism);
const usesTokens = ({ kafka }: Config): boolean => kafka.sasl.mechanism === 'oauthbearer';
const usesTls = ({ kafka }: Config): boolean => kafka.tls.enabled;

const usesValkey = ({ state }: Config): boolean => state.store === 'valkey';

const governor: readonly Relation[] = [
  {
    between: ['governor.blocksMax', 'governor.blocksMin'],
    holds: (config) => config.governor.blocksMax >= config.governor.blocksMin,
    problem: 'must be at least governor.blocksMin, which are never too many',
    remedy: 'Raise it, or lower governor.blocksMin.',
  },
];

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
    between: ['valkey.timeoutMs', 'store.holdMs'],
    holds: ({ store, valkey }) => valkey.timeoutMs < store.holdMs,
    problem: 'must be less than store.holdMs, or the first call without an answer degrades decisions',
    remedy: 'Lower valkey.timeoutMs or raise store.holdMs.',
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
  ...tlsOf('kafka', usesTls),
  ...tlsOf('valkey', ({ valkey }) => valkey.tls.enabled),
  ...tlsOf('archive', (config) => config.archive.tls.enabled),
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

const usesRegistry = ({ model: { registry } }: Config): boolean => registry.url !== undefined;

const registry: readonly Relation[] = [
  neededWith('model.registry.model', 'model.registry.url', usesRegistry),
  onlyWith('model.registry.model', 'model.registry.url', usesRegistry),
  onlyWith('model.registry.token', 'model.registry.url', usesRegistry),
  {
    between: ['model.registry.url', 'model.registry.clearTextAllowed'],
    holds: (config) => config.model.registry.clearTextAllowed || !isRegistryInClearText(config),
    problem: 'would bring models, and the token, in clear text from another machine',
    remedy: 'Give an https address; model.registry.clearTextAllowed permits http knowingly.',
  },
];

const history: readonly Relation[] = [
  {
    between: ['valkey.nodes', 'state.store'],
    holds: (config) => !usesValkey(config) || config.valkey.nodes.length > 0,
    problem: 'is needed with this state.store',
    remedy: 'Name the servers in valkey.nodes, or set state.store to embedded.',
  },
  {
    between: ['valkey.nodes', 'state.store'],
    holds: (config) => usesValkey(config) || config.valkey.nodes.length === 0,
    problem: 'has no effect with this state.store',
    remedy: 'Set state.store to valkey, or name no nodes.',
  },
  {
    between: ['valkey.tls.enabled', 'state.store'],
    holds: (config) => usesValkey(config) || !config.valkey.tls.enabled,
    problem: 'has no effect with this state.store',
    remedy: 'Set state.store to valkey, or leave it out.',
  },
  onlyWith('valkey.username', 'state.store', usesValkey),
  onlyWith('valkey.password', 'state.store', usesValkey),
  neededWith('valkey.password', 'valkey.username', ({ valkey }) => valkey.username !== undefined),
  {
    between: ['valkey.password', 'valkey.nodes', 'valkey.tls.enabled', 'valkey.clearTextAllowed'],
    holds: ({ valkey }) =>
      valkey.password === undefined ||
      valkey.tls.enabled ||
      valkey.clearTextAllowed ||
      valkey.nodes.every(isLoopbackNode),
    problem: 'would be sent in clear text',
    remedy: 'Turn valkey.tls.enabled on; valkey.clearTextAllowed permits it knowingly.',
  },
  {
    between: ['workers.count', 'state.store'],
    holds: (config) => usesValkey(config) || config.workers.count === 1 || config.workers.count === 'auto',
    problem:
      'must be 1 with this state.store: each worker would have a history of its own, and see a part of what happens',
    remedy:
      'Let them share one, with state.store valkey; or run one worker, which takes 10,000 events a second and more.',
  },
  onlyWith('state.snapshotFile', 'state.store', (config) => !usesValkey(config)),
];

const usesPostgres = (config: Config): boolean => config.archive.store === 'postgres';

const archive: readonly Relation[] = [
  onlyWith('archive.file', 'archive.store', (config) => !usesPostgres(config)),
  neededWith('archive.url', 'archive.store', usesPostgres),
  onlyWith('archive.url', 'archive.store', usesPostgres),
  onlyWith('archive.password', 'archive.store', usesPostgres),
  {
    between: ['archive.tls.enabled', 'archive.store'],
    holds: (config) => usesPostgres(config) || !config.archive.tls.enabled,
    problem: 'has no effect with this archive.store',
    remedy: 'Set archive.store to postgres, or leave it out.',
  },
  {
    between: ['archive.url', 'archive.tls.enabled', 'archive.clearTextAllowed'],
    holds: ({
      archive: {
        url,
        tls: { enabled },
        clearTextAllowed,
      },
    }) => url === undefined || enabled || clearTextAllowed || isLoopback(new URL(url).hostname),
    problem: 'would send the password and the record in clear text',
    remedy: 'Turn archive.tls.enabled on; archive.clearTextAllowed permits it knowingly.',
  },
  {
    between: ['archive.secret', 'state.keySecret'],
    holds: ({ archive: { secret }, state: { keySecret } }) =>
      secret === undefined ||
      keySecret === undefined ||
      !secret.reveal().toLowerCase().includes(keySecret.reveal().toLowerCase()),
    problem: 'is made of state.keySecret: who learns the one has the other',
    remedy: 'Make one with: openssl rand -hex 32',
  },
];

const exposure: readonly Relation[] = [
  {
    between: ['state.keySecret'],
    holds: ({ state: { keySecret } }) => keySecret === undefined || !/^(.)\1*$/i.test(keySecret.reveal()),
    problem: 'is no secret: it is one digit over and over',
    remedy: 'Make one with: openssl rand -hex 16',
  },
  {
    between: ['http.host', 'http.remoteAllowed'],
    holds: ({ http }) => http.remoteAllowed || isLoopback(http.host),
    problem: 'opens health and metrics, which ask for no password, to other machines',
    remedy: 'Set http.remoteAllowed to true where the network is trusted, or take 127.0.0.1.',
  },
  {
    between: topicSettings,
    holds: ({ kafka: { topics } }) => {
      const named = Object.values(topics).filter((topic) => topic !== undefined);
      return new Set(named).size === named.length;
    },
    problem: 'and the other topics must all be different ones, or Winnow reads what it writes, or the same twice',
    remedy: 'Give each its own name.',
  },
];

const reports: readonly Relation[] = [
  onlyWith('reports.dsa.token', 'reports.dsa.url', ({ reports: { dsa } }) => dsa.url !== undefined),
  onlyWith('reports.blockIs', 'reports.restricting', ({ reports: { restricting } }) => restricting.includes('block')),
];

export const relations: readonly Relation[] = [
  ...timing,
  ...governor,
  ...tls,
  ...sasl,
  ...registry,
  ...history,
  ...archive,
  ...exposure,
  ...reports,
];

/** Settings of TLS that mean nothing without it, or without each other. */
function tlsOf(part: 'kafka' | 'valkey' | 'archive', isEnabled: (config: Config) => boolean): readonly Relation[] {
  const names = ['caFile', 'certificateFile', 'keyFile', 'keyPassphrase', 'serverName'] as const;
  const keyFile = `${part}.tls.keyFile` as const;
  const certificateFile = `${part}.tls.certificateFile` as const;
  return [
    ...names.map((name) => onlyWith(`${part}.tls.${name}`, `${part}.tls.enabled`, isEnabled)),
    neededWith(keyFile, certificateFile, (config) => config[part].tls.certificateFile !== undefined),
    neededWith(certificateFile, keyFile, (config) => config[part].tls.keyFile !== undefined),
    onlyWith(`${part}.tls.keyPassphrase`, keyFile, (config) => config[part].tls.keyFile !== undefined),
  ];
}

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
