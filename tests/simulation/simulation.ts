import { Broker, connectTo } from './broker.ts';
import type { Weather } from './faulty-ports.ts';
import { demand, Ledger } from './ledger.ts';
import { MemoryDisk, mount } from './memory-files.ts';
import { Processor } from './processor.ts';
import { partitionCount, streamsOf, type Streams } from './streams.ts';
import { VirtualTime } from './virtual-time.ts';

/** Virtual time in which things go wrong, and up to which all must be well again, milliseconds. */
const faultsMs = 15_000;
const endMs = 240_000;
/** Virtual milliseconds after which nobody should wait any more, when all is done. */
const restMs = 6_000;
/** Virtual milliseconds that a suspended process stands still: around what a lock survives. */
const suspendedMs = { min: 3_000, max: 9_000 };

/** Virtual milliseconds after which the group gives up a member that says nothing. */
const sessionMs = 6_000;

/** What a simulation was about. */
export interface Outcome {
  readonly seed: number;
  /** What went wrong on purpose, and when. */
  readonly schedule: readonly string[];
  /** Timers that fired. */
  readonly steps: number;
  readonly deliveries: number;
  /** Partitions that were degraded, and said so. */
  readonly marked: number;
  /** What must never be. */
  readonly violations: readonly string[];
}

/** Lives through the schedule of one seed. The same seed gives the same schedule, step by step. */
export async function simulate(seed: number): Promise<Outcome> {
  const streams = await streamsOf(seed);
  const time = new VirtualTime(seed);
  time.install();
  mount(new MemoryDisk());
  try {
    return await new Simulation(seed, time, streams).live();
  } finally {
    time.uninstall();
    mount(undefined);
  }
}

class Simulation {
  readonly #seed: number;
  readonly #time: VirtualTime;
  readonly #broker: Broker;
  readonly #ledger: Ledger;
  readonly #weather: Weather;
  readonly #schedule: string[] = [];
  readonly #processors: Processor[] = [];
  #isRemade = false;
  /** Of the partitions of the topic that was there before, once it was made anew. */
  #formerLengths: readonly number[] = [];

  constructor(seed: number, time: VirtualTime, streams: Streams) {
    this.#seed = seed;
    this.#time = time;
    // Of every four, two that follow each other.
    this.#broker = new Broker(time, streams, seed % 4 >= 2);
    this.#ledger = new Ledger(streams, this.#broker);
    this.#broker.onCommit = (partition, offset, isOfFormer) => this.#ledger.commit(partition, offset, isOfFormer);
    connectTo(this.#broker);
    this.#weather = {
      storeAwayUntilMs: Array.from({ length: partitionCount }, () => 0),
      storeSlowUntilMs: Array.from({ length: partitionCount }, () => 0),
      sendFailsUntilMs: 0,
      sendFailure: 'refused',
      sendSlowUntilMs: 0,
    };
  }

  async live(): Promise<Outcome> {
    const time = this.#time;
    this.#broker.produce(faultsMs);
    this.#begin();
    for (let faults = time.whole(2, 7); faults > 0; faults--) {
      const fault = time.oneOf(faultsOf(this));
      time.after(time.whole(200, faultsMs), fault);
    }
    let overMs = endMs;
    await time.run(() => {
      for (const processor of this.#processors) processor.check();
      if (!this.#isWell() || !this.#ledger.isComplete() || !this.#newest.isRunning) overMs = endMs;
      else overMs = Math.min(overMs, time.nowMs + restMs);
      return time.violations.length > 0 || time.nowMs >= overMs;
    });
    demand(this.#ledger.isComplete(), () => `it has not come to its end: ${this.#ledger.progress()}`);
    if (time.violations.length === 0) {
      this.#ledger.checkAll();
      this.#newest.checkAtRest();
    }
    return {
      seed: this.#seed,
      schedule: this.#schedule,
      steps: time.steps,
      deliveries: this.#ledger.deliveries,
      marked: this.#ledger.marked,
      violations: time.violations,
    };
  }

  storeAway(): void {
    const ms = this.#time.whole(100, 6_000);
    const partitions = this.#somePartitions();
    for (const partition of partitions) this.#weather.storeAwayUntilMs[partition] = this.#time.nowMs + ms;
    this.#note(`the store does not answer for partitions ${partitions.join()} for ${ms} ms`);
  }

  storeSlow(): void {
    const ms = this.#time.whole(500, 5_000);
    const partitions = this.#somePartitions();
    for (const partition of partitions) this.#weather.storeSlowUntilMs[partition] = this.#time.nowMs + ms;
    this.#note(`the store is slow for partitions ${partitions.join()} for ${ms} ms`);
  }

  sendFails(): void {
    const ms = this.#time.whole(100, 4_000);
    this.#weather.sendFailsUntilMs = this.#time.nowMs + ms;
    this.#weather.sendFailure = this.#time.oneOf(['refused', 'answer lost', 'half taken']);
    this.#note(`sends fail for ${ms} ms: ${this.#weather.sendFailure}`);
  }

  sendSlow(): void {
    const ms = this.#time.whole(500, 5_000);
    this.#weather.sendSlowUntilMs = this.#time.nowMs + ms;
    this.#note(`sends are slow for ${ms} ms`);
  }

  coordinatorAway(): void {
    const ms = this.#time.whole(200, 5_000);
    this.#broker.coordinatorAwayUntilMs = this.#time.nowMs + ms;
    this.#note(`the coordinator does not answer for ${ms} ms`);
  }

  /** Partitions go to another member, and come back. */
  revoke(): void {
    const ms = this.#time.whole(500, 4_000);
    const partitions = this.#somePartitions();
    for (const partition of partitions) this.#broker.lent.add(partition);
    this.#broker.rebalance();
    this.#note(`partitions ${partitions.join()} are revoked for ${ms} ms`);
    this.#time.after(ms, () => {
      this.#broker.lent.clear();
      this.#broker.rebalance();
    });
  }

  kill(): void {
    if (this.#isUnknown) return;
    const { process } = this.#newest;
    this.#newest.kill();
    this.#note(`${process.name} is killed`);
    this.#time.after(this.#time.whole(100, 1_500), () => this.#begin());
  }

  restart(): void {
    if (this.#isUnknown || !this.#newest.isRunning) return;
    const stopping = this.#newest;
    this.#note(`${stopping.process.name} is told to end`);
    void stopping.stop().then(() => {
      this.#note(`${stopping.process.name} has ended`);
      // Who stood still while it ended has a successor.
      if (this.#newest === stopping) this.#begin();
    });
  }

  /** A process stands still, is taken for dead, replaced, and goes on. */
  suspend(): void {
    if (this.#isRemade || !this.#newest.isRunning) return;
    const suspended = this.#newest;
    const ms = this.#time.whole(suspendedMs.min, suspendedMs.max);
    suspended.suspend(ms);
    this.#note(`${suspended.process.name} stands still for ${ms} ms, and another is started`);
    this.#begin();
    this.#time.after(ms + this.#time.whole(500, 4_000), () => {
      this.#note(`${suspended.process.name} is killed`);
      suspended.kill();
      this.#time.after(sessionMs, () => this.#broker.giveUp(suspended.process.name));
    });
  }

  remakeTopic(): void {
    if (this.#isRemade) return;
    // Of one that was replaced meanwhile, or has ended, nobody would remember where it was.
    if (!this.#broker.hasIds && (this.#processors.length > 1 || !this.#newest.isRunning)) return;
    this.#isRemade = true;
    const lengths = this.#broker.logs.map(({ records }) => records.length);
    this.#formerLengths = lengths;
    const isCommitted = lengths.map((_, partition) => this.#broker.committed.has(partition));
    this.#broker.remake();
    // Where nothing was committed, reading begins at the first record, before as after: no offset tells one topic from the other.
    for (const [partition, length] of lengths.entries())
      if (!this.#broker.hasIds && !isCommitted[partition]!) this.#ledger.mayMiss(partition, length);
    this.#note('the topic is deleted and made anew');
  }

  deleteHead(): void {
    const partition = this.#time.whole(0, partitionCount - 1);
    const count = this.#time.whole(1, 15);
    // A process that took another's place may still be reading what was before its snapshot.
    this.#ledger.lose(partition, this.#broker.deleteHead(partition, count), this.#processors.length > 1);
    this.#note(`retention takes ${count} records of partition ${partition}`);
  }

  /** Whether the topic was made anew, and has in common with the former one its name, and the offsets that it will have again. */
  get #isUnknown(): boolean {
    return this.#isRemade && !this.#broker.hasIds;
  }

  /** Whether nothing goes wrong any more. */
  #isWell(): boolean {
    return this.#time.nowMs > Math.max(faultsMs, this.#broker.coordinatorAwayUntilMs) && this.#broker.lent.size === 0;
  }

  get #newest(): Processor {
    return this.#processors.at(-1)!;
  }

  #begin(): void {
    // A process that begins has its history from the disk, which says of which topic it is where topics have ids; the group's offsets are gone.
    for (const [partition, length] of this.#formerLengths.entries())
      if (!this.#broker.hasIds && !this.#broker.isCommitted(partition)) this.#ledger.mayMiss(partition, length);
    const processor = new Processor(`process ${this.#processors.length + 1}`, {
      time: this.#time,
      broker: this.#broker,
      weather: this.#weather,
      ledger: this.#ledger,
    });
    this.#processors.push(processor);
    // History of a process that ended may have been written down before what is deleted by now.
    for (const [partition, { low }] of this.#broker.logs.entries())
      this.#ledger.lose(partition, low, this.#processors.length > 1);
    void processor.start().then((hasBegun) => {
      if (hasBegun) return;
      this.#note(`${processor.process.name} finds the snapshot locked`);
      processor.kill();
      if (this.#newest === processor) this.#time.after(1_000, () => this.#begin());
    });
  }

  #somePartitions(): number[] {
    const partitions = Array.from({ length: partitionCount }, (_, partition) => partition);
    return this.#time.chance(0.3) ? partitions : [this.#time.oneOf(partitions)];
  }

  #note(what: string): void {
    this.#schedule.push(`${Math.round(this.#time.nowMs)} ms: ${what}`);
  }
}

function faultsOf(simulation: Simulation): readonly (() => void)[] {
  return [
    () => simulation.storeAway(),
    () => simulation.storeAway(),
    () => simulation.storeSlow(),
    () => simulation.sendFails(),
    () => simulation.sendSlow(),
    () => simulation.coordinatorAway(),
    () => simulation.revoke(),
    () => simulation.revoke(),
    () => simulation.kill(),
    () => simulation.restart(),
    () => simulation.suspend(),
    () => simulation.remakeTopic(),
    () => simulation.deleteHead(),
  ];
}
