import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../judge/outcome.ts';
import type { OwnKafka } from '../../tests/servers/kafka.ts';
import { startRoughProxy, type RoughProxy } from '../../tests/servers/rough-proxy.ts';
import { startValkey, type ValkeyControl, type ValkeyServer } from '../../tests/servers/valkey.ts';
import { plainProducer } from '../load/clients.ts';
import { CpuMeter } from '../load/cpu.ts';
import type { Processor, Wiring } from '../load/processors.ts';
import { startReader } from '../load/reader.ts';
import type { Session } from '../load/session.ts';
import type { LoadEvent } from '../load/stream.ts';
import { nowMs } from '../load/time.ts';
import { recordCount } from '../load/topics.ts';
import { Deliveries, Schedule } from './deliveries.ts';
import { OpenLoad } from './open-load.ts';
import { DecisionOutputs, echoOutputs, type OutputReader } from './outputs.ts';
import type { Scenario, Setup, StagedEvent } from './scenario.ts';
import { Versions } from './versions.ts';
import { machineCpuMs, openFiles, residentMiB, Watch } from './watch.ts';

export interface StageOptions {
  /** Events per second. */
  readonly rate: number;
  /** The load ends in a failure where they do not suffice. */
  readonly events: readonly LoadEvent[];
  /** Null where the broker is not ours to restart. */
  readonly kafka: OwnKafka | null;
}

/** Milliseconds between two looks at lag, and at the memory and files of the members. */
const lagEveryMs = 100;
const processEveryMs = 1_000;
/** As often as Prometheus asks: it costs the members what a scrape costs. */
const inUseEveryMs = 10_000;
const inUseMetrics = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'] as const;
const mebibyte = 1_024 ** 2;
const sleepPollMs = 500;
/** Between two waits that are told apart. */
const apartSeconds = 1;
/** Sends that fail are repeated: a broker that is away takes none. */
const sendRetries = 60;
const sendRetryMs = 500;

/** Where a scenario plays: broker, store, members and the echo, under a load whose rate it may change. */
export class Stage {
  readonly say: Session['say'];
  /** Events per second before and after what the scenario does. */
  readonly rate: number;
  readonly members: Processor[] = [];
  readonly winnow: Deliveries;
  readonly echo: Deliveries;
  readonly decisions = new DecisionOutputs();
  /** Ages of the oldest event without an output. */
  readonly lag: { readonly winnow: Watch; readonly echo: Watch };
  /** Of all members together, by their own metrics. */
  readonly inUseMiB: Watch;
  /** The largest of the members. */
  readonly residentMiB: Watch;
  readonly openFiles: Watch;
  /** Busy CPU milliseconds of the whole machine, from its start. */
  readonly machineCpu: Watch;
  readonly harnessCpu = new CpuMeter(process.pid);
  readonly events: readonly StagedEvent[];
  readonly #session: Session;
  readonly #setup: Setup;
  readonly #schedule: Schedule;
  readonly #wiring: Wiring;
  readonly #kafka: OwnKafka | null;
  #everyMember: readonly Processor[] = [];
  #echoProcessor: Processor | null = null;
  #startMember: (() => Promise<Processor>) | null = null;
  #load: OpenLoad<StagedEvent> | null = null;
  #valkey: ValkeyServer | null = null;
  #proxy: RoughProxy | null = null;
  #versions: Versions | null = null;

  /** Resolves once all have their partitions and the load has begun. Everything ends with the session. */
  static async open({ setup }: Scenario, options: StageOptions, session: Session): Promise<Stage> {
    const stage = new Stage(setup, options, session);
    await stage.#open();
    return stage;
  }

  private constructor(setup: Setup, { rate, events, kafka }: StageOptions, session: Session) {
    this.events = setup.shape === undefined ? events : events.map(setup.shape);
    this.#schedule = new Schedule(this.events.map(({ id }) => id));
    this.winnow = new Deliveries(this.#schedule);
    this.echo = new Deliveries(this.#schedule);
    this.lag = {
      winnow: new Watch(lagEveryMs, () => this.winnow.oldestAgeMs(nowMs())),
      echo: new Watch(lagEveryMs, () => this.echo.oldestAgeMs(nowMs())),
    };
    const ofMembers = (look: (pid: number) => number | null) => (): number | null => {
      const seen = this.members.map(({ pid }) => look(pid)).filter((value) => value !== null);
      return seen.length === 0 ? null : Math.max(...seen);
    };
    this.inUseMiB = new Watch(inUseEveryMs, () => inUseMiB(this.members));
    this.residentMiB = new Watch(processEveryMs, ofMembers(residentMiB));
    this.openFiles = new Watch(processEveryMs, ofMembers(openFiles));
    this.machineCpu = new Watch(lagEveryMs, machineCpuMs);
    const { lag, inUseMiB: inUse, residentMiB: resident, openFiles: files, machineCpu } = this;
    for (const watch of [lag.winnow, lag.echo, inUse, resident, files, machineCpu])
      session.onClose(() => Promise.resolve(watch.stop()));
    this.say = session.say;
    this.rate = rate;
    this.#kafka = kafka;
    this.#session = session;
    this.#setup = setup;
    this.#wiring = session.wiring('winnow', 'all');
  }

  /** Lets the load go on. Throws when a processor or the load has ended by itself. */
  async play(seconds: number): Promise<void> {
    for (const endMs = nowMs() + seconds * 1_000; nowMs() < endMs;) {
      for (const member of this.members) member.assertAlive();
      this.#echoProcessor!.assertAlive();
      this.#load!.assertRunning();
      await sleep(Math.min(sleepPollMs, Math.max(0, endMs - nowMs())));
    }
  }

  /** Events per second from now on. */
  setRate(rate: number): void {
    this.#load!.rate = rate;
  }

  async addMember(): Promise<void> {
    const member = await this.#startMember!();
    this.members.push(member);
    this.#everyMember = [...this.#everyMember, member];
  }

  /** As an operator stops it: the one that has run longest. */
  async stopMember(): Promise<void> {
    await this.members.shift()!.stop();
  }

  /** As a power cut does. */
  async killMember(): Promise<void> {
    await this.members.shift()!.kill();
  }

  /**
   * Does something. Resolves with what tells, once all outputs have come, for how many seconds the event waited longest that was due meanwhile, for
   * its decision and at the echo, as figures: `diedSeconds` and `diedEchoSeconds` for `died`.
   */
  async longestWait(
    name: string,
    action: () => Promise<unknown>,
    settleSeconds: number,
  ): Promise<() => Outcome['figures']> {
    const fromMs = nowMs();
    await action();
    await this.play(settleSeconds);
    const toMs = nowMs();
    // What was due last shall be decided before anything else is done to anybody.
    await this.play(apartSeconds);
    const seconds = (deliveries: Deliveries): number | null => {
      const max = deliveries.delaysMs(fromMs, toMs)?.max;
      return max === undefined ? null : Math.round(max / 10) / 100;
    };
    return () => ({ [`${name}Seconds`]: seconds(this.winnow), [`${name}EchoSeconds`]: seconds(this.echo) });
  }

  get store(): ValkeyControl {
    assert(this.#valkey !== null && this.#valkey.control !== null, 'the Valkey is one that this run has started');
    return this.#valkey.control;
  }

  /** Milliseconds by which the store's requests, and its answers, are held back from now on. */
  set storeDelayMs(delayMs: number) {
    assert(this.#proxy !== null, 'a scenario of a shared store');
    this.#proxy.set({ kind: 'slow', delayMs });
  }

  get broker(): OwnKafka {
    assert(this.#kafka !== null, 'the broker is one that this run has started');
    return this.#kafka;
  }

  get versions(): Versions {
    assert(this.#versions !== null, 'a scenario with versions of its own');
    return this.#versions;
  }

  /** Ends the load, and waits for what is still to come, but no longer than this. */
  async end(secondsMax: number): Promise<void> {
    await this.#load!.end();
    for (const endMs = nowMs() + secondsMax * 1_000; nowMs() < endMs;) {
      if (this.winnow.fates.lost === 0 && this.echo.fates.lost === 0) break;
      await sleep(lagEveryMs);
    }
  }

  deadLetters(): Promise<number> {
    return this.#session.withAdmin((admin) => recordCount(admin, this.#wiring.deadLetters));
  }

  /** Mean number of cores that were busy in a span. */
  busy(fromMs: number, toMs: number, cores: number): Outcome['busy'] {
    const inCores = (cpuMs: number | null): number | null =>
      cpuMs === null ? null : Math.round((cpuMs * 100) / (toMs - fromMs)) / 100;
    const sum = (processes: readonly Processor[]): number | null =>
      processes.reduce<number | null>((total, { cpu }) => {
        const spent = cpu.spentWithinMs(fromMs, toMs);
        return total === null || spent === null ? null : total + spent;
      }, 0);
    const within = this.machineCpu.within(fromMs, toMs);
    const all = within.length < 2 ? null : within.at(-1)!.value - within[0]!.value;
    const parts = {
      members: inCores(sum(this.#everyMember)),
      echo: inCores(sum([this.#echoProcessor!])),
      harness: inCores(this.harnessCpu.spentWithinMs(fromMs, toMs)),
    };
    const known = Object.values(parts).reduce<number | null>(
      (total, part) => (total === null || part === null ? null : total + part),
      0,
    );
    const total = inCores(all);
    const rest = total === null || known === null ? null : Math.max(0, Math.round((total - known) * 100) / 100);
    return { cores, ...parts, rest };
  }

  async #open(): Promise<void> {
    const { partitions, members } = this.#setup;
    const shared = await this.#openStore();
    const versions = this.#setup.ownVersions === true ? await this.#openVersions() : {};
    const { events, decisions, deadLetters } = this.#wiring;
    const echoWiring = this.#session.wiring('echo', null, events);
    await this.#session.createTopics({
      [events]: partitions,
      [decisions]: partitions,
      [deadLetters]: 1,
      [echoWiring.decisions]: partitions,
    });
    this.#startMember = this.#session.memberStarter(this.#wiring, { ...shared, ...versions, ...this.#setup.variables });
    await this.#read(decisions, this.decisions, this.winnow);
    await this.#read(echoWiring.decisions, echoOutputs, this.echo);
    this.#echoProcessor = await this.#session.startProcessor('echo', echoWiring);
    for (let started = 0; started < members; started += 1) await this.addMember();
    await this.#beginLoad();
  }

  async #openStore(): Promise<Readonly<Record<string, string>>> {
    if (this.#setup.store === 'embedded') return {};
    const valkey = await startValkey({ settings: this.#setup.valkey ?? [] });
    this.#session.onClose(() => valkey.stop());
    const proxy = await startRoughProxy(valkey.nodes[0]!);
    this.#session.onClose(() => proxy.close());
    this.#valkey = valkey;
    this.#proxy = proxy;
    // Only a scenario that slows the store pays for the way through the proxy.
    const node = this.#setup.slowable === true ? proxy.address : valkey.nodes.join(',');
    return { WINNOW_STATE_STORE: 'valkey', WINNOW_VALKEY_NODES: node };
  }

  async #openVersions(): Promise<Readonly<Record<string, string>>> {
    const versions = await Versions.copy();
    this.#session.onClose(() => versions.remove());
    this.#versions = versions;
    return versions.variables;
  }

  async #read(topic: string, outputs: OutputReader, deliveries: Deliveries): Promise<void> {
    const reader = await startReader(this.#session.settings(`${topic}-reader`), topic, (records, atMs) => {
      for (const { value } of records) {
        const output = outputs.read(String(value));
        if (output !== null) deliveries.receive(output, atMs);
      }
    });
    this.#session.onClose(() => reader.stop());
  }

  async #beginLoad(): Promise<void> {
    const producer = plainProducer(this.#session.settings('generator'));
    this.#session.onClose(() => producer.disconnect());
    await producer.connect();
    const topic = this.#wiring.events;
    const send = (messages: StagedEvent[]): Promise<unknown> =>
      withRetries(() => producer.send({ topic, acks: -1, messages }));
    this.#load = new OpenLoad({ events: this.events, schedule: this.#schedule, rate: this.rate, send });
    this.#session.onClose(() => this.#load!.end());
  }
}

/** The world outside does not give up either: what is not acknowledged is sent again. */
async function withRetries(send: () => Promise<unknown>): Promise<void> {
  for (let tried = 0; ; tried += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (tried === sendRetries) throw error;
      await sleep(sendRetryMs);
    }
  }
}

/** What members say that their heaps and buffers hold; null where one of them does not answer. */
async function inUseMiB(members: readonly Processor[]): Promise<number | null> {
  const parts = await Promise.all(members.flatMap((member) => inUseMetrics.map((name) => member.metric(name))));
  const known = parts.filter((bytes) => bytes !== null);
  return known.length === 0 || known.length < parts.length ? null : sumOf(known) / mebibyte;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
