import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guard } from '../guardian.ts';
import { startProcess, type ServerProcess } from '../process.ts';
import { kafkaCache, stopMsMax, type Broker } from './broker.ts';
import { brokerEnvironment, type BrokerPorts, type ClusterPlace } from './broker-settings.ts';

export const brokerScript = fileURLToPath(new URL('broker.sh', import.meta.url));

export interface ProcessBrokerOptions {
  readonly ports: BrokerPorts;
  readonly place?: ClusterPlace | undefined;
  /** Directory of its jars. */
  readonly libraries: string;
  /** What broker.sh is told beside its settings: TEMPLATE, or ARCHIVE. */
  readonly variables: Readonly<Record<string, string>>;
  /** How long it is asked to end before it is killed, ms. */
  readonly stopMsMax?: number;
}

/** A broker as a process of this machine, in a directory of its own. */
export async function processBroker(options: ProcessBrokerOptions): Promise<Broker> {
  const { ports, place, libraries, variables } = options;
  const directory = await mkdtemp(join(kafkaCache, 'broker-'));
  const guardian = guard('sleep 1; rm -rf -- "$1"', directory);
  const logPath = `${directory}.log`;
  const env = {
    ...brokerEnvironment({
      ports,
      bindAddress: '127.0.0.1',
      workDirectory: directory,
      classPath: join(libraries, '*'),
      ...(place === undefined ? {} : { place }),
    }),
    ...variables,
  };
  let server: ServerProcess | null = null;
  return {
    port: ports,
    caPath: async () => join(directory, 'ca.pem'),
    logPath,
    start: async () => {
      server = await startProcess({ command: 'sh', args: [brokerScript], logPath, env });
    },
    hasExited: () => server === null || server.hasExited(),
    stop: async () => server?.stop(options.stopMsMax ?? stopMsMax),
    kill: async () => server?.kill(),
    remove: async () => {
      await rm(directory, { recursive: true, force: true });
      guardian.release();
    },
  };
}
