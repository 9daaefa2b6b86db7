import type { Clock, OutgoingRecord } from '../../ports.ts';
import { createClient } from './client.ts';
import { holdsNothing } from './hold.ts';
import { Lane } from './lane.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';

export interface ShadowOutputOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  readonly log: KafkaLogger;
  readonly clock: Clock;
  readonly progress: () => void;
  /** Told how many records did not go. */
  readonly onDropped: (records: number) => void;
}

/** Records that may be under way; more are dropped. */
const waitingMax = 4_096;
/** What the topic does not take in this time is given up, milliseconds. */
const sendMsMax = 10_000;

/** Decisions that are only watched, into their topic: without anybody waiting for them, and dropped where the topic does not take them. */
export class ShadowOutput {
  readonly #lane: Lane;
  readonly #onDropped: (records: number) => void;
  #waiting = 0;

  constructor({ settings, topic, log, clock, progress, onDropped }: ShadowOutputOptions) {
    const client = createClient({ settings, log, clock, requestTimeoutMs: sendMsMax });
    this.#lane = new Lane({ client, settings, clock, holds: holdsNothing, progress, topic, step: 'send' });
    this.#onDropped = onDropped;
  }

  open(): Promise<void> {
    return this.#lane.open();
  }

  send(records: readonly OutgoingRecord[]): void {
    if (this.#waiting + records.length > waitingMax) {
      this.#onDropped(records.length);
      return;
    }
    this.#waiting += records.length;
    this.#lane
      .send(records, AbortSignal.timeout(sendMsMax))
      .catch(() => this.#onDropped(records.length))
      .finally(() => (this.#waiting -= records.length));
  }

  async close(): Promise<void> {
    await this.#lane.close();
  }
}
