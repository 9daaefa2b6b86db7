import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failed, success, type Result } from '../../domain/failure.ts';

/** An answer to a probe. */
export interface Health {
  readonly ok: boolean;
  /** Why not, in sentences; empty when all is well. */
  readonly reasons: readonly string[];
}

export interface ListenerOptions {
  /** Loopback unless someone decided otherwise: the answers are not secret, but nobody else's business. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Whether the loop makes progress. Never about lag or a dependency: a restart would not mend those. */
  live(): Health;
  /** Whether this member takes events. */
  ready(): Health;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Told when an answer could not be made; the asker gets a bare 500. */
  answerFailed(error: unknown): void;
}

export interface HttpListener {
  /** The port that was taken. */
  readonly port: number;
  /** Takes no more connections and resolves when all are gone; those still open after `closeMsMax` are cut. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Three small answers to a handful of askers: whoever needs more than this is not one of them. */
const connectionsMax = 64;
const headerBytesMax = 8 * 1024;
const requestMsMax = 5_000;
const idleMsMax = 5_000;
const closeMsMax = 1_000;

const json = 'application/json; charset=utf-8';
const plain = 'text/plain; charset=utf-8';

/**
 * Serves `/livez`, `/readyz` (200 or 503, JSON with reasons) and `/metrics`, and nothing else.
 * Fails with `CONFIG_INVALID` when the address cannot be taken.
 */
export async function listen(options: ListenerOptions): Promise<Result<HttpListener>> {
  const routes: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/livez': () => healthAnswer('live', options.live()),
    '/readyz': () => healthAnswer('ready', options.ready()),
    '/metrics': async () => {
      const { contentType, text } = await options.metrics();
      return { status: 200, contentType, body: text };
    },
  };
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: requestMsMax,
      requestTimeout: requestMsMax,
      keepAliveTimeout: idleMsMax,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      answer(routes, request).then(
        (made) => write(request, response, made),
        (error: unknown) => {
          options.answerFailed(error);
          write(request, response, { status: 500, contentType: plain, body: 'The answer could not be made.\n' });
        },
      );
    },
  );
  server.maxConnections = connectionsMax;

  const refused = await started(server, options.host, options.port);
  if (refused !== undefined) {
    return failed('CONFIG_INVALID', `Nothing can listen on ${options.host}:${options.port}: ${refused.message}.`);
  }
  // `address()` is a string only for a pipe, which this is not.
  const { port } = server.address() as AddressInfo;
  return success({ port, close: () => closed(server) });
}

async function answer(
  routes: Readonly<Record<string, () => Answer | Promise<Answer>>>,
  request: IncomingMessage,
): Promise<Answer> {
  const path = request.url?.split('?', 1)[0] ?? '';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined)
    return { status: 404, contentType: plain, body: `Here are ${Object.keys(routes).join(', ')}.\n` };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, contentType: plain, body: 'GET or HEAD.\n' };
  }
  return route();
}

function healthAnswer(word: 'live' | 'ready', health: Health): Answer {
  const body = `${JSON.stringify({ [word]: health.ok, reasons: health.reasons })}\n`;
  return { status: health.ok ? 200 : 503, contentType: json, body };
}

function write(request: IncomingMessage, response: ServerResponse, made: Answer): void {
  response.writeHead(made.status, {
    'content-type': made.contentType,
    'content-length': Buffer.byteLength(made.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(made.status === 405 ? { allow: 'GET, HEAD' } : {}),
    // A body that came with the request is not read: the connection cannot be used again.
    ...(hasBody(request) ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : made.body);
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
}

/** Resolves with why not, or with undefined once the server listens. */
function started(server: Server, host: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen({ host, port }, () => {
      server.off('error', resolve);
      resolve(undefined);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), closeMsMax);
    // An error here says that it was closed already, which is what was asked for.
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}
