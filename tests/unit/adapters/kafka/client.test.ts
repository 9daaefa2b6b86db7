import { describe, expect, it } from 'vitest';
import { createClient } from '../../../../src/adapters/kafka/client.ts';
import type { KafkaSettings, SaslSettings } from '../../../../src/adapters/kafka/settings.ts';

const settings: KafkaSettings = {
  brokers: ['127.0.0.1:1'],
  clientId: 'winnow',
  groupId: 'winnow',
  topics: { events: 'e', decisions: 'd', deadLetters: 'l' },
  tls: { enabled: false, rejectUnauthorized: true },
  sasl: { mechanism: 'none', oauth: {} },
  consumer: {
    fetchWaitMsMax: 50,
    fetchBytesMin: 1,
    fetchBytesMax: 1_000_000,
    partitionFetchBytesMax: 1_000_000,
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 1_000,
    rebalanceTimeoutMs: 10_000,
    partitionsConcurrent: 1,
    startFrom: 'earliest',
    unreadable: 'hold',
    metadataAgeMsMax: 30_000,
  },
  producer: { compression: 'none', requestTimeoutMs: 1_000 },
  retry: { initialMs: 1, maxMs: 2, retriesMax: 1 },
  startWaitMs: 0,
  connectionTimeoutMs: 100,
};

const clock = { nowMs: () => 0, monotonicMs: () => 0 };
const secret = { reveal: () => 'hush' };

function sasl(overrides: Partial<SaslSettings>): Partial<KafkaSettings> {
  return { sasl: { ...settings.sasl, ...overrides } };
}

function create(overrides: Partial<KafkaSettings>, logged: string[] = []): ReturnType<typeof createClient> {
  return createClient({
    settings: { ...settings, ...overrides },
    log: (level, message) => logged.push(`${level} ${message}`),
    clock,
    requestTimeoutMs: 1_000,
  });
}

describe('the client', () => {
  it.each<[string, Partial<KafkaSettings>, string]>([
    [
      'a file that is not there',
      { tls: { enabled: true, caFile: '/no/such.pem', rejectUnauthorized: true } },
      'kafka.tls.caFile',
    ],
    ['no user name', sasl({ mechanism: 'plain', password: secret }), 'kafka.sasl.username'],
    ['no password', sasl({ mechanism: 'scram-sha-512', username: 'u' }), 'kafka.sasl.password'],
    ['no token endpoint', sasl({ mechanism: 'oauthbearer', oauth: { clientId: 'c' } }), 'kafka.sasl.oauth.tokenUrl'],
    ['an IPv6 address', { brokers: ['kafka:9092', '[::1]:9092'] }, 'kafka.brokers'],
  ])('is not made with %s, and says which setting it is', (_what, overrides, path) => {
    expect(() => create(overrides)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'CONFIG_INVALID', path }) }),
    );
  });

  it('leaves files alone that TLS does not need', () => {
    expect(() => create({ tls: { enabled: false, caFile: '/no/such.pem', rejectUnauthorized: true } })).not.toThrow();
  });

  it('sends what kafkajs logs to the logger, errors as warnings, and nothing to the console', async () => {
    const logged: string[] = [];
    await expect(create({}, logged).admin().connect()).rejects.toThrow('ECONNREFUSED');
    expect(logged).toContain('warn Connection error: connect ECONNREFUSED 127.0.0.1:1');
  });
});
