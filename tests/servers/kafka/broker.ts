import { join } from 'node:path';
import { cacheDirectory } from '../cache.ts';

/**
 * One broker of ours that can be stopped and started again with the same data and ports: a process (maven.ts) or a
 * container (docker.ts).
 */
export interface Broker {
  readonly port: { readonly plaintext: number; readonly sasl: number; readonly tls: number };
  /** File with the PEM certificate that clients of the TLS listener trust. To be asked for once the broker is ready. */
  caPath(): Promise<string>;
  /** Where its log is written. */
  readonly logPath: string;
  /** Starts it; resolves before it is ready. */
  start(): Promise<void>;
  hasExited(): boolean;
  /** The broker says good-bye to its clients and ends. */
  stop(): Promise<void>;
  /** The broker ends at once, as in a power cut. */
  kill(): Promise<void>;
  /** Removes its data. It is stopped by then. */
  remove(): Promise<void>;
}

/** A controlled shutdown takes a second or two; beyond this it is killed. */
export const stopMsMax = 20_000;

/** For jars, logs, and the data of brokers that run. */
export const kafkaCache = join(cacheDirectory, 'kafka');
