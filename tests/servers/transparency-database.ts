import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faultsOf } from '../unit/reports/statement-schema.ts';

/**
 * The EU's database of statements of reasons as its source behaves (digital-services-act/transparency-database, version 1 of its interface): a
 * batch of 1 to 100 whole or not at all; 422 for faults, by place, and for statements that it knows; a redirect for one that it has. Statements
 * whose request is not answered yet are locked: they too are refused as known. What it does wrong is said for each request by the test.
 */
export interface FakeDatabase {
  /** Of the interface, as a setting has it. */
  readonly url: string;
  /** What was taken, by puid: how often. More than once is what must never be. */
  readonly taken: ReadonlyMap<string, number>;
  readonly statements: readonly object[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/**
 * What goes wrong with a request: `none`; `busy` (429); `broken` (500, nothing taken); `broken-after` (500, and taken); `cut` (the
 * connection ends, and taken); `cut-before` (it ends, and nothing taken); `slow` (taken, and not answered in time, with the lock held).
 */
export type Mishap = 'none' | 'busy' | 'broken' | 'broken-after' | 'cut' | 'cut-before' | 'slow';

export interface FakeDatabaseOptions {
  readonly token: string;
  /** Asked at each request. */
  readonly mishap?: (request: string) => Mishap;
  /** Milliseconds for which a slow request holds its lock. */
  readonly lockMs?: number;
  /** Puids that are refused for a fault, whatever else is right. */
  readonly faulty?: ReadonlySet<string>;
}

export async function startTransparencyDatabase(options: FakeDatabaseOptions): Promise<FakeDatabase> {
  const taken = new Map<string, number>();
  const statements: object[] = [];
  const requests: string[] = [];
  const locked = new Set<string>();
  const store = (batch: readonly { readonly puid: string }[]): void => {
    for (const statement of batch) {
      taken.set(statement.puid, (taken.get(statement.puid) ?? 0) + 1);
      statements.push(statement);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = `${request.method} ${request.url}`;
    requests.push(name);
    const mishap = options.mishap?.(name) ?? 'none';
    const body = await readBody(request);
    if (request.headers.authorization !== `Bearer ${options.token}`)
      return reply(response, 401, { message: 'Unauthenticated.' });
    if (request.headers.accept !== 'application/json') return reply(response, 406, {});
    if (mishap === 'busy') return reply(response, 429, { message: 'Too Many Attempts.' }, { 'retry-after': '1' });
    if (mishap === 'broken') return reply(response, 503, { message: 'Server Error' });
    if (mishap === 'cut-before') return void response.destroy();
    const known = /^GET \/api\/v1\/statement\/existing-puid\/(.+)$/.exec(name)?.[1];
    if (known !== undefined) {
      return taken.has(known)
        ? reply(response, 302, { message: 'statement of reason found', puid: known }, { location: '/elsewhere' })
        : reply(response, 404, { message: 'statement of reason not found' });
    }
    if (name !== 'POST /api/v1/statements') return reply(response, 404, { message: 'Not Found' });
    const { statements: batch } = JSON.parse(body) as { statements: readonly { readonly puid: string }[] };
    const refusal = refusalOf(batch, taken, locked, options.faulty);
    if (refusal !== undefined) return reply(response, 422, refusal);
    const made = batch.map((statement) => ({
      ...statement,
      uuid: `uuid-${statement.puid}`,
      created_at: '2026-11-24 00:00:00',
    }));
    if (mishap === 'slow') {
      for (const { puid } of batch) locked.add(puid);
      await new Promise((resolve) => setTimeout(resolve, options.lockMs ?? 0));
      for (const { puid } of batch) locked.delete(puid);
      store(batch);
      return reply(response, 201, { statements: made });
    }
    store(batch);
    if (mishap === 'broken-after') return reply(response, 500, { message: 'Server Error' });
    if (mishap === 'cut') return void response.destroy();
    return reply(response, 201, { statements: made });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    taken,
    statements,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refusalOf(
  batch: readonly { readonly puid: string }[],
  taken: ReadonlyMap<string, number>,
  locked: ReadonlySet<string>,
  faulty: ReadonlySet<string> | undefined,
): object | undefined {
  if (batch.length < 1 || batch.length > 100)
    return { message: 'The statements field must have between 1 and 100 items.', errors: { statements: ['count'] } };
  const faults = batch.flatMap((statement, index) => {
    const found = [
      ...faultsOf(statement),
      ...(faulty?.has(statement.puid) === true ? ['The content date is invalid.'] : []),
    ];
    return found.length === 0 ? [] : [[`statement_${index}`, { content_date: found }]];
  });
  if (faults.length > 0) return { errors: Object.fromEntries(faults) as object };
  const puids = batch.map(({ puid }) => puid);
  const existing = puids.filter((puid) => taken.has(puid) || locked.has(puid));
  if (existing.length === 0 && new Set(puids).size === puids.length) return undefined;
  const message = 'The platform identifier(s) are not all unique within this call.';
  return { message, errors: { puid: [message], existing_puids: existing } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, content: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
}
