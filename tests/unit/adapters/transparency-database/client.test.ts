import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TransparencyDatabase } from '../../../../src/adapters/transparency-database/client.ts';

const token = { reveal: () => 'a-token' };

/** A client of a server that answers as told, once for all requests. */
async function clientOf(listener: RequestListener, timeoutMs = 5_000): Promise<TransparencyDatabase> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new TransparencyDatabase({ url: `http://127.0.0.1:${port}/api/v1/`, token, timeoutMs });
}

function answering(status: number, content: unknown = {}, headers: Record<string, string> = {}): RequestListener {
  return (_, response) =>
    response.writeHead(status, headers).end(typeof content === 'string' ? content : JSON.stringify(content));
}

describe('the client of the database of statements', () => {
  it('sends what the interface asks for', async () => {
    const seen: unknown[] = [];
    const client = await clientOf((request, response) => {
      const { authorization, accept, 'content-type': type } = request.headers;
      seen.push([request.method, request.url, authorization, accept, type]);
      response.writeHead(201).end(JSON.stringify({ statements: [{ uuid: 'u1' }, { uuid: 'u2' }] }));
    });
    expect(await client.submit([{ puid: 'a' }, { puid: 'b' }])).toEqual({ kind: 'taken', uuids: ['u1', 'u2'] });
    expect(seen).toEqual([['POST', '/api/v1/statements', 'Bearer a-token', 'application/json', 'application/json']]);
  });

  it.each([
    [
      'faults by their place',
      422,
      { errors: { statement_1: { category: ['wrong'] } } },
      { kind: 'faulty', faults: new Map([[1, '{"category":["wrong"]}']]) },
    ],
    [
      'statements that it knows',
      422,
      { errors: { puid: ['x'], existing_puids: ['a'] } },
      { kind: 'known', puids: ['a'] },
    ],
    [
      'one that is on its way, and not which',
      422,
      { message: 'in use', errors: { puid: ['x'] } },
      { kind: 'known', puids: [] },
    ],
    [
      'what nobody knows how to mend',
      422,
      { message: 'no statements' },
      { kind: 'refused', problem: 'it answers 422: no statements' },
    ],
    [
      'a wrong token',
      401,
      { message: 'Unauthenticated.' },
      { kind: 'refused', problem: 'it answers 401: Unauthenticated.' },
    ],
    ['a wrong address', 404, '<html>', { kind: 'refused', problem: 'it answers 404' }],
    ['a redirect, which it does not follow', 302, '', { kind: 'refused', problem: 'it answers 302' }],
    [
      'that all were taken, of half a reply, as not known',
      201,
      '{"statements":[{"uuid":"u1"},{"uu',
      { kind: 'unavailable', problem: 'it answers 201 without the statements' },
    ],
    [
      'that all were taken, of fewer than were sent, as not known',
      201,
      { statements: [{ uuid: 'u1' }] },
      { kind: 'unavailable', problem: 'it answers 201 without the statements' },
    ],
    ['its own fault', 500, '<html>', { kind: 'unavailable', problem: 'it answers 500' }],
  ] as const)('reads %s', async (_, status, content, reply) => {
    const client = await clientOf(answering(status, content, { location: 'http://127.0.0.1:9/' }));
    expect(await client.submit([{ puid: 'a' }, { puid: 'b' }])).toEqual(reply);
  });

  it.each([
    ['2', 2_000],
    ['', 0],
    ['soon', 60_000],
    ['99999999', 600_000],
    [new Date(0).toUTCString(), 0],
  ])('waits as long as it is told, within bounds: %j', async (after, waitMs) => {
    const client = await clientOf(answering(429, {}, { 'retry-after': after }));
    expect(await client.submit([{}])).toEqual({ kind: 'busy', waitMs });
  });

  it('waits a minute where it is not told how long', async () => {
    const client = await clientOf(answering(429));
    expect(await client.submit([{}])).toEqual({ kind: 'busy', waitMs: 60_000 });
  });

  it.each([
    [302, true],
    [404, false],
  ])('takes %i for the answer whether a statement is there', async (status, isKnown) => {
    const client = await clientOf(answering(status, { puid: 'dec_1' }, { location: '/elsewhere' }));
    expect(await client.knows('dec_1')).toEqual({ kind: 'answer', isKnown });
  });

  it.each(['<html>', {}, { puid: 'dec_2' }])(
    'a redirect that does not name the statement is no answer: %j',
    async (content) => {
      const client = await clientOf(answering(302, content, { location: '/login' }));
      expect(await client.knows('dec_1')).toEqual({ kind: 'refused', problem: 'it answers 302' });
    },
  );

  it('says when there is no answer', async () => {
    const silent = await clientOf(() => undefined, 50);
    expect(await silent.submit([{}])).toEqual({ kind: 'unavailable', problem: 'no answer within 50 ms' });
    const gone = new TransparencyDatabase({ url: 'http://127.0.0.1:9/', token, timeoutMs: 60_000 });
    expect(await gone.knows('a')).toMatchObject({ kind: 'unavailable' });
  });
});
