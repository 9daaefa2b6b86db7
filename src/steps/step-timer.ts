import type { Clock } from '../ports.ts';
import { steps, type Step } from '../telemetry.ts';

/** Measures the steps of one batch, one after the other. */
export class StepTimer {
  /** Milliseconds of each step, in the order of `steps`. */
  readonly stepMs: number[] = steps.map(() => 0);
  readonly #clock: Clock;
  #lastMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.monotonicMs();
  }

  /** The time since the step before ended was this step's. */
  end(step: Step): void {
    const nowMs = this.#clock.monotonicMs();
    this.stepMs[steps.indexOf(step)] = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
  }
}
