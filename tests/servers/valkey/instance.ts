import { join } from 'node:path';
import { cacheDirectory } from '../cache.ts';

/** Valkey servers of ours, one or the nodes of a cluster, that start and stop together: processes (wheel.ts) or a container. */
export interface Instance {
  readonly ports: readonly number[];
  /** Where their log is written. */
  readonly logPath: string;
  /** Starts them with the data that they have; resolves before they are ready. */
  start(): Promise<void>;
  hasExited(): boolean;
  /** They write what they have to write, and end. */
  stop(): Promise<void>;
  /** They end at once, as in a power cut. */
  kill(): Promise<void>;
  /** They stand still, with their connections open, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Removes their data. They are stopped by then. */
  remove(): Promise<void>;
}

/** Servers are asked to end for this long; then they are killed. */
export const stopMsMax = 10_000;

/** For the program, logs, and the data of servers that run. */
export const valkeyCache = join(cacheDirectory, 'valkey');

export interface InstanceOptions {
  readonly count: number;
  readonly isCluster: boolean;
  /** Lines of the configuration beside those that make it run here. */
  readonly settings: readonly string[];
}

export interface NodePorts {
  readonly port: number;
  /** On which the nodes of a cluster talk to each other. The default can be one that an outgoing connection has just taken. */
  readonly busPort: number;
}

/** The text of `valkey.conf`. Snapshots are off; a test that wants its data back after a restart turns the log on. */
export function configuration(
  { port, busPort }: NodePorts,
  bindAddress: string,
  { isCluster, settings }: InstanceOptions,
): string {
  const cluster = [
    'cluster-enabled yes',
    `cluster-port ${busPort}`,
    'cluster-config-file nodes.conf',
    'cluster-node-timeout 5000',
    'cluster-announce-ip 127.0.0.1',
  ];
  return [
    `port ${port}`,
    `bind ${bindAddress}`,
    'protected-mode no',
    'daemonize no',
    'save ""',
    ...(isCluster ? cluster : []),
    ...settings,
    '',
  ].join('\n');
}
