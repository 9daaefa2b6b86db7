import { AsyncLocalStorage } from 'node:async_hooks';

/** A process of the simulation: what it waits for ends with it, and stands still while it does. */
export interface SimulatedProcess {
  readonly name: string;
  isDead: boolean;
  /** Virtual time up to which it stands still, milliseconds. */
  stoppedUntilMs: number;
}

interface Timer {
  atMs: number;
  /** Tells timers of one moment apart: they fire in the order in which they were set. */
  order: number;
  readonly owner: SimulatedProcess | undefined;
  readonly fire: () => void;
  isCancelled: boolean;
}

const processContext = new AsyncLocalStorage<SimulatedProcess>();
const turnOfTheRealLoop = globalThis.setImmediate;
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  random: Math.random,
};

let installed: VirtualTime | undefined;

function install(time: VirtualTime | undefined): void {
  installed = time;
}

/** The time of the simulation under way; undefined while there is none. */
export function virtualTime(): VirtualTime | undefined {
  return installed;
}

/** In whose code this is called; undefined in that of the simulation itself. */
export function currentProcess(): SimulatedProcess | undefined {
  return processContext.getStore();
}

/** Runs code as that of a process: all that it waits for belongs to the process. */
export function inProcess<T>(owner: SimulatedProcess, work: () => T): T {
  return processContext.run(owner, work);
}

/**
 * Time that passes when nothing is left to do at a moment, and chance that a seed decides. While it is installed, the timers of
 * Node and `Math.random` are its own, so that one seed is one schedule: in one thread, without real input or output, nothing else
 * decides what comes next.
 */
export class VirtualTime {
  nowMs = 0;
  /** Timers that have fired: the steps of the simulation. */
  steps = 0;
  /** What happened that must never be. */
  readonly violations: string[] = [];
  #state: number;
  #orders = 0;
  /** A heap: the timer that fires next is first. */
  readonly #timers: Timer[] = [];

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  }

  install(): void {
    install(this);
    const set = (fire: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): VirtualTimeout =>
      new VirtualTimeout(this, () => fire(...given), ms, false);
    const repeat = (fire: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): VirtualTimeout =>
      new VirtualTimeout(this, () => fire(...given), ms, true);
    Object.assign(globalThis, { setTimeout: set, setInterval: repeat, clearTimeout: clear, clearInterval: clear });
    Math.random = () => this.random();
  }

  uninstall(): void {
    install(undefined);
    const { random, ...timers } = real;
    Object.assign(globalThis, timers);
    Math.random = random;
  }

  /** From 0 to less than 1 (mulberry32). */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)]!;
  }

  /** Calls `fire` when `ms` have passed, unless the process that asks has ended by then. Returns what cancels it. */
  after(ms: number, fire: () => void): () => void {
    const timer: Timer = {
      atMs: this.nowMs + Math.max(0, ms),
      order: this.#orders++,
      owner: currentProcess(),
      fire,
      isCancelled: false,
    };
    this.#push(timer);
    return () => (timer.isCancelled = true);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /**
   * Lets time pass until `isOver`, asked at each moment when all that could happen without waiting has happened, or until nothing
   * will ever happen again.
   */
  async run(isOver: () => boolean): Promise<void> {
    await settled();
    while (!isOver()) {
      const timer = this.#pop();
      if (timer === undefined) return;
      if (timer.isCancelled || timer.owner?.isDead === true) continue;
      if (timer.owner !== undefined && timer.owner.stoppedUntilMs > timer.atMs) {
        timer.atMs = timer.owner.stoppedUntilMs;
        timer.order = this.#orders++;
        this.#push(timer);
        continue;
      }
      this.nowMs = timer.atMs;
      this.steps++;
      if (timer.owner === undefined) timer.fire();
      else inProcess(timer.owner, timer.fire);
      await settled();
    }
  }

  #push(timer: Timer): void {
    const timers = this.#timers;
    let at = timers.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, timers[parent]!)) break;
      timers[at] = timers[parent]!;
      at = parent;
    }
    timers[at] = timer;
  }

  #pop(): Timer | undefined {
    const timers = this.#timers;
    const first = timers[0];
    const last = timers.pop();
    if (last === undefined || first === last) return first;
    let at = 0;
    for (let child = 1; child < timers.length; child = at * 2 + 1) {
      if (child + 1 < timers.length && isBefore(timers[child + 1]!, timers[child]!)) child++;
      if (!isBefore(timers[child]!, last)) break;
      timers[at] = timers[child]!;
      at = child;
    }
    timers[at] = last;
    return first;
  }
}

function clear(timeout: unknown): void {
  if (timeout instanceof VirtualTimeout) timeout.clear();
}

/** What `setTimeout` and `setInterval` return. */
class VirtualTimeout {
  #cancel: () => void;

  constructor(time: VirtualTime, fire: () => void, ms: number, isRepeated: boolean) {
    const again = (): void => {
      if (isRepeated) this.#cancel = time.after(Math.max(1, ms), again);
      fire();
    };
    this.#cancel = time.after(ms, again);
  }

  clear(): void {
    this.#cancel();
  }

  unref(): this {
    return this;
  }

  ref(): this {
    return this;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

/** Resolves when all that can happen without waiting has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => void turnOfTheRealLoop(resolve));
}
