import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { classify } from '../../../../src/adapters/kafka/failures.ts';
import { tokenSource } from '../../../../src/adapters/kafka/oauth.ts';

let server: Server | undefined;
afterEach(() => server?.close().closeAllConnections());

interface Endpoint {
  readonly url: string;
  readonly requests: { readonly authorization: string | undefined; readonly body: string }[];
}

async function endpoint(answer: (response: ServerResponse, count: number) => void): Promise<Endpoint> {
  const requests: Endpoint['requests'] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push({ authorization: request.headers.authorization, body: await text(request) });
    answer(response, requests.length);
  };
  server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, requests };
}

/** Tokens `token-1`, `token-2` … */
const tokens =
  (expiresInSeconds: number | undefined) =>
  (response: ServerResponse, count: number): void => {
    response.end(JSON.stringify({ access_token: `token-${count}`, expires_in: expiresInSeconds }));
  };

const status =
  (code: number, body = '{}') =>
  (response: ServerResponse): void => {
    response.writeHead(code).end(body);
  };

function sourceAt(url: string, timeoutMs = 60_000): { next: () => Promise<string>; pass: (ms: number) => void } {
  let nowMs = 0;
  const clock = { nowMs: () => 0, monotonicMs: () => nowMs };
  const source = tokenSource(
    { tokenUrl: url, clientId: 'win:now', clientSecret: 's/ecret', scope: 'kafka', timeoutMs },
    clock,
  );
  return { next: async () => (await source()).value, pass: (ms) => (nowMs += ms) };
}

async function failureAt(url: string, timeoutMs?: number): Promise<ReturnType<typeof classify>> {
  const error: unknown = await sourceAt(url, timeoutMs)
    .next()
    .then(
      () => expect.unreachable('it must not get a token'),
      (reason: unknown) => reason,
    );
  return classify(error, 'SEND_FAILED');
}

describe('tokens', () => {
  it('are asked for by the client credentials grant', async () => {
    const { url, requests } = await endpoint(tokens(600));
    expect(await sourceAt(url).next()).toBe('token-1');
    const [request] = requests;
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'kafka',
    });
    const credentials = Buffer.from(request?.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    expect(credentials).toBe('win%3Anow:s%2Fecret');
  });

  it.each([
    ['until a fifth of their life is left', 100, 79_999, 80_000],
    ['until a minute of their life is left', 3_600, 3_539_999, 3_540_000],
    ['for most of a minute when nobody says how long they live', undefined, 47_999, 48_000],
  ])('are kept %s', async (_what, expiresInSeconds, keptMs, renewedMs) => {
    const { url } = await endpoint(tokens(expiresInSeconds));
    const source = sourceAt(url);
    expect(await source.next()).toBe('token-1');
    source.pass(keptMs);
    expect(await source.next()).toBe('token-1');
    source.pass(renewedMs - keptMs);
    expect(await source.next()).toBe('token-2');
  });

  it('are asked for once by many at a time', async () => {
    const { url, requests } = await endpoint(tokens(600));
    const source = sourceAt(url);
    expect(await Promise.all([source.next(), source.next(), source.next()])).toEqual(['token-1', 'token-1', 'token-1']);
    expect(requests).toHaveLength(1);
  });

  it('are asked for again after a failure', async () => {
    const { url } = await endpoint((response, count) =>
      count === 1 ? status(503)(response) : tokens(600)(response, count),
    );
    const source = sourceAt(url);
    await expect(source.next()).rejects.toThrow('answered 503');
    expect(await source.next()).toBe('token-2');
  });

  it.each([
    ['refused', status(401, '{"error":"invalid_client"}'), 'BROKER_AUTHENTICATION', 'answered 401 (invalid_client).'],
    [
      'refused in words of its own',
      status(400, '{"error":"Dear client! <b>"}'),
      'BROKER_AUTHENTICATION',
      'answered 400.',
    ],
    ['forwarded', status(302), 'BROKER_UNREACHABLE', ''],
    ['not given', status(200, '{"token_type":"bearer"}'), 'BROKER_AUTHENTICATION', 'without an access_token'],
    ['not given in JSON', status(200, '<html>'), 'BROKER_AUTHENTICATION', 'without an access_token'],
    ['limited', status(429), 'BROKER_UNREACHABLE', 'answered 429'],
    ['hidden in a flood', status(200, 'x'.repeat(70_000)), 'BROKER_UNREACHABLE', 'more than 65536 bytes'],
  ] as const)('that are %s make a failure', async (_what, answer, code, message) => {
    const { url } = await endpoint(answer);
    const { failure } = await failureAt(url);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
  });

  it('that are delayed make a failure', async () => {
    const { url } = await endpoint(() => undefined);
    const { failure } = await failureAt(url, 100);
    expect(failure.code).toBe('BROKER_UNREACHABLE');
    expect(failure.message).toContain('gave no answer');
  });

  it('cannot be had where nobody listens', async () => {
    expect(await failureAt('http://127.0.0.1:1/token')).toMatchObject({
      failure: { code: 'BROKER_UNREACHABLE' },
      retry: 'always',
    });
  });
});
