import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the delay is sampled. The sample's own wait is in what Node reports, and is taken off. */
const resolutionMs = 10;
/** As long as a scrape is away from the next: what a window holds is told until the end of the one after it. */
const windowMs = 15_000;
const nanosecondsPerSecond = 1e9;

/** How late the loop was within a window, seconds. */
interface Delays {
  readonly p99: number;
  readonly max: number;
}

/** What Node keeps: nanoseconds. */
export interface DelaySamples {
  readonly max: number;
  readonly count: number;
  percentile(percent: number): number;
  reset(): void;
}

const none: Delays = { p99: 0, max: 0 };

/**
 * How late the event loop was within the last 15 to 30 seconds, by Node's own sampling, which goes on between scrapes: the work of
 * answering a scrape is a small part of it. Windows end by the clock and not by a scrape, so two who ask see the same.
 */
export class LoopDelay {
  readonly #samples: DelaySamples;
  #former = none;

  constructor(samples: DelaySamples) {
    this.#samples = samples;
  }

  /** A window ends, and another begins. */
  turn(): void {
    this.#former = this.#present();
    this.#samples.reset();
  }

  read(): Delays {
    const present = this.#present();
    return { p99: Math.max(present.p99, this.#former.p99), max: Math.max(present.max, this.#former.max) };
  }

  #present(): Delays {
    const { count, max } = this.#samples;
    if (count === 0) return none;
    return { p99: delaySeconds(this.#samples.percentile(99)), max: delaySeconds(max) };
  }
}

function delaySeconds(sampled: number): number {
  return Math.max(0, sampled / nanosecondsPerSecond - resolutionMs / 1_000);
}

let ofThisProcess: LoopDelay | undefined;

/** The one of this process, which samples from the first call on and keeps no process alive. */
export function loopDelay(): LoopDelay {
  if (ofThisProcess === undefined) {
    const samples = monitorEventLoopDelay({ resolution: resolutionMs });
    samples.enable();
    const delay = new LoopDelay(samples);
    setInterval(() => delay.turn(), windowMs).unref();
    ofThisProcess = delay;
  }
  return ofThisProcess;
}
