import { createServer } from 'node:net';

/**
 * Ports below the range from which systems take the local ends of outgoing connections (32768 on Linux, 49152 elsewhere).
 * A port from inside it is a trap for a server that restarts: while it is down, a client that keeps dialling 127.0.0.1
 * can be given that very port as its own end, connect to itself, and keep the server from coming back.
 */
const portMin = 20_000;
const portMax = 32_000;
const attemptCountMax = 200;

/** Handed out earlier by this process and perhaps not bound yet. */
const taken = new Set<number>();

/** A TCP port on 127.0.0.1 that nobody listens on, different at every call of this process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attemptCountMax; attempt += 1) {
    const port = portMin + Math.floor(Math.random() * (portMax - portMin));
    if (taken.has(port)) continue;
    if (await isFree(port)) {
      taken.add(port);
      return port;
    }
  }
  throw new Error(`no free TCP port found between ${portMin} and ${portMax} in ${attemptCountMax} attempts`);
}

/** Bound on all interfaces, because a container engine publishes there too. */
async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
