import net from 'node:net';
import tls from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** Milliseconds of silence after which the system asks whether the other end is still there. */
const keepAliveMs = 60_000;

/**
 * Opens the connections. Unlike kafkajs' own: small requests go out at once instead of waiting for the acknowledgement
 * of the one before (Nagle's algorithm), which on a network adds a round trip to a commit after a fetch. And a socket that
 * is dead may be told so as often as kafkajs likes; it leaves a listener each time, of which Node would warn.
 */
export const openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const security: tls.ConnectionOptions | null = ssl; // the types of kafkajs do not tell of the null
  const nameIndication = net.isIP(host) === 0 ? { servername: host } : {};
  const socket =
    security !== null
      ? tls.connect({ host, port, ...nameIndication, ...security }, onConnect)
      : net.connect({ host, port }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.setMaxListeners(0);
  return socket;
};
