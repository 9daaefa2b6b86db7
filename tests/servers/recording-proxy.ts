import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Stands where a program looks for the way out, and notes who asks for it. */
export interface RecordingProxy {
  /** What a program's environment must say, in all the spellings that programs read. */
  readonly variables: Readonly<Record<string, string>>;
  /** The first line of each request: whom it asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A proxy on the loopback address that lets nobody through. */
export async function startRecordingProxy(): Promise<RecordingProxy> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      asked.push(bytes.toString('latin1').split('\r\n')[0]!);
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const names = ['http_proxy', 'https_proxy', 'all_proxy'];
  return {
    variables: Object.fromEntries(names.flatMap((name) => [name, name.toUpperCase()]).map((name) => [name, address])),
    asked,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
