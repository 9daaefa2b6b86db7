import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { orderOf } from '../../../../src/adapters/http/order.ts';
import { listen, type HttpListener, type ListenerOptions } from '../../../../src/adapters/http/listener.ts';

const well = { ok: true, reasons: [] };
const open: HttpListener[] = [];
const keySecret = '0123456789abcdef0123456789abcdef';
const order = (port: number, secret = keySecret, nowMs = Date.now()): Record<string, string> => ({
  'x-winnow-order': orderOf('drain', port, secret, nowMs),
});

async function started(options: Partial<ListenerOptions> = {}): Promise<HttpListener> {
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    started: () => well,
    live: () => well,
    ready: () => well,
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'some_total 1\n' }),
    answerFailed: () => {},
    keySecret,
    ...options,
  });
  if (!listening.ok) throw new Error(listening.failure.message);
  open.push(listening.value);
  return listening.value;
}

async function ask(listener: HttpListener, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${listener.port}${path}`, init);
}

/** Sends bytes as they are and reads until the other side closes. */
async function askRaw(listener: HttpListener, bytes: string): Promise<string> {
  const socket = connect(listener.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

describe('listen', () => {
  it.each([
    ['/startupz', { started: true, reasons: [] }],
    ['/livez', { live: true, reasons: [] }],
    ['/readyz', { ready: true, reasons: [] }],
  ])('answers %s with 200 when all is well', async (path, body) => {
    const response = await ask(await started(), path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual(body);
  });

  it('answers /readyz with 503 and the reasons when it is not ready', async () => {
    const reasons = ['The feature store has not answered for 12 s.'];
    const response = await ask(await started({ ready: () => ({ ok: false, reasons }) }), '/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, reasons });
  });

  it('answers /livez by liveness alone', async () => {
    const listener = await started({ live: () => ({ ok: false, reasons: ['stuck'] }) });
    expect((await ask(listener, '/livez')).status).toBe(503);
    expect((await ask(listener, '/readyz')).status).toBe(200);
  });

  it('asks anew for every answer', async () => {
    let ready = false;
    const listener = await started({ ready: () => ({ ok: ready, reasons: [] }) });
    expect((await ask(listener, '/readyz')).status).toBe(503);
    ready = true;
    expect((await ask(listener, '/readyz')).status).toBe(200);
  });

  it('answers /metrics in the type that the metrics are in', async () => {
    const response = await ask(await started(), '/metrics?name[]=some');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await response.text()).toBe('some_total 1\n');
  });

  it('lets nobody keep an answer', async () => {
    expect((await ask(await started(), '/readyz')).headers.get('cache-control')).toBe('no-store');
  });

  it('answers HEAD without a body', async () => {
    const response = await ask(await started(), '/metrics', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('13');
    expect(await response.text()).toBe('');
  });

  it.each(['/', '/metrics/', '/readyz/x', '/__proto__', '/constructor', '/favicon.ico'])(
    'has nothing at %s',
    async (path) => {
      const response = await ask(await started(), path);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe('Here are /startupz, /livez, /readyz, /metrics.\n');
    },
  );

  it('is told to drain by a POST with an order of who knows the key secret, and answers when it has', async () => {
    const drained = Promise.withResolvers<void>();
    const listener = await started({ drain: () => drained.promise.then(() => well) });
    const ordered = ask(listener, '/drain', { method: 'POST', headers: order(listener.port) });
    drained.resolve();
    expect(await (await ordered).json()).toEqual({ drained: true, reasons: [] });
  });

  it.each([
    ['GET, as a link in a page does', 'GET', (port: number) => order(port), 405],
    ['POST without the header, as a form in a page does', 'POST', () => ({}), 403],
    ['a header without a proof', 'POST', () => ({ 'x-winnow-order': 'drain' }), 403],
    ['the proof of another secret', 'POST', (port: number) => order(port, 'fedcba98'), 403],
    ['the proof of another processor', 'POST', (port: number) => order(port - 1), 403],
    ['an order of a minute ago', 'POST', (port: number) => order(port, keySecret, Date.now() - 60_000), 403],
    ['an order of a minute hence', 'POST', (port: number) => order(port, keySecret, Date.now() + 60_000), 403],
    [
      'the proof of another time',
      'POST',
      (port: number) => ({
        'x-winnow-order': order(port)['x-winnow-order']!.replace(/\d (?=\w+ \w+$)/, (at) =>
          at === '0 ' ? '1 ' : '0 ',
        ),
      }),
      403,
    ],
  ] as const)('is not told to drain by %s', async (_case, method, headers, status) => {
    let orders = 0;
    const drain = (): Promise<typeof well> => {
      orders += 1;
      return Promise.resolve(well);
    };
    const listener = await started({ drain });
    expect((await ask(listener, '/drain', { method, headers: headers(listener.port) })).status).toBe(status);
    expect(orders).toBe(0);
  });

  // Good for half a minute, and so also for whoever overheard it, of the process that was started anew meanwhile.
  it('is told to drain once by an order, and not by one that is older than itself', async () => {
    let orders = 0;
    const drain = (): Promise<typeof well> => {
      orders += 1;
      return Promise.resolve(well);
    };
    const listener = await started({ drain });
    const give = async (headers: Record<string, string>): Promise<number> =>
      (await ask(listener, '/drain', { method: 'POST', headers })).status;
    const [first, second] = [order(listener.port), order(listener.port)];
    expect([await give(first), await give(first), await give(second), await give(second)]).toEqual([
      200, 403, 200, 403,
    ]);
    expect(orders).toBe(2);
    const before = order(listener.port, keySecret, Date.now() - 5_000);
    expect([await give(before), orders]).toEqual([403, 2]);
  });

  it('is not told to drain by a page whose own name leads here, whatever header it sends', async () => {
    let orders = 0;
    const drain = (): Promise<typeof well> => {
      orders += 1;
      return Promise.resolve(well);
    };
    const listener = await started({ host: '0.0.0.0', drain });
    const orderTo = (host: string): Promise<string> =>
      askRaw(
        listener,
        `POST /drain HTTP/1.1\r\nhost: ${host}:${listener.port}\r\nx-winnow-order: ${order(listener.port)['x-winnow-order']}\r\nconnection: close\r\n\r\n`,
      );
    expect(await orderTo('page.example')).toMatch(/^HTTP\/1\.1 421 /);
    expect(orders).toBe(0);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '10.0.0.5'])
      expect(await orderTo(host)).toMatch(/^HTTP\/1\.1 200 /);
    expect(orders).toBe(4);
  });

  it('has nothing to drain where nobody obeys', async () => {
    const listener = await started();
    const init = { method: 'POST', headers: order(listener.port) };
    expect((await ask(listener, '/drain', init)).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s and says what is allowed', async (method) => {
    const response = await ask(await started(), '/readyz', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('closes a connection whose request brings a body', async () => {
    const answer = await askRaw(
      await started(),
      'POST /readyz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\nhello',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 405 .*connection: close/is);
  });

  it.each([
    ['headers over 8 KiB', `GET /readyz HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(9_000)}\r\n\r\n`, '431'],
    ['what is not HTTP', 'hello\r\n\r\n', '400'],
  ])('refuses %s', async (_case, bytes, status) => {
    expect(await askRaw(await started(), bytes)).toContain(`HTTP/1.1 ${status}`);
  });

  it('answers 500, tells who is in charge and says nothing of the cause to the asker', async () => {
    const told: unknown[] = [];
    const cause = new Error('acc_8f3k2');
    const listener = await started({
      metrics: () => Promise.reject(cause),
      answerFailed: (error) => told.push(error),
    });
    const response = await ask(listener, '/metrics');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('acc_8f3k2');
    expect(told).toEqual([cause]);
  });

  it('answers 500 to a probe that throws', async () => {
    const listener = await started({
      live: () => {
        throw new Error('broken');
      },
    });
    expect((await ask(listener, '/livez')).status).toBe(500);
  });

  it('says which address it cannot take', async () => {
    const { port } = await started();
    const second = await listen({
      host: '127.0.0.1',
      port,
      started: () => well,
      live: () => well,
      ready: () => well,
      metrics: () => Promise.reject(new Error('unused')),
      answerFailed: () => {},
    });
    expect(second).toMatchObject({ ok: false, failure: { code: 'CONFIG_INVALID' } });
    expect(second.ok ? '' : second.failure.message).toContain(`127.0.0.1:${port}`);
  });
});

/** Whoever reaches the port must not be able to keep probes out, or to make the loop work for them. */
describe('an asker who asks too much', () => {
  it('keeps no connection: it is closed with the answer', async () => {
    const answer = await askRaw(
      await started(),
      'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: keep-alive\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
  });

  it('does not keep a probe out with all the connections there are', async () => {
    const listener = await started();
    const sockets = Array.from({ length: 200 }, () => connect(listener.port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect((await ask(listener, '/livez')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it('gets an exposition that was made for all, of a second ago at most', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let made = 0;
    const listener = await started({
      metrics: () => Promise.resolve({ contentType: 'text/plain', text: `made_total ${++made}\n` }),
    });
    const texts = await Promise.all([1, 2, 3].map(async () => (await ask(listener, '/metrics')).text()));
    expect(new Set(texts)).toEqual(new Set(['made_total 1\n']));
    vi.advanceTimersByTime(1_000);
    expect(await (await ask(listener, '/metrics')).text()).toBe('made_total 2\n');
  });

  it('does not get an exposition that failed a second time', async () => {
    let asked = 0;
    const listener = await started({
      metrics: () =>
        ++asked === 1
          ? Promise.reject(new Error('once'))
          : Promise.resolve({ contentType: 'text/plain', text: 'x 1\n' }),
    });
    expect((await ask(listener, '/metrics')).status).toBe(500);
    expect((await ask(listener, '/metrics')).status).toBe(200);
  });
});

describe('a listener on the own machine', () => {
  it.each([
    ['localhost:9464', '200'],
    ['127.0.0.1', '200'],
    ['[::1]:9464', '200'],
    ['LOCALHOST', '200'],
    ['attacker.example', '421'],
    ['127.0.0.1.attacker.example:9464', '421'],
  ])('answers who asks for it by its own name, and no page that had a name point here: %s', async (host, status) => {
    const answer = await askRaw(await started(), `GET /metrics HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
  });

  it('is asked by any name where it was opened to other machines', async () => {
    const listener = await started({ host: '0.0.0.0' });
    expect(await askRaw(listener, 'GET /livez HTTP/1.1\r\nhost: pod-7.winnow\r\n\r\n')).toContain('HTTP/1.1 200');
  });
});

describe('HttpListener.close', () => {
  it('gives the address back', async () => {
    const listener = await started();
    await listener.close();
    await expect(ask(listener, '/livez')).rejects.toThrow('fetch failed');
    await started({ port: listener.port });
  });

  it('ends although an asker keeps its connection open', async () => {
    const listener = await started();
    const socket = connect(listener.port, '127.0.0.1');
    await once(socket, 'connect');
    const gone = once(socket, 'close');
    await listener.close();
    await expect(gone).resolves.toEqual([false]);
  });

  it('may be repeated', async () => {
    const listener = await started();
    await listener.close();
    await expect(listener.close()).resolves.toBeUndefined();
  });
});
