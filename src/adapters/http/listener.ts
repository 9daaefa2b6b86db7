import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP, type AddressInfo, type Socket } from 'node:net';
import { failed, success, type Result } from '../../domain/failure.ts';
import { drainPath, orderHeader, Orders } from './order.ts';

/**
 * Not imported: an import takes all that the module offers, and for its WebSocket Node would load its HTTP client, with HTTP/2, at each start
 * of the processor, a tenth of what that computes.
 */
const { createServer } = process.getBuiltinModule('node:http');

/** An answer to a probe. */
export interface Health {
  readonly ok: boolean;
  /** Why not, in sentences, or what is not as it was meant to be; empty when all is well. */
  readonly reasons: readonly string[];
}

/** What is asked from outside. */
export interface Answers {
  /** Whether it has ever worked: until then, a start that takes long is no reason for another one. */
  started(): Health | Promise<Health>;
  /** Whether the loop makes progress. Never about lag or a dependency: a restart would not mend those. */
  live(): Health | Promise<Health>;
  /** Whether this member takes events. */
  ready(): Health | Promise<Health>;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Lets it leave the group and finish; answers when it has. Absent where there is none to leave. */
  drain?(): Promise<Health>;
}

export interface ListenerOptions extends Answers {
  /** Loopback unless someone decided otherwise: the answers are not secret, but nobody else's business. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What who orders has to know; without it nobody is obeyed. */
  readonly keySecret?: string;
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
  /** The methods that are allowed, where another one came. */
  readonly allow?: string;
}

/** A few small answers to a handful of askers: beyond this many, the connection that is open for longest goes. */
const connectionsMax = 64;
/** An exposition is this old at most. Making one takes the thread that decides, however many ask. */
const metricsAgeMsMax = 1_000;
const headerBytesMax = 8 * 1024;
const requestMsMax = 5_000;
const closeMsMax = 1_000;

const json = 'application/json; charset=utf-8';
const plain = 'text/plain; charset=utf-8';

/**
 * Serves `/startupz`, `/livez`, `/readyz` (200 or 503, JSON with reasons) and `/metrics`, and nothing else; and takes a POST at
 * `/drain` from this machine, of who proves that the key secret is known to it.
 * Fails with `CONFIG_INVALID` when the address cannot be taken.
 */
export async function listen(options: ListenerOptions): Promise<Result<HttpListener>> {
  const routes: Routes = {
    '/startupz': async () => healthAnswer('started', await options.started()),
    '/livez': async () => healthAnswer('live', await options.live()),
    '/readyz': async () => healthAnswer('ready', await options.ready()),
    '/metrics': keptFor(metricsAgeMsMax, async () => {
      const { contentType, text } = await options.metrics();
      return { status: 200, contentType, body: text };
    }),
  };
  const drain = async (): Promise<Answer> => healthAnswer('drained', await options.drain!());
  const orders = options.keySecret === undefined ? undefined : new Orders(options.keySecret, Date.now());
  const isAllowed = isLoopback(options.host) ? namesLoopback : () => true;
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: requestMsMax,
      requestTimeout: requestMsMax,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      const obeys = options.drain !== undefined && request.url === drainPath;
      const allowed = (): Promise<Answer> =>
        obeys && orders !== undefined ? obeyed(request, options.host, orders, drain) : answer(routes, request);
      const made = isAllowed(request) ? allowed() : Promise.resolve(misdirected);
      made.then(
        (answered) => write(request, response, answered),
        (error: unknown) => {
          options.answerFailed(error);
          write(request, response, { status: 500, contentType: plain, body: 'The answer could not be made.\n' });
        },
      );
    },
  );
  // Not `maxConnections`, which refuses whoever comes: probes must get through, and so the oldest makes room.
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > connectionsMax) oldest?.destroy();
  });

  const refused = await started(server, options.host, options.port);
  if (refused !== undefined) {
    return failed(
      'CONFIG_INVALID',
      `Nothing can listen on ${options.host}:${options.port} (http.host, http.port): ${refused.message}.`,
    );
  }
  // `address()` is a string only for a pipe, which this is not.
  const { port } = server.address() as AddressInfo;
  return success({ port, close: () => closed(server) });
}

type Routes = Readonly<Record<string, () => Promise<Answer>>>;

async function obeyed(
  request: IncomingMessage,
  host: string,
  orders: Orders,
  drain: () => Promise<Answer>,
): Promise<Answer> {
  const name = nameIn(request);
  // A page whose own name leads to us may send any header: the name gives it away, where an address or our own does not.
  if (name !== undefined && !isLoopback(name) && isIP(name) === 0 && name !== host.toLowerCase()) return misdirected;
  const { remoteAddress, localAddress } = request.socket;
  const isFromHere =
    remoteAddress !== undefined && (remoteAddress === localAddress || isLoopback(plainAddress(remoteAddress)));
  if (!isFromHere) return { status: 403, contentType: plain, body: 'Only from this machine: winnow drain.\n' };
  if (request.method !== 'POST')
    return { status: 405, contentType: plain, body: 'POST: winnow drain.\n', allow: 'POST' };
  if (!orders.take(request.headers[orderHeader], request.socket.localPort ?? 0, Date.now())) return unproven;
  return drain();
}

async function answer(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const path = request.url?.split('?', 1)[0] ?? '';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined)
    return { status: 404, contentType: plain, body: `Here are ${Object.keys(routes).join(', ')}.\n` };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, contentType: plain, body: 'GET or HEAD.\n', allow: 'GET, HEAD' };
  }
  return route();
}

function healthAnswer(word: 'started' | 'live' | 'ready' | 'drained', health: Health): Answer {
  const body = `${JSON.stringify({ [word]: health.ok, reasons: health.reasons })}\n`;
  return { status: health.ok ? 200 : 503, contentType: json, body };
}

function write(request: IncomingMessage, response: ServerResponse, made: Answer): void {
  response.writeHead(made.status, {
    'content-type': made.contentType,
    'content-length': Buffer.byteLength(made.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(made.allow === undefined ? {} : { allow: made.allow }),
    // An answer each: a connection that is kept takes a place from a probe, and a body that came along is not read.
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : made.body);
}

/** What `make` gives, made again when it is older than that. A failure is not kept. */
function keptFor(ageMsMax: number, make: () => Promise<Answer>): () => Promise<Answer> {
  let kept: { readonly made: Promise<Answer>; readonly madeMs: number } | undefined;
  return () => {
    const nowMs = performance.now();
    if (kept === undefined || nowMs - kept.madeMs >= ageMsMax) {
      const made = make();
      kept = { made, madeMs: nowMs };
      made.catch(() => (kept = undefined));
    }
    return kept.made;
  };
}

const unproven: Answer = {
  status: 403,
  contentType: plain,
  body: `Only for who proves to know state.keySecret (header ${orderHeader}): winnow drain, with the settings of the processor.\n`,
};
const misdirected: Answer = { status: 421, contentType: plain, body: 'Ask for localhost.\n' };

/** A socket for both families tells an address of version 4 in the form of version 6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Whether a request means this machine by name. A page in a browser here can be made to ask for a name of its own that leads to
 * us (DNS rebinding), and would be given the answer.
 */
function namesLoopback(request: IncomingMessage): boolean {
  const name = nameIn(request);
  return name === undefined || isLoopback(name);
}

/** Whom a request is meant for, without the port; undefined where it does not say. */
function nameIn({ headers: { host } }: IncomingMessage): string | undefined {
  return host
    ?.replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
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
