import { createClient } from '@redis/client';

const slotCount = 16_384;
/** Of one that is asked whether it answers at all: it may be paused. */
const answerMsMax = 2_000;
/** Of one that is there: on a busy machine it comes late, and that is no reason to fail. */
const connectMsMax = 60_000;

/** A connection to one server, for a test to look into it. Ends with `destroy`. */
export async function connectTo(
  port: number,
  login: { username?: string; password?: string } = {},
  connectTimeout = connectMsMax,
) {
  const client = createClient({
    ...login,
    socket: { host: '127.0.0.1', port, connectTimeout, reconnectStrategy: false },
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Whether the server accepts connections. One that wants a password does, too. */
export async function answers(port: number): Promise<boolean> {
  try {
    const client = await connectTo(port, {}, answerMsMax);
    const isReady = await client.ping().then(
      (reply) => reply === 'PONG',
      (error: unknown) => /NOAUTH|NOPERM/.test(String(error)),
    );
    client.destroy();
    return isReady;
  } catch (error) {
    return /NOAUTH|WRONGPASS|NOPERM/.test(String(error));
  }
}

/** Makes one cluster of servers that know nothing of each other: each gets an equal share of the slots. */
export async function joinCluster(ports: readonly number[]): Promise<void> {
  let firstBusPort: string | undefined;
  for (const [index, port] of ports.entries()) {
    const client = await connectTo(port);
    const share = (part: number): string => String(Math.floor((slotCount * part) / ports.length));
    const last = String(Number(share(index + 1)) - 1);
    await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', share(index), last]);
    firstBusPort ??= (await client.configGet('cluster-port'))['cluster-port']!;
    if (index > 0) await client.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(ports[0]), firstBusPort]);
    client.destroy();
  }
}

/** Whether the node sees all slots served and all nodes of the cluster. */
export async function isClusterReady(port: number, nodes: number): Promise<boolean> {
  const client = await connectTo(port);
  const info = await client.sendCommand<string>(['CLUSTER', 'INFO']);
  client.destroy();
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes}`);
}
