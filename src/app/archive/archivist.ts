import { TopicFollower } from '../../adapters/kafka/topic-follower.ts';
import type { KafkaLogger } from '../../adapters/kafka/settings.ts';
import type { Logger } from '../../adapters/log/logger.ts';
import type { ArchiveMetrics } from '../../adapters/prometheus/archive-metrics.ts';
import type { Archive } from '../../archive/archive.ts';
import { archivedRoles, readRecord, type ArchivedRole } from '../../archive/read-record.ts';
import type { Config } from '../../config/schema.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Clock, Holds, RecordBatch } from '../../ports.ts';
import { Places } from './places.ts';

/** Records of one transaction: from some hundreds on, what it costs to end one does not count any more. */
const recordsMax = 1_000;

export interface ArchivistOptions {
  readonly config: Config;
  readonly archive: Archive;
  readonly logger: Logger;
  readonly metrics: ArchiveMetrics;
  readonly clock: Clock;
  readonly holds: Holds;
  readonly progress: () => void;
}

/** Takes what topics bring into the archive. */
export class Archivist {
  readonly #options: ArchivistOptions;
  readonly #followers = new Map<string, TopicFollower>();
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>[] = [];

  constructor(options: ArchivistOptions) {
    this.#options = options;
  }

  /** Begins where the archive is. @param failed is told what ends it */
  async start(failed: (error: unknown) => void): Promise<void> {
    const { config, archive } = this.#options;
    const places = await Places.of(archive);
    for (const role of archivedRoles) {
      const topic = config.kafka.topics[role];
      if (topic !== undefined) this.#followers.set(topic, this.#follower(role, topic, places));
    }
    for (const follower of this.#followers.values())
      this.#done.push(follower.follow(this.#stopping.signal).catch(failed));
  }

  /** By topic: records that are there and were not taken; undefined where that is not known yet. */
  lags(): ReadonlyMap<string, number | undefined> {
    return new Map(Array.from(this.#followers, ([topic, follower]) => [topic, follower.lag]));
  }

  get isCaughtUp(): boolean {
    return this.#followers.size > 0 && [...this.lags().values()].every((lag) => lag === 0);
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#done);
  }

  #follower(role: ArchivedRole, topic: string, places: Places): TopicFollower {
    const { config, logger, metrics, clock, holds, progress } = this.#options;
    const log: KafkaLogger = (level, message, fields) => logger[level](message, fields);
    return new TopicFollower({
      settings: config.kafka,
      log,
      clock,
      holds,
      progress,
      topic,
      recordsMax,
      kept: (partition) => places.next(topic, partition),
      take: async (batch, next) => {
        await this.#take(role, batch, next);
        places.reached(topic, batch.partition, next);
      },
      identified: async (id) => {
        if (!(await places.identified(topic, id))) return;
        logger.warn('A topic is another one than was read; it is read from its beginning.', { topic, id });
      },
      remade: async (partition) => {
        logger.warn('A partition is another one than was read; it is read from its beginning.', { topic, partition });
        await places.remade(topic, partition);
      },
      lost: (partition, count) => {
        metrics.lost(topic, count);
        logger.error('Records were gone before they were read: the retention of the topic is too short for this.', {
          topic,
          partition,
          records: count,
        });
      },
    });
  }

  async #take(role: ArchivedRole, batch: RecordBatch, next: number): Promise<void> {
    const { archive, metrics, clock } = this.#options;
    const { topic, partition } = batch;
    const items = batch.records.flatMap((record) => {
      const read = readRecord(role, record, batch);
      if (read.ok) return [read.value];
      this.#refused(read.failure, topic, partition, record.offset);
      return [];
    });
    const startMs = clock.monotonicMs();
    const report = await archive.write({ items, positions: [{ topic, partition, next }], nowMs: clock.nowMs() });
    metrics.written(report, (clock.monotonicMs() - startMs) / 1_000);
  }

  #refused({ code, message, path }: Failure, topic: string, partition: number, offset: number): void {
    const { metrics, logger } = this.#options;
    metrics.refused(topic);
    logger.warn('A record was passed over.', { topic, partition, offset, code, message, path });
  }
}
