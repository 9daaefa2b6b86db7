import type { Clock } from '../../ports.ts';
import type { Telemetry } from '../../telemetry.ts';
import { within } from './bounded.ts';
import type { GroupMember } from './member.ts';
import type { TopicPartition } from './offsets.ts';
import type { OpenGap, OpenGaps } from './open-gaps.ts';
import type { PartitionEnds, PartitionEndsReader } from './partition-ends.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

export interface LagMeterOptions {
  readonly settings: KafkaSettings;
  readonly ends: Pick<PartitionEndsReader, 'of'>;
  /** The member of the moment: see `KafkaSource`. */
  readonly member: () => Pick<GroupMember, 'assigned' | 'offsets' | 'startOf'> | undefined;
  readonly gaps: Pick<OpenGaps, 'all' | 'close'>;
  readonly telemetry: Pick<Telemetry, 'lagMeasured' | 'recordsLost'>;
  readonly log: KafkaLogger;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
}

/** Milliseconds between two measurements: three requests a topic. */
const intervalMs = 10_000;
/** At least between two, where a jump asks for one: on a topic with transactions there is one at each of them. */
const soonMs = 1_000;
/** For the last one, at the end: the brokers may be away. */
const lastMsMax = 5_000;

/**
 * Tells the lag of the own partitions from time to time, and what was lost of them. The consumer tells lag with every batch; but a
 * partition that is held, or has not moved since it came here, has no batch, and its lag matters most. A measurement that fails is
 * left out: the consumer itself tells of brokers that are away, and the age of what is undecided grows meanwhile. Jumps stay until one succeeds.
 */
export class LagMeter {
  readonly #options: LagMeterOptions;
  readonly #timer: NodeJS.Timeout;
  #underWay: Promise<void> | undefined;
  #soon: NodeJS.Timeout | undefined;
  /** When the last one began, by the monotonic clock. */
  #begunMs = -Infinity;

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

  /** Measures at once, or a second after the last time: a partition may go elsewhere, and a process end, before the next turn. */
  measureSoon(): void {
    const waitMs = this.#begunMs + soonMs - this.#options.clock.monotonicMs();
    this.#soon ??= setTimeout(() => void this.#measureAnew(), Math.max(0, waitMs)).unref();
  }

  /** Jumps that nobody has looked into yet are looked into, for five seconds at most: no other process knows of them. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    if (this.#options.gaps.all.length > 0) await within(lastMsMax, this.#measureAnew());
  }

  /** One that is under way does not see the jumps that were found since it began. */
  async #measureAnew(): Promise<void> {
    await this.#underWay;
    this.#soon = undefined;
    await this.measure();
  }

  async #measure(): Promise<void> {
    this.#begunMs = this.#options.clock.monotonicMs();
    const own = Map.groupBy(this.#options.member()?.assigned ?? [], ({ topic }) => topic);
    const jumps = Map.groupBy(this.#options.gaps.all, ({ topic }) => topic);
    for (const topic of new Set([...own.keys(), ...jumps.keys()]))
      await this.#measureTopic(topic, own.get(topic) ?? [], jumps.get(topic) ?? []);
  }

  /** @param jumps found before the brokers are asked: what was deleted by then is gone in their answer */
  async #measureTopic(topic: string, own: readonly TopicPartition[], jumps: readonly OpenGap[]): Promise<void> {
    const askedMs = this.#options.clock.nowMs();
    const ends = new Map((await this.#options.ends.of(topic)).map((each) => [each.partition, each]));
    for (const { partition } of own) {
      const end = ends.get(partition);
      if (end !== undefined) this.#tellLag(end, askedMs);
    }
    for (const jump of jumps) this.#lookInto(jump, ends.get(jump.partition)?.low);
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

  /** Where offsets that were jumped over are not there any more, they were deleted; else compaction or a transaction made the gap. */
  #lookInto(jump: OpenGap, low: number | undefined): void {
    const { topic, partition, from, next } = jump;
    const isLost = low !== undefined && low > from;
    if (isLost) this.#options.telemetry.recordsLost(topic, partition, from, next);
    this.#options.gaps.close(jump, isLost);
  }
}
