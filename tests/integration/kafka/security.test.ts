import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import type { KafkaSettings, SaslSettings } from '../../../src/adapters/kafka/settings.ts';
import { checkTopics } from '../../../src/adapters/kafka/topics.ts';
import { FailureError } from '../../../src/domain/failure.ts';
import { requireKafka, requireKafkaSecurity } from '../../servers/shared-kafka.ts';
import {
  clock,
  kafkaSettings,
  makeTopics,
  numbered,
  openOutput,
  openSource,
  readAll,
  until,
  write,
} from './support.ts';

const secret = (value: string): { reveal(): string } => ({ reveal: () => value });
const options = (settings: KafkaSettings) => ({ settings, log: () => undefined, clock });

/** Through the listener: topics are described, ten records read and one written. Answers how many there are of both. */
async function use(context: TestContext, overrides: Partial<KafkaSettings>): Promise<number> {
  const { brokers } = requireKafka(context);
  const settings = { ...kafkaSettings(brokers), ...overrides };
  const { events, decisions, deadLetters } = settings.topics;
  await makeTopics(brokers, { [events]: 1, [decisions]: 1, [deadLetters]: 1 });
  await write(brokers, events, numbered(10, 1));

  const checked = await checkTopics([events, decisions, deadLetters], options(settings));
  if (!checked.ok) throw new FailureError(checked.failure);
  const { source, handled } = openSource({ settings });
  await until(() => handled.length === 10, 'the records are handled');
  await source.close();
  const output = openOutput(settings);
  await output.open();
  await output.send('decisions', [{ key: 'a', value: 'b', headers: [] }]);
  await output.close();
  return handled.length + (await readAll(brokers, decisions)).length;
}

async function failureOf(overrides: Partial<KafkaSettings>): Promise<unknown> {
  const settings = { ...kafkaSettings(overrides.brokers ?? []), ...overrides };
  const result = await checkTopics([settings.topics.events], options(settings));
  return result.ok ? result : result.failure;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const saslOf = (tokenUrl: string): SaslSettings => ({
  mechanism: 'oauthbearer',
  oauth: { tokenUrl, clientId: 'winnow', clientSecret: secret('s') },
});

describe('SASL', () => {
  it.for(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('%s is let in', async (mechanism, context) => {
    const { brokersSasl, users } = requireKafkaSecurity(context);
    const { username, password } = mechanism === 'plain' ? users.plain : users.scram;
    const sasl: SaslSettings = { mechanism, username, password: secret(password), oauth: {} };
    expect(await use(context, { brokers: brokersSasl, sasl })).toBe(11);
  });

  it.for(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    '%s with a wrong password is not',
    async (mechanism, context) => {
      const { brokersSasl, users } = requireKafkaSecurity(context);
      const { username } = mechanism === 'plain' ? users.plain : users.scram;
      const sasl: SaslSettings = { mechanism, username, password: secret('wrong'), oauth: {} };
      expect(await failureOf({ brokers: brokersSasl, sasl })).toMatchObject({ code: 'BROKER_AUTHENTICATION' });
    },
  );

  it('that is refused ends the stream of a consumer after a few tries', async (context) => {
    const { brokersSasl, users } = requireKafkaSecurity(context);
    const sasl: SaslSettings = {
      mechanism: 'plain',
      username: users.plain.username,
      password: secret('wrong'),
      oauth: {},
    };
    const { source } = openSource({ settings: { ...kafkaSettings(brokersSasl), sasl } });
    await expect(source.finished).rejects.toMatchObject({ failure: { code: 'BROKER_AUTHENTICATION' } });
  });

  it('that is refused keeps an output from opening', async (context) => {
    const { brokersSasl, users } = requireKafkaSecurity(context);
    const sasl: SaslSettings = {
      mechanism: 'plain',
      username: users.plain.username,
      password: secret('wrong'),
      oauth: {},
    };
    const output = openOutput({ ...kafkaSettings(brokersSasl), sasl });
    await expect(output.open()).rejects.toMatchObject({ failure: { code: 'BROKER_AUTHENTICATION' } });
    await output.close();
  });

  it('none, where the broker wants it, is not let in', async (context) => {
    const { brokersSasl } = requireKafkaSecurity(context);
    expect(await failureOf({ brokers: brokersSasl })).toMatchObject({
      code: 'BROKER_AUTHENTICATION',
      message: expect.stringContaining('wants a login (SASL), and kafka.sasl.mechanism is none'),
    });
  });
});

describe('OAuth bearer', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** A token endpoint; answers with a token that the broker takes (unsecured, `alg: none`), or with a refusal. */
  async function tokenEndpoint(status: number): Promise<{ url: string; asked: () => number }> {
    let asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      const nowSeconds = Math.floor(Date.now() / 1_000);
      const token = `${part({ alg: 'none' })}.${part({ sub: 'winnow', iat: nowSeconds, exp: nowSeconds + 600 })}.`;
      response.writeHead(status, { 'content-type': 'application/json' });
      const refusal = { error: 'invalid_client', error_description: 'a text that nobody repeats' };
      response.end(JSON.stringify(status === 200 ? { access_token: token, expires_in: 600 } : refusal));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/token`, asked: () => asked };
  }

  it('is let in with the token of the endpoint, which each client asks once', async (context) => {
    const { brokersSasl } = requireKafkaSecurity(context);
    const { url, asked } = await tokenEndpoint(200);
    expect(await use(context, { brokers: brokersSasl, sasl: saslOf(url) })).toBe(11);
    // A producer, a consumer, and an admin client of each.
    expect(asked()).toBe(4);
  });

  it('says that the credentials were refused when the endpoint does', async (context) => {
    const { brokersSasl } = requireKafkaSecurity(context);
    const { url } = await tokenEndpoint(401);
    expect(await failureOf({ brokers: brokersSasl, sasl: saslOf(url) })).toMatchObject({
      code: 'BROKER_AUTHENTICATION',
      message: expect.stringContaining('The token endpoint answered 401 (invalid_client).'),
    });
  });

  it('says that something is away when the endpoint is in trouble', async (context) => {
    const { brokersSasl } = requireKafkaSecurity(context);
    const { url } = await tokenEndpoint(503);
    expect(await failureOf({ brokers: brokersSasl, sasl: saslOf(url) })).toMatchObject({ code: 'BROKER_UNREACHABLE' });
  });
});

describe('a listener that is spoken to in the wrong way', () => {
  it('is said to speak TLS', async (context) => {
    const { brokersTls } = requireKafkaSecurity(context);
    expect(await failureOf({ brokers: brokersTls })).toMatchObject({
      code: 'BROKER_AUTHENTICATION',
      message: expect.stringContaining('speaks TLS, and kafka.tls.enabled is false'),
    });
  });

  it('is said to speak none', async (context) => {
    const { brokers } = requireKafka(context);
    const tls = { enabled: true, rejectUnauthorized: true };
    expect(await failureOf({ brokers, tls })).toMatchObject({
      code: 'BROKER_AUTHENTICATION',
      message: expect.stringContaining('speaks no TLS, and kafka.tls.enabled is true'),
    });
  });
});

describe('TLS', () => {
  it('connects to a broker whose certificate is vouched for', async (context) => {
    const { brokersTls, caPath } = requireKafkaSecurity(context);
    expect(
      await use(context, { brokers: brokersTls, tls: { enabled: true, caFile: caPath, rejectUnauthorized: true } }),
    ).toBe(11);
  });

  it('refuses one that nobody vouches for', async (context) => {
    const { brokersTls } = requireKafkaSecurity(context);
    const tls = { enabled: true, rejectUnauthorized: true };
    expect(await failureOf({ brokers: brokersTls, tls })).toMatchObject({ code: 'BROKER_AUTHENTICATION' });
  });

  it('refuses one of another name', async (context) => {
    const { brokersTls, caPath } = requireKafkaSecurity(context);
    const tls = { enabled: true, caFile: caPath, serverName: 'elsewhere.example.com', rejectUnauthorized: true };
    expect(await failureOf({ brokers: brokersTls, tls })).toMatchObject({ code: 'BROKER_AUTHENTICATION' });
  });
});
