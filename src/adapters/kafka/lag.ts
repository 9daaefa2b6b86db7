import type { Clock } from '../../ports.ts';
import type { Telemetry } from '../../telemetry.ts';
import type { GroupMember } from './member.ts';
import type { TopicPartition } from './offsets.ts';
import type { PartitionEnds, PartitionEndsReader } from './partition-ends.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

export interface LagMeterOptions {
  readonly settings: KafkaSettings;
  readonly ends: Pick<PartitionEndsReader, 'of'>;
  /** The member of the moment: see `KafkaSource`. */
  readonly member: () => Pick<GroupMember, 'assigned' | 'offsets' | 'startOf' | 'takeGap'> | undefined;
  readonly telemetry: Pick<Telemetry, 'lagMeasured' | 'recordsLost'>;
  readonly log: KafkaLogger;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Milliseconds between two measurements: three requests a topic. */
const intervalMs = 10_000;

/**
 * Tells the lag of the own partitions from time to time, and what was lost of them. The consumer tells lag with every batch; but a
 * partition that is held, or has not moved since it came here, has no batch, and its lag matters most. A measurement that fails is
 * left out: the consumer itself tells of brokers that are away, and the age of what is undecided grows meanwhile.
 */
export class LagMeter {
  readonly #options: LagMeterOptions;
  readonly #timer: NodeJS.Timeout;
  #underWay: Promise<void> | undefined;

  constructor(options: LagMeterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.measure(), intervalMs).unref();
  }

  /** Measures now. Never rejects. */
  measure(): Promise<void> {
    this.#underWay ??= this.#measure()
      .catch((error: unknown) => this.#options.log('debug', 'Lag was not measured.', { error: String(error) }))
      .finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #measure(): Promise<void> {
    const assigned = this.#options.member()?.assigned ?? [];
    for (const [topic, own] of Map.groupBy(assigned, (each) => each.topic)) await this.#measureTopic(topic, own);
  }

  async #measureTopic(topic: string, own: readonly TopicPartition[]): Promise<void> {
    const askedMs = this.#options.clock.nowMs();
    const ends = new Map((await this.#options.ends.of(topic)).map((each) => [each.partition, each]));
    for (const { partition } of own) {
      const end = ends.get(partition);
      if (end === undefined) continue;
      this.#tellLag(end, askedMs);
      this.#tellLoss(end);
    }
  }

  #tellLag({ topic, partition, low, high, committed }: PartitionEnds, askedMs: number): void {
    const { member, telemetry, settings } = this.#options;
    const start = member()?.startOf({ topic, partition });
    if (start === undefined) return; // where it is read from is not known yet: it may be from before what was committed
    const otherwise = settings.consumer.startFrom === 'earliest' ? low : high;
    const reached = member()?.offsets.position(topic, partition) ?? start.seek ?? committed ?? otherwise;
    const lag = Math.max(0, high - reached);
    // Where nothing waits, whatever is undecided came after we asked.
    telemetry.lagMeasured(
      topic,
      partition,
      lag,
      lag === 0 ? askedMs : member()?.offsets.partition(topic, partition).decidedUpToMs,
    );
  }

  /** Where reading jumped over offsets that are not there any more, they were deleted; else compaction or a transaction made the gap. */
  #tellLoss({ topic, partition, low }: PartitionEnds): void {
    const gap = this.#options.member()?.takeGap(topic, partition);
    if (gap !== undefined && low > gap.from) this.#options.telemetry.recordsLost(topic, partition, gap.from, gap.next);
  }
}
