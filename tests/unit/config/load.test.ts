import { describe, expect, it } from 'vitest';

import { describeFault } from '../../../src/config/fault.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { ConfigSources } from '../../../src/config/load.ts';
import { requiredToRun } from '../../../src/config/schema.ts';
import type { Config } from '../../../src/config/schema.ts';
import { sectionPaths, settings } from '../../../src/config/settings.ts';

const key = '00112233445566778899aabbccddeeff';

function load(text: string, environment: ConfigSources['environment'] = {}, required: ConfigSources['required'] = []) {
  return loadConfig({
    file: { name: 'winnow.yaml', text },
    environment,
    readSecretFile: (path) => {
      if (path === '/run/secrets/key') return `${key}\n`;
      throw Object.assign(new Error(`cannot open ${path}`), { code: 'ENOENT' });
    },
    required,
  });
}

function compiled(...given: Parameters<typeof load>): Config {
  const loaded = load(...given);
  if (!loaded.ok) throw new Error(loaded.failure.map(describeFault).join('\n'));
  return loaded.value;
}

function faults(...given: Parameters<typeof load>): string[] {
  const loaded = load(...given);
  return loaded.ok ? [] : loaded.failure.map(describeFault);
}

describe('a configuration', () => {
  it('is complete without file and environment', () => {
    const config = compiled('');
    expect(config.kafka.topics).toEqual({
      events: 'account-events',
      decisions: 'account-decisions',
      deadLetters: 'account-events-dead-letter',
    });
    expect(config.decisions.emit).toEqual(['challenge', 'review', 'block']);
    expect(config.http).toEqual({ host: '127.0.0.1', port: 9464, remoteAllowed: false });
    expect(config.state.keySecret).toBeUndefined();
  });

  it('is frozen all the way down', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(compiled('', { WINNOW_STATE_KEY_SECRET: key }))).toBe(true);
  });

  it('takes the file over the default, and the environment over the file', () => {
    const file = 'kafka: { groupId: from-file, clientId: from-file }';
    const { kafka } = compiled(file, { WINNOW_KAFKA_GROUP_ID: 'from-environment' });
    expect([kafka.groupId, kafka.clientId, kafka.topics.events]).toEqual([
      'from-environment',
      'from-file',
      'account-events',
    ]);
  });

  it('lets the environment mend what is wrong in the file', () => {
    expect(compiled('log: { level: 7 }', { WINNOW_LOG_LEVEL: 'debug' }).log.level).toBe('debug');
  });

  it.each(settings.filter(({ default: value }) => value !== undefined && value.toString() !== ''))(
    'takes $path as the text of $variable',
    ({ path, variable, default: value }) => {
      const config = compiled('', { [variable]: String(value) });
      expect(path.split('.').reduce<unknown>((tree, name) => (tree as Record<string, unknown>)[name], config)).toEqual(
        value,
      );
    },
  );

  it.each(sectionPaths)('takes %s without a member for one with defaults', (path) => {
    const names = path.split('.');
    const text = names.map((name, depth) => `${'  '.repeat(depth)}${name}:`).join('\n');
    expect(compiled(text)).toEqual(compiled(''));
  });

  it.each([
    ['a list', 'kafka: { brokers: [a:1, "[::1]:2"] }', {}],
    ['a text with commas', 'kafka: { brokers: "a:1, [::1]:2" }', {}],
    ['a variable with commas', '', { WINNOW_KAFKA_BROKERS: 'a:1,[::1]:2' }],
  ])('takes brokers as %s', (_, file, environment) => {
    expect(compiled(file, environment).kafka.brokers).toEqual(['a:1', '[::1]:2']);
  });

  it.each([
    ['all', ['allow', 'challenge', 'review', 'block']],
    ['block,allow,block', ['allow', 'block']],
  ])('takes decisions.emit %s for %j', (text, actions) => {
    expect(compiled('', { WINNOW_DECISIONS_EMIT: text }).decisions.emit).toEqual(actions);
  });

  it('takes a secret of digits from the environment as text', () => {
    const environment = {
      WINNOW_KAFKA_SASL_MECHANISM: 'scram-sha-256',
      WINNOW_KAFKA_SASL_USERNAME: 'winnow',
      WINNOW_KAFKA_SASL_PASSWORD: '0123',
    };
    expect(compiled('', environment).kafka.sasl.password?.reveal()).toBe('0123');
  });

  it('takes a secret from a file, without the newline at its end', () => {
    const config = compiled('', { WINNOW_STATE_KEY_SECRET_FILE: '/run/secrets/key' });
    expect(config.state.keySecret?.reveal()).toBe(key);
  });

  it.each([
    ['an empty variable', { WINNOW_LOG_LEVEL: '' }],
    ['variables of others', { PATH: '/bin', KAFKA_BROKERS: 'x' }],
    ['the path of the file and addresses for tests', { WINNOW_CONFIG: 'x', WINNOW_TEST_KAFKA_BROKERS: 'x' }],
    [
      'what Kubernetes says of a Service called winnow',
      {
        WINNOW_SERVICE_HOST: '10.0.0.7',
        WINNOW_SERVICE_PORT: '9464',
        WINNOW_SERVICE_PORT_METRICS: '9464',
        WINNOW_PORT: 'tcp://10.0.0.7:9464',
        WINNOW_PORT_9464_TCP: 'tcp://10.0.0.7:9464',
        WINNOW_PORT_9464_TCP_ADDR: '10.0.0.7',
      },
    ],
  ])('passes over %s', (_, environment) => {
    expect(compiled('', environment)).toEqual(compiled(''));
  });
});

describe('faults', () => {
  it.each([
    // Types and bounds.
    [
      'log: { level: inof }',
      'log.level (winnow.yaml:1:8): must be one of trace, debug, info, warn, error, fatal, silent, but is another text. Did you mean info?',
    ],
    [
      'http: { port: 65536 }',
      'http.port (winnow.yaml:1:9): must be a whole number from 0 to 65535, but is 65536. Choose a number within these bounds.',
    ],
    [
      'http:\n  port: "80"',
      'http.port (winnow.yaml:2:3): must be a whole number from 0 to 65535, but is a text. Write a bare number; the unit is in the name of the setting.',
    ],
    [
      'http: { port: 1.5 }',
      'http.port (winnow.yaml:1:9): must be a whole number from 0 to 65535, but is 1.5. Choose a number within these bounds.',
    ],
    [
      'http: { port: .nan }',
      'http.port (winnow.yaml:1:9): must be a whole number from 0 to 65535, but is NaN. Choose a number within these bounds.',
    ],
    [
      'http: { port: }',
      'http.port (winnow.yaml:1:9): must be a whole number from 0 to 65535, but is empty. Give a value or remove the line; a text that begins with # or & needs quotes.',
    ],
    [
      'kafka: { tls: { enabled: yes } }',
      'kafka.tls.enabled (winnow.yaml:1:17): must be true or false, but is a text. Write true or false, without quotes.',
    ],
    [
      'kafka: { groupId: 7 }',
      'kafka.groupId (winnow.yaml:1:10): must be a text of 1 to 249 letters, digits, dots, dashes and underscores, but is a number. Put it in quotes.',
    ],
    [
      'kafka: { topics: { events: .. } }',
      'kafka.topics.events (winnow.yaml:1:20): must be a topic name of 1 to 249 letters, digits, dots, dashes and underscores, but is another text. Write it like account-events.',
    ],
    [
      'kafka: { groupId: "winnow " }',
      'kafka.groupId (winnow.yaml:1:10): must be a text of 1 to 249 letters, digits, dots, dashes and underscores, but is a text that begins or ends with a blank. Write it like winnow.',
    ],
    [
      'state: { keySecret: 00112233445566778899001122334455 }',
      'state.keySecret (winnow.yaml:1:10): must be a text of 32 hex digits (16 bytes), but is a number. Put it in quotes.',
    ],
    [
      'state: { keySecret: short }',
      'state.keySecret (winnow.yaml:1:10): must be a text of 32 hex digits (16 bytes), but is another text. Make one with: openssl rand -hex 16',
    ],
    [
      'kafka:\n  brokers:\n    - a:1\n    - user:word@b:2',
      'kafka.brokers[1] (winnow.yaml:4:7): must be host:port with a port from 1 to 65535, but is another text. Write it like kafka-1.example.com:9092.',
    ],
    [
      'decisions: { emit: [] }',
      'decisions.emit (winnow.yaml:1:14): must be a list of allow, challenge, review, block, or all, but is another list. Name at least one of the words.',
    ],
    [
      'decisions: { emit: [blok] }',
      'decisions.emit[0] (winnow.yaml:1:21): must be one of allow, challenge, review, block, all, but is another text. Did you mean block?',
    ],
    [
      'batch: { recordsMax: 1025 }',
      'batch.recordsMax (winnow.yaml:1:10): must be a whole number from 1 to 1024, but is 1025. Choose a number within these bounds.',
    ],
    [
      'batch: 7',
      'batch (winnow.yaml:1:1): must be a section with settings in it, but is a number. Write the settings below it, indented.',
    ],
    [
      'batch: { recordsMax: { a: 1 } }',
      'batch.recordsMax (winnow.yaml:1:10): must be a whole number from 1 to 1024, but is a mapping. Write a bare number; the unit is in the name of the setting.',
    ],
    // Unknown names.
    ['kafka:\n  brokerz: x', 'kafka.brokerz (winnow.yaml:2:3): is no setting. Did you mean kafka.brokers?'],
    ['kafak: {}', 'kafak (winnow.yaml:1:1): is no setting. Did you mean kafka?'],
    [
      'kafka: { sessionTimeoutMs: 1 }',
      'kafka.sessionTimeoutMs (winnow.yaml:1:10): is no setting. Did you mean kafka.consumer.sessionTimeoutMs, below its section?',
    ],
    [
      'kafka.groupId: x',
      'kafka.groupId (winnow.yaml:1:1): is no setting. Did you mean kafka.groupId, below its section?',
    ],
    ['entirelyElse: 1', 'entirelyElse (winnow.yaml:1:1): is no setting. Remove it; the reference lists every setting.'],
    [
      '__proto__: { a: 1 }',
      '__proto__ (winnow.yaml:1:1): is no setting. Remove it; the reference lists every setting.',
    ],
    ['constructor: 1', 'constructor (winnow.yaml:1:1): is no setting. Remove it; the reference lists every setting.'],
    ['"a\\nb": 1', '"a\\nb" (winnow.yaml:1:1): is no setting. Remove it; the reference lists every setting.'],
    // No YAML, or none that is a configuration.
    ['- a', 'winnow.yaml: is not a mapping. Begin with a section such as kafka:'],
    ['log:\n  level: info\n  level: info', 'winnow.yaml:3:3: repeats a key. Keep one of the two.'],
    ['log:\n\tlevel: info', 'winnow.yaml:2:1: is indented with a tab. Indent with spaces.'],
    [
      'log: { level: *info }',
      'winnow.yaml:1:15: refers to an anchor that is not there. A text that begins with a sign such as * & ! % @ ` needs quotes around it.',
    ],
    [
      'log: { level: !info x }',
      'winnow.yaml:1:15: has an unknown tag. A text that begins with a sign such as * & ! % @ ` needs quotes around it.',
    ],
    ['log: {}\n---\nlog: {}', 'winnow.yaml:2:1: begins a second document. Remove the line ---.'],
    ['? [a]\n: b', 'winnow.yaml:1:3: has a key that is no text. Write the name of a setting.'],
    [
      'log: { level: info',
      'winnow.yaml:1:19: does not fit what is above. Indent the settings of one section equally, and close brackets.',
    ],
  ])('in the file %j', (file, message) => {
    expect(faults(file)).toEqual([message]);
  });

  it.each([
    [
      { WINNOW_HTTP_PORT: '1_000' },
      'http.port (WINNOW_HTTP_PORT): must be a whole number from 0 to 65535, but is a text. Write a bare number; the unit is in the name of the setting.',
    ],
    [
      { WINNOW_HTTP_PORT: 'tcp://10.0.0.7:9464' },
      'http.port (WINNOW_HTTP_PORT): must be a whole number from 0 to 65535, but is a text. Kubernetes sets this variable for a Service of that name: set enableServiceLinks to false in the pod.',
    ],
    [
      { WINNOW_KAFKA_TLS_ENABLED: '1' },
      'kafka.tls.enabled (WINNOW_KAFKA_TLS_ENABLED): must be true or false, but is a text. Write true or false, without quotes.',
    ],
    [
      { WINNOW_KAFKA_BROKERS: 'a:1,b' },
      'kafka.brokers[1] (WINNOW_KAFKA_BROKERS): must be host:port with a port from 1 to 65535, but is another text. Write it like kafka-1.example.com:9092.',
    ],
    [
      { WINNOW_KAFKA_BROKER: 'a:1' },
      'WINNOW_KAFKA_BROKER (environment): is no setting. Did you mean WINNOW_KAFKA_BROKERS?',
    ],
    [
      { WINNOW_ENTIRELY_ELSE: 'x' },
      'WINNOW_ENTIRELY_ELSE (environment): is no setting. Unset it; names with WINNOW_ are settings.',
    ],
    [
      { WINNOW_KAFKA_GROUP_ID_FILE: '/x' },
      'WINNOW_KAFKA_GROUP_ID_FILE (environment): gives a file for a setting that is no secret. Set WINNOW_KAFKA_GROUP_ID itself.',
    ],
    [
      { WINNOW_STATE_KEY_SECRET_FILE: '/absent' },
      'state.keySecret (WINNOW_STATE_KEY_SECRET_FILE): names a file that cannot be read (ENOENT). Give the path of a readable file that holds the secret and nothing else.',
    ],
    [
      { WINNOW_STATE_KEY_SECRET: key, WINNOW_STATE_KEY_SECRET_FILE: '/run/secrets/key' },
      'state.keySecret (WINNOW_STATE_KEY_SECRET_FILE): is given by WINNOW_STATE_KEY_SECRET too. Unset one of the two.',
    ],
  ])('in the environment %j', (environment, message) => {
    expect(faults('', environment)).toEqual([message]);
  });

  it('name what is missing, and how to set it', () => {
    expect(faults('', {}, requiredToRun)).toEqual([
      'kafka.brokers (not set): must be a list of at most 64, each host:port with a port from 1 to 65535. Set WINNOW_KAFKA_BROKERS or kafka.brokers in the file. Write it like kafka-1.example.com:9092.',
      'state.keySecret (not set): must be a text of 32 hex digits (16 bytes). Set WINNOW_STATE_KEY_SECRET, WINNOW_STATE_KEY_SECRET_FILE or state.keySecret in the file. Make one with: openssl rand -hex 16',
    ]);
  });

  it('are told all at once: file, environment, missing and relations', () => {
    const paths = faults(
      'kafka: { groupId: 7, brokerz: x, consumer: { sessionTimeoutMs: 6000, heartbeatIntervalMs: 3000 } }\nhttp: { host: 0.0.0.0, port: x }',
      {
        WINNOW_LOG_LEVEL: 'loud',
        WINNOW_X: 'x',
        WINNOW_STATE_KEY_SECRET_FILE: '/absent',
        WINNOW_KAFKA_TLS_CA_FILE: 'ca.pem',
      },
      requiredToRun,
    ).map((message) => message.slice(0, message.indexOf(' ')));
    expect(paths.toSorted()).toEqual([
      'WINNOW_X',
      'http.host',
      'http.port',
      'kafka.brokers',
      'kafka.brokerz',
      'kafka.consumer.sessionTimeoutMs',
      'kafka.groupId',
      'kafka.tls.caFile',
      'log.level',
      'state.keySecret',
    ]);
  });

  it('are told once a setting, also where it breaks several checks', () => {
    expect(faults('http: { port: 99999.5 }')).toHaveLength(1);
  });

  it('of one setting do not make its relations and its absence faults too', () => {
    expect(
      faults(
        'kafka: { brokers: 7, consumer: { sessionTimeoutMs: x, heartbeatIntervalMs: 20000 } }',
        { WINNOW_STATE_KEY_SECRET: key },
        requiredToRun,
      ),
    ).toEqual([
      expect.stringContaining('kafka.brokers (winnow.yaml:1:10): must be a list'),
      expect.stringContaining('kafka.consumer.sessionTimeoutMs (winnow.yaml:1:34): must be a whole number'),
    ]);
  });

  it('of syntax do not hide those of the environment, and what the file may say is not called missing', () => {
    expect(faults('kafka: [', { WINNOW_LOG_LEVEL: 'loud' }, requiredToRun)).toEqual([
      expect.stringContaining('winnow.yaml:1:9: does not fit what is above'),
      expect.stringContaining('log.level (WINNOW_LOG_LEVEL)'),
    ]);
  });

  it('of aliases that multiply are told, and the text is not expanded', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]`,
    );
    expect(faults(['a0: &a0 [x]', ...levels].join('\n'))).toEqual([
      'winnow.yaml: has too many aliases. Write the values out.',
    ]);
  });
});

describe('what an installation knows of addresses', () => {
  it('is a list of blocks and of autonomous systems', () => {
    const { reference } = compiled('reference: { ownNetworks: ["10.8.0.0/16", "2a01:4f8::/32"] }', {
      WINNOW_REFERENCE_HOSTING_ASNS: '64496, 4294967294',
    });
    expect(reference).toEqual({
      ownNetworks: ['10.8.0.0/16', '2a01:4f8::/32'],
      hostingAsns: ['64496', '4294967294'],
      peopleAsns: [],
    });
  });

  it.each(['10.8.0.1/16', '10.8/16', '2a01:4f8::1/32', 'lan', ''])(
    'is no block %j: a slip would hide strangers',
    (block) => {
      expect(faults(`reference: { ownNetworks: ["${block}"] }`)).toEqual([
        expect.stringContaining('a block of addresses'),
      ]);
    },
  );

  it.each(['AS64496', '0', '4300000000', '-1'])('is no autonomous system %j', (asn) => {
    expect(faults(`reference: { peopleAsns: ["${asn}"] }`)).toEqual([expect.stringContaining('autonomous system')]);
  });
});
