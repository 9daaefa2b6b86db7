import type { OutgoingRecord } from '../../ports.ts';
import { createClient } from './client.ts';
import { Lane } from './lane.ts';
import { requestMarginMs, type KafkaOutputOptions } from './producer.ts';

/**
 * What a command writes into one topic, labels or entries of lists: as `KafkaOutput`, one lane. Whoever reads takes what came twice for
 * one, by the ids of events and by the keys of entries.
 */
export class TopicOutput {
  readonly #lane: Lane;

  constructor({ settings, log, clock, holds, progress, topic }: KafkaOutputOptions & { readonly topic: string }) {
    const requestTimeoutMs = settings.producer.requestTimeoutMs + requestMarginMs;
    const client = createClient({ settings, log, clock, requestTimeoutMs });
    this.#lane = new Lane({ client, settings, clock, holds, progress, topic, step: 'send' });
  }

  /** Connects. Rejects with `FailureError`, as all calls do. */
  open(): Promise<void> {
    return this.#lane.open();
  }

  /** Resolves when all are acknowledged by all in-sync replicas. */
  send(records: readonly OutgoingRecord[]): Promise<void> {
    return this.#lane.send(records);
  }

  async close(): Promise<void> {
    await this.#lane.close();
  }
}
