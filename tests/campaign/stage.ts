import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { sampleNormsFile } from '../../src/app/versions.ts';
import { byEvents } from '../integration/processor/support/by-events.ts';
import type { CleanUp } from '../integration/processor/support/clean-up.ts';
import { Scene } from '../integration/processor/support/scene.ts';
import { until } from '../integration/kafka/support.ts';
import { uniquePrefix } from '../integration/valkey/support.ts';
import { limitedUser } from '../servers/kafka/broker-settings.ts';
import type { Skip } from '../servers/unavailable.ts';
import { grantAll } from './rights.ts';
import { Member } from './member.ts';
import { patient } from './member-settings.ts';
import type { Plan } from './plan.ts';
import type { Brokers } from './servers.ts';
import { openStore, storeVariables, type Store } from './store.ts';
import { eventIdOf, streamOf, type Stream } from './stream.ts';
import { Watch } from './watch.ts';
import { Writer } from './writer.ts';

/** A busy machine takes seconds to start a processor, and starts several at once. */
const readyMsMax = 240_000;
const undisturbedMsMax = 400_000;
const writeEveryMs = 50;
/** Share of the stream from which on it waits for the faults. */
const lastPart = 0.8;
const clockModule = new URL('shifted-clock.ts', import.meta.url).href;

/** How far all was when a processor had died: by partition, what the group had committed, and after that the end of the decisions. */
interface Death {
  readonly committed: ReadonlyMap<number, number>;
  readonly decided: ReadonlyMap<number, number>;
}

/** Everything of one round: servers, members, the stream, and what is known of it. */
export class Stage {
  readonly plan: Plan;
  readonly brokers: Brokers;
  readonly store: Store;
  readonly scene: Scene;
  readonly members: readonly Member[];
  readonly watch: Watch;
  readonly stream: Stream;
  readonly clockFile: string;
  readonly keyPrefix: string;
  /** Ids of events that may have no fate: their records were deleted before they were read. */
  readonly forgiven = new Set<string>();
  /** Keys of records that are no events. */
  readonly poisoned = new Set<string>();
  readonly deaths: Death[] = [];
  readonly #context: Skip;
  readonly #cleanUp: CleanUp;
  readonly #writer: Writer;
  readonly #folder: string;
  #written = 0;
  #writing: Promise<void> = Promise.resolve();
  #isPaused = false;
  /** Whether all faults are over. */
  isQuiet = false;

  private constructor(
    parts: Pick<Stage, 'plan' | 'brokers' | 'store' | 'scene' | 'stream'>,
    own: { context: Skip; cleanUp: CleanUp; writer: Writer; folder: string },
  ) {
    ({ plan: this.plan, brokers: this.brokers, store: this.store, scene: this.scene, stream: this.stream } = parts);
    this.#context = own.context;
    this.#cleanUp = own.cleanUp;
    this.#writer = own.writer;
    this.#folder = own.folder;
    this.clockFile = join(own.folder, 'clock');
    this.keyPrefix = uniquePrefix();
    this.members = Array.from(
      { length: this.plan.topology.processors },
      (_, index) => new Member(() => this.scene.run(this.#variables(`member-${index}`, this.keyPrefix))),
    );
    this.watch = new Watch(this.members);
    own.cleanUp(() => this.watch.stop());
  }

  /** Opens all of it, with members that are ready and a stream that has not begun. */
  static async open(context: Skip, plan: Plan, brokers: Brokers, cleanUp: CleanUp): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'winnow-campaign-'));
    cleanUp(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'clock'), '0');
    await writeFile(join(folder, 'policy.yaml'), JSON.stringify(byEvents));
    const norms = { ...(JSON.parse(await readFile(sampleNormsFile, 'utf8')) as object), budget: 1 };
    await writeFile(join(folder, 'norms.json'), JSON.stringify(norms));
    const { topology, seed } = plan;
    const partitions = { events: topology.partitions };
    const scene = await Scene.create(context, { brokers: brokers.addresses, partitions, cleanUp });
    if (topology.access === 'limited') await grantAll(scene);
    const store = await openStore(topology.store, cleanUp);
    const writer = await Writer.open(brokers.addresses, cleanUp);
    const parts = { plan, brokers, store, scene, stream: streamOf(seed) };
    const stage = new Stage(parts, { context, cleanUp, writer, folder });
    cleanUp(async () => void (await Promise.all(stage.members.map((member) => member.abandon()))));
    for (const member of stage.members) member.start();
    await Promise.all(stage.members.map((member) => member.ready(readyMsMax)));
    return stage;
  }

  #variables(member: string, keyPrefix: string, isDisturbed = true): Record<string, string> {
    return {
      ...patient,
      WINNOW_POLICY_FILE: join(this.#folder, 'policy.yaml'),
      WINNOW_NORMS_FILE: join(this.#folder, 'norms.json'),
      ...storeVariables(this.store, member, keyPrefix, isDisturbed),
      ...(isDisturbed ? { ...this.#access(), ...this.#clock() } : {}),
    };
  }

  #clock(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${clockModule}`, CAMPAIGN_CLOCK_FILE: this.clockFile };
  }

  #access(): Record<string, string> {
    const { proxy, sasl } = this.brokers;
    const { access } = this.plan.topology;
    if (access === 'proxy') return { WINNOW_KAFKA_BROKERS: proxy!.address };
    if (access === 'straight') return {};
    return {
      WINNOW_KAFKA_BROKERS: sasl!.join(','),
      WINNOW_KAFKA_SASL_MECHANISM: 'plain',
      WINNOW_KAFKA_SASL_USERNAME: limitedUser.username,
      WINNOW_KAFKA_SASL_PASSWORD: limitedUser.password,
      WINNOW_KAFKA_SASL_CLEAR_TEXT_ALLOWED: 'true',
    };
  }

  /**
   * Begins to write; resolves when all is written. The last part comes drop by drop until the faults are over, so that each of them
   * disturbs something.
   */
  async writeAll(): Promise<void> {
    const { messages } = this.stream;
    const atOnce = Math.ceil((this.plan.perSecond * writeEveryMs) / 1_000);
    while (this.#written < messages.length) {
      if (this.#isPaused) {
        await sleep(writeEveryMs);
        continue;
      }
      const perWrite = this.isQuiet || this.#written < lastPart * messages.length ? atOnce : 1;
      this.#writing = this.write(messages.slice(this.#written, this.#written + perWrite));
      await this.#writing;
      this.#written += perWrite;
      await sleep(writeEveryMs);
    }
  }

  /** Waits until this share of the stream is written, 0 to 1. */
  async hasWritten(share: number): Promise<void> {
    const due = share * this.stream.messages.length;
    while (this.#written < due) await sleep(writeEveryMs);
  }

  async write(messages: readonly Message[]): Promise<void> {
    await this.#writer.write(this.scene.names.events, messages);
  }

  /** Nothing is written while this is done. */
  async paused<T>(action: () => Promise<T>): Promise<T> {
    this.#isPaused = true;
    await this.#writing;
    try {
      return await action();
    } finally {
      this.#isPaused = false;
    }
  }

  /** Events of the topic as it is that the group has not committed up to `ends` may have no fate: they are about to be deleted. */
  async forgiveUndecided(committed: ReadonlyMap<number, number>, ends: ReadonlyMap<number, number>): Promise<void> {
    for (const { partition, offset, key, value } of await this.scene.read(this.scene.names.events)) {
      if (offset < (committed.get(partition) ?? 0) || offset >= (ends.get(partition) ?? 0)) continue;
      this.forgiven.add(this.poisoned.has(String(key)) ? String(key) : eventIdOf(value));
    }
  }

  /** Waits until a member has started, and answers: what happens while all of them are away, nobody can tell of. */
  async someoneWorks(): Promise<void> {
    const does = async (): Promise<boolean> => (await Promise.all(this.members.map(hasStarted))).includes(true);
    await until(does, 'a member works', readyMsMax);
  }

  /** Waits until the group is beyond these offsets. */
  async hasCommitted(ends: ReadonlyMap<number, number>): Promise<void> {
    const isBeyond = async (): Promise<boolean> => {
      const committed = await this.scene.committed();
      return [...ends].every(([partition, end]) => (committed.get(partition) ?? 0) >= end);
    };
    await until(() => isBeyond().catch(() => false), 'the group has read on', readyMsMax);
  }

  /** A processor has died just now. Where no broker answers, nobody knows how far all was. */
  async noteDeath(): Promise<void> {
    try {
      const committed = await this.scene.committed();
      this.deaths.push({ committed, decided: await this.scene.ends(this.scene.names.decisions) });
    } catch {
      // It is judged by the others.
    }
  }

  /** Waits until everything that is written is committed, every member is ready, and nothing waits any more: all of it within this time. */
  async recovered(msMax: number): Promise<void> {
    const deadline = performance.now() + msMax;
    const leftMs = (): number => deadline - performance.now();
    const backlog = (): Promise<number> => this.scene.backlog().catch(() => Infinity);
    await until(async () => (await backlog()) === 0, 'all events are committed', leftMs());
    for (const member of this.members) await until(() => isReady(member), 'all members are ready', leftMs());
    for (const member of this.members) await until(() => isCalm(member), 'nothing is held any more', leftMs());
  }

  /** The same events, in the order in which they lie there, by one processor that nothing disturbs. */
  async undisturbed(): Promise<{ readonly scene: Scene; readonly keyPrefix: string; readonly snapshot: string }> {
    const names = { events: this.scene.names.events };
    const partitions = { events: this.plan.topology.partitions };
    const brokers = this.brokers.addresses;
    const scene = await Scene.create(this.#context, { brokers, names, partitions, cleanUp: this.#cleanUp });
    const [snapshot, keyPrefix] = ['undisturbed', uniquePrefix()];
    const processor = scene.run(this.#variables(snapshot, keyPrefix, false));
    await processor.until(async () => (await scene.backlog()) === 0, 'the undisturbed run is done', undisturbedMsMax);
    await processor.end('SIGTERM');
    return { scene, keyPrefix, snapshot };
  }
}

async function hasStarted({ processor }: Member): Promise<boolean> {
  return (await processor.probe('/startupz')) === 200;
}

async function isReady({ processor }: Member): Promise<boolean> {
  return (await processor.probe('/readyz')) === 200;
}

async function isCalm({ processor }: Member): Promise<boolean> {
  return (await processor.metrics().catch(() => null))?.sum('winnow_holding') === 0;
}
