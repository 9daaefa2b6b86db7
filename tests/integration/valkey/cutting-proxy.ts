import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server, and cuts the connection at a chosen piece of what the client sends. */
export interface CuttingProxy {
  /** `host:port` */
  readonly address: string;
  /**
   * Cuts at the `piece`-th piece from now, of which the server gets this share (0 to 1) and the client no answer. Every connection
   * of that moment is cut; later ones pass.
   */
  cutAt(piece: number, share: number): void;
  /** How often it has cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let piecesLeft = Infinity;
  let share = 0;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        if (socket === upstream) client.destroy();
        else if (!upstream.writableEnded) upstream.destroy();
      });
    }
    upstream.on('data', (data) => void (client.writable && client.write(data)));
    client.on('data', (data) => {
      piecesLeft--;
      if (piecesLeft > 0) {
        upstream.write(data);
        return;
      }
      piecesLeft = Infinity;
      cuts++;
      client.destroy();
      // What was sent arrives before the end of the connection does.
      upstream.end(data.subarray(0, Math.floor(data.length * share)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAt: (piece, part) => {
      piecesLeft = piece;
      share = part;
    },
    get cuts() {
      return cuts;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
