import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Message, type Producer } from 'kafkajs';
import { Acknowledgements } from '../../src/adapters/kafka/acknowledgements.ts';
import type { CleanUp } from '../integration/processor/support/clean-up.ts';
import { uniqueNames } from '../integration/kafka/support.ts';

/** Longer than any outage of a round, and twice what a broker takes to start on a busy machine. */
const patienceMs = 240_000;
const againAfterMs = 500;

/**
 * Writes whatever happens to brokers, and loses nothing: what was not acknowledged by each partition is written again. So an event may come
 * twice, as from any producer. An idempotent one is no help: where its requests fail, kafkajs gives sequence numbers out a second time,
 * and the broker drops what has the number of another record.
 */
export class Writer {
  readonly #producer: Producer;
  readonly #acknowledgements: Acknowledgements;
  /** Resolves when what was written last has got its answer. */
  #last: Promise<void> = Promise.resolve();

  private constructor(producer: Producer, acknowledgements: Acknowledgements) {
    this.#producer = producer;
    this.#acknowledgements = acknowledgements;
  }

  /** Sees partitions that are added within a second. */
  static async open(brokers: readonly string[], cleanUp: CleanUp): Promise<Writer> {
    const client = new kafkajs.Kafka({
      clientId: uniqueNames().groupId,
      brokers: [...brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 },
    });
    const acknowledgements = new Acknowledgements();
    const producer = client.producer({
      createPartitioner: acknowledgements.createPartitioner,
      allowAutoTopicCreation: false,
      metadataMaxAge: 1_000,
    });
    cleanUp(() => producer.disconnect());
    await producer.connect();
    return new Writer(producer, acknowledgements);
  }

  /** One request after the other, so that an account's records keep their order. Rejects where no broker takes them for minutes. */
  async write(topic: string, messages: readonly Message[]): Promise<void> {
    const before = this.#last;
    const done = Promise.withResolvers<void>();
    this.#last = done.promise;
    try {
      await before;
      await this.#send(topic, messages);
    } finally {
      done.resolve();
    }
  }

  async #send(topic: string, messages: readonly Message[]): Promise<void> {
    const deadlineMs = performance.now() + patienceMs;
    for (;;) {
      this.#acknowledgements.reset();
      this.#acknowledgements.begin();
      try {
        this.#acknowledgements.complete(await this.#producer.send({ topic, messages: [...messages], acks: -1 }));
        return;
      } catch (error) {
        if (performance.now() > deadlineMs) throw error;
        await sleep(againAfterMs);
      }
    }
  }
}
