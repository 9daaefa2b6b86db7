import { describe, expect, it } from 'vitest';

import { loadConfig } from '../../../src/config/load.ts';
import { relations } from '../../../src/config/relations.ts';

const file = { readSecretFile: () => '' };

/** One pair a line: settings that break a relation, the setting it is reported at, and the message's beginning. */
const broken: readonly (readonly [environment: Record<string, string>, path: string, problem: string])[] = [
  [
    { CONSUMER_SESSION_TIMEOUT_MS: '8999', CONSUMER_HEARTBEAT_INTERVAL_MS: '3000' },
    'kafka.consumer.sessionTimeoutMs',
    'must be at least three times the interval of heartbeats, so that one lost heartbeat costs no partition: it is 8999, kafka.consumer.heartbeatIntervalMs is 3000',
  ],
  [
    { CONSUMER_SESSION_TIMEOUT_MS: '60001' },
    'kafka.consumer.rebalanceTimeoutMs',
    'must be at least the session timeout',
  ],
  [
    { CONSUMER_FETCH_WAIT_MS_MAX: '3001' },
    'kafka.consumer.fetchWaitMsMax',
    'must be at most the interval of heartbeats',
  ],
  [
    { CONSUMER_FETCH_BYTES_MIN: '1048577', CONSUMER_FETCH_BYTES_MAX: '1048576' },
    'kafka.consumer.fetchBytesMin',
    'must be at most kafka.consumer.fetchBytesMax',
  ],
  [
    { CONSUMER_FETCH_BYTES_MAX: '1048575' },
    'kafka.consumer.partitionFetchBytesMax',
    'must be at most kafka.consumer.fetchBytesMax: a partition',
  ],
  [{ RETRY_INITIAL_MS: '5001' }, 'kafka.retry.initialMs', 'must be at most kafka.retry.maxMs'],
  [{ STORE_RETRY_INITIAL_MS: '2001' }, 'store.retryInitialMs', 'must be at most store.retryMaxMs'],
  [{ STORE_HOLD_MS: '1999' }, 'store.retryMaxMs', 'must be at most store.holdMs'],
  [{ VALKEY_TIMEOUT_MS: '30000' }, 'valkey.timeoutMs', 'must be less than store.holdMs'],
  [{ STATE_KEY_SECRET: '0'.repeat(32) }, 'state.keySecret', 'is no secret: it is one digit over and over'],
  [{ GOVERNOR_BLOCKS_MAX: '49' }, 'governor.blocksMax', 'must be at least governor.blocksMin'],
  [{ STORE_HOLD_MS: '60000' }, 'store.holdMs', 'must be less than the rebalance timeout'],
  [
    { SHUTDOWN_DEADLINE_MS: '12000' },
    'shutdown.deadlineMs',
    'must be more than scoring and sending one batch may take together: it is 12000, model.timeoutMs is 2000 (default), kafka.producer.requestTimeoutMs is 10000 (default)',
  ],
  [
    { TLS_CA_FILE: 'a' },
    'kafka.tls.caFile',
    'has no effect with this kafka.tls.enabled: it is set, kafka.tls.enabled is false (default)',
  ],
  [{ TLS_CERTIFICATE_FILE: 'a', TLS_KEY_FILE: 'a' }, 'kafka.tls.certificateFile', 'has no effect'],
  [{ TLS_CERTIFICATE_FILE: 'a', TLS_KEY_FILE: 'a' }, 'kafka.tls.keyFile', 'has no effect'],
  [{ TLS_SERVER_NAME: 'a' }, 'kafka.tls.serverName', 'has no effect'],
  [{ TLS_KEY_PASSPHRASE: 'a' }, 'kafka.tls.keyPassphrase', 'has no effect with this kafka.tls.enabled'],
  [
    { TLS_ENABLED: 'true', TLS_CERTIFICATE_FILE: 'a' },
    'kafka.tls.keyFile',
    'is needed with this kafka.tls.certificateFile',
  ],
  [{ TLS_ENABLED: 'true', TLS_KEY_FILE: 'a' }, 'kafka.tls.certificateFile', 'is needed with this kafka.tls.keyFile'],
  [
    { TLS_ENABLED: 'true', TLS_KEY_PASSPHRASE: 'a' },
    'kafka.tls.keyPassphrase',
    'has no effect with this kafka.tls.keyFile',
  ],
  [
    { SASL_USERNAME: 'a' },
    'kafka.sasl.username',
    'has no effect with this kafka.sasl.mechanism: it is set, kafka.sasl.mechanism is none (default)',
  ],
  [{ SASL_PASSWORD: 'a' }, 'kafka.sasl.password', 'has no effect'],
  [
    { SASL_MECHANISM: 'scram-sha-512', SASL_PASSWORD: 'a' },
    'kafka.sasl.username',
    'is needed with this kafka.sasl.mechanism: it is not set, kafka.sasl.mechanism is scram-sha-512 (WINNOW_KAFKA_SASL_MECHANISM)',
  ],
  [{ SASL_MECHANISM: 'scram-sha-256', SASL_USERNAME: 'a' }, 'kafka.sasl.password', 'is needed'],
  [{ SASL_OAUTH_TOKEN_URL: 'https://a' }, 'kafka.sasl.oauth.tokenUrl', 'has no effect'],
  [{ SASL_OAUTH_CLIENT_ID: 'a' }, 'kafka.sasl.oauth.clientId', 'has no effect'],
  [{ SASL_OAUTH_CLIENT_SECRET: 'a' }, 'kafka.sasl.oauth.clientSecret', 'has no effect'],
  [{ SASL_OAUTH_SCOPE: 'a' }, 'kafka.sasl.oauth.scope', 'has no effect'],
  [{ TLS_ENABLED: 'true', SASL_MECHANISM: 'oauthbearer' }, 'kafka.sasl.oauth.tokenUrl', 'is needed'],
  [{ TLS_ENABLED: 'true', SASL_MECHANISM: 'oauthbearer' }, 'kafka.sasl.oauth.clientId', 'is needed'],
  [{ TLS_ENABLED: 'true', SASL_MECHANISM: 'oauthbearer' }, 'kafka.sasl.oauth.clientSecret', 'is needed'],
  [{ SASL_MECHANISM: 'plain' }, 'kafka.sasl.mechanism', 'would send the credential in clear text'],
  [
    { SASL_MECHANISM: 'oauthbearer', SASL_OAUTH_TOKEN_URL: 'http://a' },
    'kafka.sasl.oauth.tokenUrl',
    'would send the client secret in clear text',
  ],
  ...(['CA_FILE', 'CERTIFICATE_FILE', 'KEY_FILE', 'KEY_PASSPHRASE', 'SERVER_NAME'] as const).map(
    (name): (typeof broken)[number] => [
      { [`VALKEY_TLS_${name}`]: 'a' },
      `valkey.tls.${name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())}`,
      'has no effect with this valkey.tls.enabled',
    ],
  ),
  [{ VALKEY_TLS_CERTIFICATE_FILE: 'a' }, 'valkey.tls.keyFile', 'is needed with this valkey.tls.certificateFile'],
  [{ VALKEY_TLS_KEY_FILE: 'a' }, 'valkey.tls.certificateFile', 'is needed with this valkey.tls.keyFile'],
  [{ VALKEY_TLS_KEY_PASSPHRASE: 'a' }, 'valkey.tls.keyPassphrase', 'has no effect with this valkey.tls.keyFile'],
  [{ STATE_STORE: 'valkey' }, 'valkey.nodes', 'is needed with this state.store: it is empty, state.store is valkey'],
  [{ WORKERS_COUNT: '2' }, 'workers.count', 'must be 1 with this state.store'],
  [{ VALKEY_NODES: 'a:1' }, 'valkey.nodes', 'has no effect with this state.store'],
  [{ VALKEY_TLS_ENABLED: 'true' }, 'valkey.tls.enabled', 'has no effect with this state.store'],
  [{ VALKEY_USERNAME: 'a' }, 'valkey.username', 'has no effect with this state.store'],
  [{ VALKEY_USERNAME: 'a' }, 'valkey.password', 'is needed with this valkey.username'],
  [{ VALKEY_PASSWORD: 'a' }, 'valkey.password', 'has no effect with this state.store'],
  [
    { STATE_STORE: 'valkey', VALKEY_NODES: '127.0.0.1:1,a:1', VALKEY_PASSWORD: 'a' },
    'valkey.password',
    'would be sent in clear text',
  ],
  [
    { STATE_STORE: 'valkey', VALKEY_NODES: 'a:1', STATE_SNAPSHOT_FILE: 'a' },
    'state.snapshotFile',
    'has no effect with this state.store',
  ],
  ...(['CA_FILE', 'CERTIFICATE_FILE', 'KEY_FILE', 'KEY_PASSPHRASE', 'SERVER_NAME'] as const).map(
    (name): (typeof broken)[number] => [
      { [`ARCHIVE_TLS_${name}`]: 'a' },
      `archive.tls.${name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())}`,
      'has no effect with this archive.tls.enabled',
    ],
  ),
  [{ ARCHIVE_TLS_CERTIFICATE_FILE: 'a' }, 'archive.tls.keyFile', 'is needed with this archive.tls.certificateFile'],
  [{ ARCHIVE_TLS_KEY_FILE: 'a' }, 'archive.tls.certificateFile', 'is needed with this archive.tls.keyFile'],
  [{ ARCHIVE_TLS_KEY_PASSPHRASE: 'a' }, 'archive.tls.keyPassphrase', 'has no effect with this archive.tls.keyFile'],
  [{ ARCHIVE_STORE: 'postgres', ARCHIVE_FILE: 'a' }, 'archive.file', 'has no effect with this archive.store'],
  [{ ARCHIVE_STORE: 'postgres' }, 'archive.url', 'is needed with this archive.store'],
  [{ ARCHIVE_URL: 'postgres://a@localhost/a' }, 'archive.url', 'has no effect with this archive.store'],
  [{ ARCHIVE_PASSWORD: 'a' }, 'archive.password', 'has no effect with this archive.store'],
  [{ ARCHIVE_TLS_ENABLED: 'true' }, 'archive.tls.enabled', 'has no effect with this archive.store'],
  [
    { ARCHIVE_STORE: 'postgres', ARCHIVE_URL: 'postgres://a@db.example.com/a' },
    'archive.url',
    'would send the password and the record in clear text',
  ],
  [
    {
      ARCHIVE_SECRET: '0123456789abcdeffedcba9876543210'.repeat(2),
      STATE_KEY_SECRET: '0123456789abcdeffedcba9876543210',
    },
    'archive.secret',
    'is made of state.keySecret: who learns the one has the other',
  ],
  [{ REPORTS_DSA_TOKEN: 'a' }, 'reports.dsa.token', 'has no effect with this reports.dsa.url'],
  [
    { REPORTS_RESTRICTING: 'review', REPORTS_BLOCK_IS: 'suspension' },
    'reports.blockIs',
    'has no effect with this reports.restricting',
  ],
  [
    { MODEL_REGISTRY_URL: 'https://mlflow.example.com' },
    'model.registry.model',
    'is needed with this model.registry.url',
  ],
  [{ MODEL_REGISTRY_MODEL: 'winnow' }, 'model.registry.model', 'has no effect with this model.registry.url'],
  [{ MODEL_REGISTRY_TOKEN: 'secret' }, 'model.registry.token', 'has no effect with this model.registry.url'],
  [
    { MODEL_REGISTRY_URL: 'http://mlflow.example.com', MODEL_REGISTRY_MODEL: 'winnow' },
    'model.registry.url',
    'would bring models, and the token, in clear text',
  ],
  [{ HTTP_HOST: '0.0.0.0' }, 'http.host', 'opens health and metrics, which ask for no password, to other machines'],
  [
    { TOPICS_DECISIONS: 'account-events' },
    'kafka.topics.deadLetters',
    'and the other topics must all be different ones',
  ],
];

function load(environment: Record<string, string>) {
  const variables = Object.entries(environment).map(([name, value]): [string, string] => [
    /^(ARCHIVE|MODEL|REPORTS|STATE|STORE|GOVERNOR|VALKEY|SHUTDOWN|HTTP|WORKERS)_/.test(name)
      ? `WINNOW_${name}`
      : `WINNOW_KAFKA_${name}`,
    value,
  ]);
  return loadConfig({ environment: Object.fromEntries(variables), ...file });
}

describe('relations', () => {
  it.each(broken)('with %j make a fault of %s', (environment, path, problem) => {
    const loaded = load(environment);
    const faults = loaded.ok ? [] : loaded.failure;
    expect(faults.filter((fault) => fault.path === path).map((fault) => fault.problem)).toContainEqual(
      expect.stringContaining(problem),
    );
  });

  it.each(relations.map((relation) => [relation.between[0], relation.problem] as const))(
    '%s %s: is broken by a case above',
    (first, problem) => {
      expect(
        broken.some(
          ([, path, beginning]) => path === first && (beginning.startsWith(problem) || problem.startsWith(beginning)),
        ),
      ).toBe(true);
    },
  );

  it.each([
    ['a session of three heartbeats', { CONSUMER_SESSION_TIMEOUT_MS: '9000' }],
    ['plain over TLS', { TLS_ENABLED: 'true', SASL_MECHANISM: 'plain', SASL_USERNAME: 'a', SASL_PASSWORD: 'b' }],
    [
      'plain in clear text, knowingly',
      { SASL_MECHANISM: 'plain', SASL_USERNAME: 'a', SASL_PASSWORD: 'b', SASL_CLEAR_TEXT_ALLOWED: 'true' },
    ],
    ['scram without TLS', { SASL_MECHANISM: 'scram-sha-512', SASL_USERNAME: 'a', SASL_PASSWORD: 'b' }],
    [
      'tokens over TLS',
      {
        TLS_ENABLED: 'true',
        SASL_MECHANISM: 'oauthbearer',
        SASL_OAUTH_TOKEN_URL: 'https://a/b?c=d',
        SASL_OAUTH_CLIENT_ID: 'a',
        SASL_OAUTH_CLIENT_SECRET: 'b',
        SASL_OAUTH_SCOPE: 'c d',
      },
    ],
    [
      'mutual TLS',
      { TLS_ENABLED: 'true', TLS_CA_FILE: 'a', TLS_CERTIFICATE_FILE: 'b', TLS_KEY_FILE: 'c', TLS_KEY_PASSPHRASE: 'd' },
    ],
    [
      'a Valkey of the own machine',
      { STATE_STORE: 'valkey', VALKEY_NODES: 'localhost:1,[::1]:1', VALKEY_PASSWORD: 'a' },
    ],
    [
      'a Valkey with TLS and a user',
      {
        STATE_STORE: 'valkey',
        VALKEY_NODES: 'a:1',
        VALKEY_TLS_ENABLED: 'true',
        VALKEY_TLS_CA_FILE: 'a',
        VALKEY_USERNAME: 'a',
        VALKEY_PASSWORD: 'b',
      },
    ],
    [
      'a password in clear text, knowingly',
      { STATE_STORE: 'valkey', VALKEY_NODES: 'a:1', VALKEY_PASSWORD: 'b', VALKEY_CLEAR_TEXT_ALLOWED: 'true' },
    ],
    ['another machine, knowingly', { HTTP_HOST: '0.0.0.0', HTTP_REMOTE_ALLOWED: 'true' }],
    ['the loopback of IPv6', { HTTP_HOST: '::1' }],
  ])('hold for %s', (_, environment: Record<string, string>) => {
    const loaded = load(environment);
    expect(loaded.ok ? [] : loaded.failure).toEqual([]);
  });

  it('refuse credentials in an address', () => {
    const loaded = load({ SASL_OAUTH_TOKEN_URL: 'https://user:hunter2@login.example.com/token' });
    expect(loaded.ok ? [] : loaded.failure.map(({ path }) => path)).toEqual(['kafka.sasl.oauth.tokenUrl']);
  });
});
