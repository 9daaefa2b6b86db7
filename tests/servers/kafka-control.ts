import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrokerControl } from './kafka.ts';

/**
 * The broker belongs to vitest's main process and tests run in others, so a test that restarts the broker asks for it
 * over HTTP on loopback: `POST /restart`, `POST /kill`, answered when done.
 */
export interface ControlServer {
  url: string;
  close(): Promise<void>;
}

export async function serveControl(control: BrokerControl): Promise<ControlServer> {
  const actions = new Map([
    ['/restart', () => control.restart()],
    ['/kill', () => control.kill()],
  ]);
  const server = createServer((request, response) => {
    const action = actions.get(request.url ?? '');
    const done = action === undefined ? Promise.reject(new Error('no such action')) : action();
    done.then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** The other end: the same control, in another process. */
export function remoteControl(url: string): BrokerControl {
  const post = async (action: string): Promise<void> => {
    const response = await fetch(`${url}/${action}`, { method: 'POST' });
    if (!response.ok) throw new Error(`the broker did not ${action}: ${await response.text()}`);
  };
  return { restart: () => post('restart'), kill: () => post('kill') };
}
