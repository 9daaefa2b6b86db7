import { ErrorReply } from '@redis/client';
import { FailureError } from '../../domain/failure.ts';
import { messageOf, NoAnswer, unavailable } from './failures.ts';
import { connect, socketSettings, type Link, type SocketSettings } from './link.ts';
import { checkStamp } from './secret-stamp.ts';
import type { ValkeyLogger, ValkeySettings } from './settings.ts';
import { Script } from './script.ts';
import { shardScript } from './shard-script.ts';

const ofShards = new Script(shardScript);

/**
 * The way to Valkey. Opened by the first call; given up at the first error of any kind, so that nothing stands in a queue for a
 * server that does not answer; opened anew by the next call. Who calls decides when to try again.
 */
export class Connection {
  readonly #settings: ValkeySettings;
  readonly #socket: SocketSettings;
  readonly #log: ValkeyLogger;
  #link: Promise<Link> | null = null;
  /** The server to begin with: the one that answered last, or the next, for one that lets us in may yet be of no use. */
  #first = 0;
  #isClosed = false;
  #isCountRefusalTold = false;

  /** Throws `FailureError` `CONFIG_INVALID` when a file of `valkey.tls` cannot be read. */
  constructor(settings: ValkeySettings, log: ValkeyLogger) {
    this.#settings = settings;
    this.#socket = socketSettings(settings);
    this.#log = log;
  }

  /**
   * Lets `work` run the script on shards, as often as it likes within the time for one call. Rejects with `FailureError`
   * `STORE_UNAVAILABLE`, or with what `work` throws by itself.
   */
  runShards<T>(work: (run: ShardRunner) => Promise<T>): Promise<T> {
    return this.#use((link) =>
      work(async (key, args) => {
        try {
          return (await runScript(link, ofShards, key, args)) as Buffer;
        } catch (error) {
          throw this.#unavailable(error);
        }
      }),
    );
  }

  /** Runs a script on the key that it is about; returns its reply. Rejects with `FailureError` `STORE_UNAVAILABLE`. */
  run(script: Script, key: string, args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.#use(async (link) => {
      try {
        return await runScript(link, script, key, args);
      } catch (error) {
        throw this.#unavailable(error);
      }
    });
  }

  /** Removes fields from hashes; what is no hash has none. Rejects with `FailureError` `STORE_UNAVAILABLE`. */
  removeFields(keys: readonly string[], fields: readonly string[]): Promise<void> {
    return this.#use(async (link) => {
      const remove = (key: string): Promise<unknown> => link.send(key, ['HDEL', key, ...fields]).catch(ignoreOtherType);
      await Promise.all(keys.map(remove)).catch((error: unknown) => {
        throw this.#unavailable(error);
      });
    });
  }

  /**
   * Keys in the databases of all nodes, whoever's they are; null when nobody is connected or not all of them answer. A number
   * for a gauge: that it cannot be had says nothing of the link, which batches are using meanwhile.
   */
  async countKeys(): Promise<number | null> {
    try {
      const link = await this.#link;
      if (link === null) return null;
      const counts = await this.#inTime(link.sendToAll(['DBSIZE']));
      return counts.reduce((sum, count) => sum + Number(count), 0);
    } catch (error) {
      if (!this.#isCountRefusalTold)
        this.#log('warn', 'The keys of Valkey cannot be counted; the number of entities is not known.', {
          reason: messageOf(error, this.#settings.nodes.join(', ')),
        });
      this.#isCountRefusalTold = true;
      return null;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const link = await this.#link?.catch(() => null);
    this.#link = null;
    link?.destroy();
  }

  async #use<T>(work: (link: Link) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw unavailable('The store is closed.');
    const opening = (this.#link ??= this.#open());
    try {
      const link = await opening;
      const result = await this.#inTime(work(link));
      if (this.#link === opening) this.#first = link.node;
      return result;
    } catch (error) {
      this.#giveUp(opening);
      // A replica does what only reads: by that it would be the first to be tried again.
      if (isOfReplica(error)) this.#first = (await opening).node + 1;
      throw error;
    }
  }

  #open(): Promise<Link> {
    const limit = new AbortController();
    const giveUp = (): void => this.#giveUp(opening);
    const opening = this.#inTime(this.#connect(limit.signal, giveUp)).catch((error: unknown) => {
      limit.abort();
      throw this.#unavailable(error);
    });
    return opening;
  }

  async #connect(signal: AbortSignal, onBroken: () => void): Promise<Link> {
    const link = await connect(this.#settings, this.#socket, this.#first++, signal, onBroken);
    await checkStamp(link, this.#settings);
    await this.#warnOfEviction(link);
    return link;
  }

  #giveUp(opening: Promise<Link>): void {
    if (this.#link === opening) this.#link = null;
    opening.then(
      (link) => link.destroy(),
      () => undefined,
    );
  }

  /** What the promise gives, or a failure when it takes too long. */
  async #inTime<T>(promise: Promise<T>): Promise<T> {
    const { timeoutMs } = this.#settings;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#unavailable(new NoAnswer(timeoutMs))), timeoutMs);
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #unavailable(error: unknown): FailureError {
    if (error instanceof FailureError) return error;
    return unavailable(messageOf(error, this.#settings.nodes.join(', ')), error);
  }

  /** Watermarks have no expiry: a policy that evicts such keys can make a redelivered batch count twice. */
  async #warnOfEviction(link: Link): Promise<void> {
    const reports = await link.sendToAll(['INFO', 'memory']);
    const policy = reports.map((report) => /^maxmemory_policy:(allkeys-\w+)/m.exec(report)?.[1]).find(Boolean);
    if (policy === undefined || reports.every((report) => /^maxmemory:0\s/m.test(report))) return;
    this.#log('warn', 'Valkey may evict watermarks, and events could then count twice; take volatile-lru.', { policy });
  }
}

/** Runs the script on the shard whose watermarks are at `key`; returns its reply. */
export type ShardRunner = (key: string, args: readonly (string | Buffer)[]) => Promise<Buffer>;

async function runScript(
  link: Link,
  { text, sha1 }: Script,
  key: string,
  args: readonly (string | Buffer)[],
): Promise<unknown> {
  try {
    return await link.send(key, ['EVALSHA', sha1, '1', key, ...args]);
  } catch (error) {
    // A server that is new, or was told to forget its scripts. EVAL remembers it.
    if (!(error instanceof ErrorReply && error.message.startsWith('NOSCRIPT'))) throw error;
    return link.send(key, ['EVAL', text, '1', key, ...args]);
  }
}

function ignoreOtherType(error: unknown): void {
  if (!(error instanceof ErrorReply && error.message.startsWith('WRONGTYPE'))) throw error;
}

function isOfReplica(error: unknown): boolean {
  return error instanceof FailureError && error.cause instanceof Error && error.cause.message.startsWith('READONLY');
}
