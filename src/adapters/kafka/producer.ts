import assert from 'node:assert/strict';
import type { Clock, Holds, Output, OutgoingRecord, OutputName } from '../../ports.ts';
import { createClient } from './client.ts';
import { Lane } from './lane.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

export interface KafkaOutputOptions {
  readonly settings: KafkaSettings;
  readonly log: KafkaLogger;
  readonly clock: Clock;
  readonly holds: Holds;
  /** Called whenever something is tried: see `KafkaSourceOptions`. */
  readonly progress: () => void;
}

/** Milliseconds beyond the broker's own deadline, so that its answer comes first and says more. */
export const requestMarginMs = 5_000;

/**
 * Results into topics: idempotent, acknowledged by all in-sync replicas, in order per key, one lane for each output. What a
 * lane holds, it holds for the partitions whose batches wait for it, and, since kafkajs fetches nothing from a broker while one
 * of its batches is in hand, in time for all partitions that the same broker leads.
 *
 * `send` retries without end what may pass, reports it as held, and rejects with `FailureError`: `SEND_FAILED` for
 * what nobody has classified, `BROKER_AUTHORIZATION`, `BROKER_AUTHENTICATION` and `TOPIC_MISSING` (a name that
 * cannot exist) when a person has to act.
 */
export class KafkaOutput implements Output {
  /** That of verdicts is there where their topic is named. */
  readonly #lanes: Readonly<Record<Exclude<OutputName, 'verdicts'>, Lane> & { verdicts?: Lane }>;

  constructor({ settings, log, clock, holds, progress }: KafkaOutputOptions) {
    const requestTimeoutMs = settings.producer.requestTimeoutMs + requestMarginMs;
    const client = createClient({ settings, log, clock, requestTimeoutMs });
    const common = { client, settings, clock, holds, progress };
    const { verdicts } = settings.topics;
    this.#lanes = {
      decisions: new Lane({ ...common, topic: settings.topics.decisions, step: 'send' }),
      deadLetters: new Lane({ ...common, topic: settings.topics.deadLetters, step: 'deadLetter' }),
      ...(verdicts === undefined ? {} : { verdicts: new Lane({ ...common, topic: verdicts, step: 'send' }) }),
    };
  }

  /** Connects, so that what is wrong shows at the start. Rejects with `FailureError`. */
  async open(): Promise<void> {
    await Promise.all(Object.values(this.#lanes).map((lane) => lane.open()));
  }

  /** @param signal ends the retries of this call: it rejects with `SEND_FAILED`, and may have been delivered all the same. */
  send(output: OutputName, records: readonly OutgoingRecord[], signal?: AbortSignal): Promise<void> {
    const lane = this.#lanes[output];
    assert(lane !== undefined, 'verdicts are sent where their topic is named');
    return lane.send(records, signal);
  }

  /** Resolves once nothing is queued or under way. */
  async flush(): Promise<void> {
    await Promise.all(Object.values(this.#lanes).map((lane) => lane.idle()));
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#lanes).map((lane) => lane.close()));
  }
}
