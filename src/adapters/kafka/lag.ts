import type { Admin } from 'kafkajs';
import type { Clock } from '../../ports.ts';
import type { Telemetry } from '../../telemetry.ts';
import { within } from './bounded.ts';
import { createClient } from './client.ts';
import type { GroupMember } from './member.ts';
import type { TopicPartition } from './offsets.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

export interface LagMeterOptions {
  readonly settings: KafkaSettings;
  /** The member of the moment: see `KafkaSource`. */
  readonly member: () => Pick<GroupMember, 'assigned' | 'offsets'> | undefined;
  readonly telemetry: Pick<Telemetry, 'lagMeasured'>;
  readonly log: KafkaLogger;
  readonly clock: Clock;
}

/** Milliseconds between two measurements: two requests a topic, three when a partition has not been read from yet. */
const intervalMs = 10_000;
const requestTimeoutMs = 10_000;
const farewellMsMax = 1_000;

/**
 * Tells the lag of the own partitions from time to time. The consumer tells it with every batch; but a partition that is
 * held, or has not moved since it came here, has no batch, and its lag matters most. A measurement that fails is left
 * out: the consumer itself tells of brokers that are away.
 */
export class LagMeter {
  readonly #options: LagMeterOptions;
  readonly #admin: Admin;
  readonly #timer: NodeJS.Timeout;
  #underWay: Promise<void> | undefined;

  constructor(options: LagMeterOptions) {
    this.#options = options;
    this.#admin = createClient({ ...options, requestTimeoutMs }).admin({ retry: { retries: 1 } });
    this.#timer = setInterval(() => void this.measure(), intervalMs).unref();
  }

  /** Measures now. Never rejects. */
  measure(): Promise<void> {
    this.#underWay ??= this.#measure()
      .catch((error: unknown) => this.#options.log('debug', 'Lag was not measured.', { error: String(error) }))
      .finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await within(farewellMsMax, this.#admin.disconnect());
  }

  async #measure(): Promise<void> {
    const member = this.#options.member();
    if (member === undefined || member.assigned.length === 0) return;
    await this.#admin.connect();
    for (const [topic, own] of Map.groupBy(member.assigned, (each) => each.topic)) await this.#measureTopic(topic, own);
  }

  async #measureTopic(topic: string, own: readonly TopicPartition[]): Promise<void> {
    const { member, telemetry, settings } = this.#options;
    // The two answers come in different orders of partitions.
    const ends = new Map((await this.#admin.fetchTopicOffsets(topic)).map((each) => [each.partition, each]));
    const position = (partition: number): number | undefined => member()?.offsets.position(topic, partition);
    const committed = own.every(({ partition }) => position(partition) !== undefined)
      ? new Map<number, number>()
      : await this.#committed(topic);
    for (const { partition } of own) {
      const end = ends.get(partition);
      if (end === undefined) continue;
      const start = Number(settings.consumer.startFrom === 'earliest' ? end.low : end.high);
      const reached = position(partition) ?? committed.get(partition) ?? start;
      telemetry.lagMeasured(topic, partition, Math.max(0, Number(end.high) - reached));
    }
  }

  async #committed(topic: string): Promise<Map<number, number>> {
    const { settings } = this.#options;
    const answers = await this.#admin.fetchOffsets({ groupId: settings.groupId, topics: [topic] });
    const partitions = answers.flatMap((answer) => answer.partitions);
    const known = partitions.map(({ partition, offset }) => [partition, Number(offset)] as const);
    return new Map(known.filter(([, offset]) => offset >= 0)); // -1: nothing was committed
  }
}
