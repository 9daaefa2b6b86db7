import { describe, expect, it } from 'vitest';
import { exposedSettings } from '../../../src/config/exposures.ts';
import { loadConfig } from '../../../src/config/load.ts';

/** Nothing of it is open. */
const closed = {
  WINNOW_KAFKA_BROKERS: 'kafka.example.com:9093',
  WINNOW_KAFKA_TLS_ENABLED: 'true',
  WINNOW_STATE_KEY_SECRET: 'd41a8c0e97b25f36803ce1f749ab5d62',
};
const valkey = {
  WINNOW_STATE_STORE: 'valkey',
  WINNOW_VALKEY_NODES: 'valkey.example.com:6379',
  WINNOW_VALKEY_TLS_ENABLED: 'true',
  WINNOW_VALKEY_PASSWORD: 'word',
};

function exposed(environment: Readonly<Record<string, string>>): readonly string[] {
  const loaded = loadConfig({ environment, readSecretFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.failure.map(({ path, problem }) => `${path} ${problem}`).join('\n'));
  return exposedSettings(loaded.value).map(({ path }) => path);
}

/** These were accepted without a word. */
describe('settings that open something are told', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['nothing is open', {}, []],
    ['a Valkey with TLS and a password', valkey, []],
    ['remote brokers in clear text', { WINNOW_KAFKA_TLS_ENABLED: 'false' }, ['kafka.tls.enabled']],
    [
      'one remote broker of several in clear text',
      { WINNOW_KAFKA_BROKERS: 'localhost:9092,10.0.0.7:9092', WINNOW_KAFKA_TLS_ENABLED: 'false' },
      ['kafka.tls.enabled'],
    ],
    [
      'a broker of the own machine in clear text',
      { WINNOW_KAFKA_BROKERS: 'localhost:9092,127.0.0.1:9093', WINNOW_KAFKA_TLS_ENABLED: 'false' },
      [],
    ],
    [
      'a credential of Kafka in clear text',
      {
        WINNOW_KAFKA_TLS_ENABLED: 'false',
        WINNOW_KAFKA_SASL_MECHANISM: 'plain',
        WINNOW_KAFKA_SASL_USERNAME: 'a',
        WINNOW_KAFKA_SASL_PASSWORD: 'b',
        WINNOW_KAFKA_SASL_CLEAR_TEXT_ALLOWED: 'true',
      },
      ['kafka.tls.enabled', 'kafka.sasl.clearTextAllowed'],
    ],
    [
      'certificates of brokers that are not checked',
      { WINNOW_KAFKA_TLS_REJECT_UNAUTHORIZED: 'false' },
      ['kafka.tls.rejectUnauthorized'],
    ],
    [
      'a remote Valkey without TLS and without a password',
      { WINNOW_STATE_STORE: 'valkey', WINNOW_VALKEY_NODES: '10.0.0.9:6379' },
      ['valkey.tls.enabled', 'valkey.password'],
    ],
    [
      'a password of Valkey in clear text',
      { ...valkey, WINNOW_VALKEY_TLS_ENABLED: 'false', WINNOW_VALKEY_CLEAR_TEXT_ALLOWED: 'true' },
      ['valkey.tls.enabled'],
    ],
    [
      'a Valkey of the own machine',
      { WINNOW_STATE_STORE: 'valkey', WINNOW_VALKEY_NODES: '127.0.0.1:6379,[::1]:6379' },
      [],
    ],
    [
      'a certificate of Valkey that is not checked',
      { ...valkey, WINNOW_VALKEY_TLS_REJECT_UNAUTHORIZED: 'false' },
      ['valkey.tls.rejectUnauthorized'],
    ],
    [
      'metrics for other machines',
      { WINNOW_HTTP_HOST: '0.0.0.0', WINNOW_HTTP_REMOTE_ALLOWED: 'true' },
      ['http.remoteAllowed'],
    ],
    ['a secret that counts', { WINNOW_STATE_KEY_SECRET: '0123456789abcdef0123456789abcdee' }, ['state.keySecret']],
    ['a secret that repeats itself', { WINNOW_STATE_KEY_SECRET: 'a1b2c3d4e5f60718'.repeat(2) }, ['state.keySecret']],
    [
      'a secret of the archive that is made up',
      { WINNOW_ARCHIVE_SECRET: '00112233445566778899aabbccddeeff'.repeat(2) },
      ['archive.secret'],
    ],
    ['a secret of few digits', { WINNOW_STATE_KEY_SECRET: `1${'0'.repeat(30)}2` }, ['state.keySecret']],
  ])('%s', (_what, environment, expected) => {
    expect(exposed({ ...closed, ...environment })).toEqual(expected);
  });
});
