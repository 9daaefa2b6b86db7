import type { Failure } from './domain/failure.ts';
import type { Hold, HoldPlace } from './domain/hold.ts';
import type { Clock, Holds, OpenHold } from './ports.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * Who is holding now: written by all that wait, read by readiness and metrics. It tells of each hold, when it begins, at each try
 * and at its end; what it knows does not depend on anybody listening.
 */
export class HoldBoard implements Holds {
  readonly #open = new Set<Hold>();
  readonly #clock: Clock;
  readonly #telemetry: Pick<Telemetry, 'held' | 'released'>;
  readonly #onChange: () => void;

  /** @param onChange called when the first hold begins and when the last one ends. */
  constructor(clock: Clock, telemetry: Pick<Telemetry, 'held' | 'released'>, onChange: () => void = () => undefined) {
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#onChange = onChange;
  }

  begin(place: HoldPlace): OpenHold {
    const hold = { ...place, sinceMs: this.#clock.monotonicMs(), failure: null as Failure | null };
    let attempts = 0;
    this.#open.add(hold);
    if (this.#open.size === 1) this.#onChange();
    return {
      tried: (failure, waitMs) => {
        hold.failure = failure;
        attempts++;
        this.#telemetry.held(place.step, failure, attempts, waitMs, place);
      },
      end: () => {
        if (!this.#open.delete(hold)) return;
        this.#telemetry.released(place.step, this.#clock.monotonicMs() - hold.sinceMs, place);
        if (this.#open.size === 0) this.#onChange();
      },
    };
  }

  current(): readonly Hold[] {
    return [...this.#open];
  }
}
