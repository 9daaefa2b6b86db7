import type { Clock, Holds } from './ports.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * The states of the processor.
 *
 *               started            held
 *    starting ───────────▶ ready ──────────▶ holding
 *        │                   │ ◀──────────      │
 *        │                   │    released      │
 *        │ stopping          │ stopping         │ stopping
 *        └────────────────▶ draining ◀──────────┘
 *                            │   │
 *                            │   └─ drained ─▶ drained ── stopping ─▶ draining
 *                            │
 *                            │ stopped: all is done, or the deadline has passed, or somebody lost patience
 *                            ▼
 *                         stopped
 *
 * `stopping` is a SIGTERM, or a failure that ends the stream; where it is told to leave the group and not to end (`winnow drain`),
 * `draining` leads to `drained`: it has finished, takes nothing, and waits for its SIGTERM. `holding`: at least one partition waits
 * for something that is away. What a state has no arrow for, it passes over: holds come and go while it drains, and mean nothing
 * then.
 */
export type LifecycleState = 'starting' | 'ready' | 'holding' | 'draining' | 'drained' | 'stopped';
export type LifecycleEvent = 'started' | 'held' | 'released' | 'stopping' | 'drained' | 'stopped';

const transitions: Readonly<Record<LifecycleState, Partial<Record<LifecycleEvent, LifecycleState>>>> = {
  starting: { started: 'ready', stopping: 'draining' },
  ready: { held: 'holding', stopping: 'draining' },
  holding: { released: 'ready', stopping: 'draining' },
  draining: { drained: 'drained', stopped: 'stopped' },
  drained: { stopping: 'draining' },
  stopped: {},
};

export function nextState(state: LifecycleState, event: LifecycleEvent): LifecycleState {
  return transitions[state][event] ?? state;
}

/** What is run. */
export interface Program {
  /** Resolves when it works. It need not resolve once the program is told to stop. */
  readonly start: () => Promise<void>;
  /** Called once started: settles when the program ends by itself, which is a failure unless it resolves. */
  readonly finished: () => Promise<void>;
  /**
   * Finishes what is in flight, commits it and leaves the group, while the process goes on; `finished` may resolve then. Called while it starts,
   * it sees to it that nothing is joined or taken. Absent: it cannot.
   */
  readonly drain?: () => Promise<void>;
  /**
   * How to stop, in order: stop fetching and finish what is in flight, flush, commit, leave the group, close. Each is
   * tried although one before it failed, and may find that what it stops never started.
   */
  readonly stop: readonly { readonly name: string; readonly run: () => Promise<void> }[];
}

/** How a run ended. */
export interface Ending {
  /** 0: it was told to stop, or came to its end, and finished everything. 1: anything else. */
  readonly exitCode: 0 | 1;
  /** What ended it, or went wrong first while it stopped. */
  readonly error?: unknown;
  /** The step of the stop that had not finished when the deadline passed or a second signal came. */
  readonly unfinished?: string;
}

export interface LifecycleOptions {
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'stateChanged'>;
  /** Who waits. `holdsChanged` is to be called when the first hold begins and when the last one ends. */
  readonly holds: Pick<Holds, 'current'>;
  /** Milliseconds of holding after which the process says that it is not ready. */
  readonly readyHeldMsMax: number;
  /** Milliseconds without a turn of the loop after which the process says that it is not alive. */
  readonly silentMsMax: number;
  /** Milliseconds for all steps of the stop together. */
  readonly deadlineMs: number;
}

/**
 * Runs a program from start to end, and knows at each moment what to tell probes.
 *
 * A first signal stops in order: readiness ends, then the steps, then exit code 0; when the deadline passes, exit code 1.
 * A second signal is somebody who will not wait: exit code 1 at once. That is safe at any moment, since offsets are
 * committed after their records have a fate, and never before.
 */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #stopRequested = Promise.withResolvers<void>();
  readonly #impatience = Promise.withResolvers<void>();
  #stopRequests = 0;
  #program: Program | undefined;
  #drained: Promise<void> | undefined;
  #state: LifecycleState = 'starting';
  #hasStarted = false;
  #turnMs: number;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.#turnMs = options.clock.monotonicMs();
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Whether it ever worked. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** The loop has turned: a fetch, a batch, a try while something is held. */
  readonly turned = (): void => {
    this.#turnMs = this.#options.clock.monotonicMs();
  };

  /** The first hold began, or the last one ended. */
  readonly holdsChanged = (): void => this.#change(this.#isHolding() ? 'held' : 'released');

  /** Whether the loop turns. Never about lag or about anything that the loop waits for: a restart would not help there. */
  isLive(): boolean {
    if (this.#state === 'drained') return true; // it has no loop any more, and has done what it was told
    return this.#options.clock.monotonicMs() - this.#turnMs <= this.#options.silentMsMax;
  }

  /** Whether it does its work now. */
  isReady(): boolean {
    if (this.#state !== 'ready' && this.#state !== 'holding') return false;
    const { clock, holds, readyHeldMsMax } = this.#options;
    return holds.current().every(({ sinceMs }) => clock.monotonicMs() - sinceMs < readyHeldMsMax);
  }

  /** A SIGTERM or a SIGINT came. */
  readonly requestStop = (): void => {
    this.#stopRequests += 1;
    (this.#stopRequests === 1 ? this.#stopRequested : this.#impatience).resolve();
  };

  /**
   * Ends the work and not the process: `winnow drain`. Resolves once it has left the group, also when it is asked again; with false
   * where there is nothing to drain, since it is not run yet or ends already. What still starts never gets to work. Rejects with what
   * went wrong.
   */
  async drain(): Promise<boolean> {
    const program = this.#program;
    if (this.#drained === undefined) {
      const mayWork = this.#state === 'starting' || this.#state === 'ready' || this.#state === 'holding';
      if (program?.drain === undefined || !mayWork) return false;
      this.#change('stopping');
      this.#drained = program.drain().then(() => this.#change('drained'));
    }
    await this.#drained;
    return true;
  }

  /** Starts, runs, stops. Never rejects; the caller exits with the code, whatever is still under way. */
  async run(program: Program): Promise<Ending> {
    this.#program = program;
    const error = await this.#untilStop(program).then(
      () => undefined,
      (reason: unknown) => reason ?? new Error('it failed without a reason'),
    );
    this.#change('stopping');
    const ending = await this.#stop(program, error);
    this.#change('stopped');
    return ending;
  }

  async #untilStop({ start, finished }: Program): Promise<void> {
    const work = start().then(() => {
      this.#hasStarted = true;
      this.#change('started');
      if (this.#isHolding()) this.#change('held');
      return finished();
    });
    // What was drained has finished, and ends when it is told to.
    const end = work.then(() => (this.#drained === undefined ? undefined : this.#stopRequested.promise));
    await Promise.race([end, this.#stopRequested.promise]);
  }

  async #stop({ stop }: Program, cause: unknown): Promise<Ending> {
    let error = cause;
    let current: string | undefined;
    const steps = async (): Promise<boolean> => {
      for (const { name, run } of stop) {
        current = name;
        await run().catch((reason: unknown) => (error ??= reason));
      }
      return true;
    };
    const outOfTime = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => outOfTime.resolve(false), this.#options.deadlineMs);
    const impatient = this.#impatience.promise.then(() => false);
    const isDone = await Promise.race([steps(), outOfTime.promise, impatient]);
    clearTimeout(timer);
    return {
      exitCode: isDone && error === undefined ? 0 : 1,
      ...(error === undefined ? {} : { error }),
      ...(isDone || current === undefined ? {} : { unfinished: current }),
    };
  }

  #isHolding(): boolean {
    return this.#options.holds.current().length > 0;
  }

  #change(event: LifecycleEvent): void {
    const from = this.#state;
    this.#state = nextState(from, event);
    if (this.#state !== from) this.#options.telemetry.stateChanged(from, this.#state);
  }
}
