import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { quietRequestQueue } from '../../src/adapters/kafka/request-queue.ts';
import type { KafkaSettings } from '../../src/adapters/kafka/settings.ts';
import { startKafka, type KafkaServer } from '../../tests/servers/kafka.ts';
import { withAdmin } from './clients.ts';
import {
  kafkaSettings,
  startProcessor,
  variablesFor,
  type Processor,
  type ProcessorOptions,
  type Wiring,
} from './processors.ts';
import { createTopics } from './topics.ts';

/** What a run has made and leaves no trace of: a broker, topics, processes, a directory with their logs. */
export class Session {
  readonly say: (sentence: string) => void;
  readonly #kafka: KafkaServer;
  readonly #directory: string;
  readonly #name = `load-${randomBytes(4).toString('hex')}`;
  readonly #topics: string[] = [];
  readonly #open: (() => Promise<unknown>)[] = [];

  static async open(say: (sentence: string) => void): Promise<Session> {
    quietRequestQueue(); // of the client that looks whether the broker answers
    const kafka = await startKafka();
    say(`Kafka (${kafka.origin}) is ready at ${kafka.brokers.join(', ')}.`);
    return Session.on(kafka, say);
  }

  /** On a broker that is there already. The session stops it in the end; what has to outlive it is given with a `stop` that does nothing. */
  static async on(kafka: KafkaServer, say: (sentence: string) => void): Promise<Session> {
    return new Session(say, kafka, await mkdtemp(join(tmpdir(), 'winnow-load-')));
  }

  private constructor(say: (sentence: string) => void, kafka: KafkaServer, directory: string) {
    this.say = say;
    this.#kafka = kafka;
    this.#directory = directory;
  }

  get origin(): KafkaServer['origin'] {
    return this.#kafka.origin;
  }

  /** Topics and a group of a processor's own. */
  wiring(name: string, emit: Wiring['emit'], events = this.topic(`${name}-events`)): Wiring {
    const [decisions, deadLetters] = [this.topic(`${name}-decisions`), this.topic(`${name}-dead-letters`)];
    return { brokers: this.#kafka.brokers, events, decisions, deadLetters, groupId: this.topic(`${name}-group`), emit };
  }

  topic(name: string): string {
    return `${this.#name}-${name}`;
  }

  /** For a client of the load itself. */
  settings(groupName: string): KafkaSettings {
    const unused = this.wiring(groupName, null);
    return kafkaSettings(variablesFor(unused));
  }

  withAdmin<T>(action: (admin: Admin) => Promise<T>): Promise<T> {
    return withAdmin(this.settings('admin'), action);
  }

  async createTopics(partitionsByTopic: Readonly<Record<string, number>>): Promise<void> {
    this.#topics.push(...Object.keys(partitionsByTopic));
    await this.withAdmin((admin) => createTopics(admin, partitionsByTopic));
  }

  async startProcessor(program: ProcessorOptions['program'], wiring: Wiring): Promise<Processor> {
    const logPath = join(this.#directory, `${wiring.groupId}.log`);
    const processor = await startProcessor({ program, variables: variablesFor(wiring), logPath });
    this.onClose(() => processor.stop());
    return processor;
  }

  /** What starts members of one group, which share a history and its secret. */
  memberStarter(wiring: Wiring, shared: Readonly<Record<string, string>>): () => Promise<Processor> {
    const variables = { ...variablesFor(wiring), ...shared };
    let started = 0;
    return async () => {
      const logPath = join(this.#directory, `${wiring.groupId}-${++started}.log`);
      const processor = await startProcessor({ program: 'winnow', variables, logPath });
      this.onClose(() => processor.stop());
      return processor;
    };
  }

  /** Called when the session ends, however it does; the last one first. */
  onClose(close: () => Promise<unknown>): void {
    this.#open.push(close);
  }

  /** The logs stay when they may tell why a run failed. */
  async close({ keepLogs }: { readonly keepLogs: boolean }): Promise<void> {
    const closing = [...this.#open.toReversed(), () => this.#deleteTopics(), () => this.#kafka.stop()];
    for (const close of closing) {
      await close().catch((error: unknown) => this.say(`While cleaning up: ${String(error)}`));
    }
    if (keepLogs) this.say(`The logs of the processors are in ${this.#directory}.`);
    else await rm(this.#directory, { recursive: true, force: true });
  }

  /** A broker that was given outlives us. */
  async #deleteTopics(): Promise<void> {
    if (this.#kafka.origin !== 'environment' || this.#topics.length === 0) return;
    await this.withAdmin((admin) => admin.deleteTopics({ topics: this.#topics }));
  }
}
