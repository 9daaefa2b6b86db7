import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import type { Telemetry } from '../../telemetry.ts';
import { backoffMs, type Backoff } from '../../net/backoff.ts';

export type HeldStep = Parameters<Telemetry['held']>[0];

export interface HoldOptions {
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'held' | 'released'>;
  /** Called at every try: the loop turns, although nothing goes through. */
  readonly progress: () => void;
  /** Ends the hold. */
  readonly signal: AbortSignal;
  /** What is held, and for which failure; undefined when another try would be in vain. */
  readonly judge: (
    error: unknown,
    attempt: number,
  ) => { readonly step: HeldStep; readonly failure: Failure } | undefined;
}

/**
 * Tries until it works, without end: as long as Kafka keeps the data, waiting loses nothing, and giving up would. Rejects
 * with the error that `judge` calls hopeless, or, once the signal is aborted, with its reason; but it tries once in any
 * case, for what is in flight may finish. Every hold that was reported is reported as released, however it ended.
 */
export async function holdUntilDone<T>(attemptOnce: () => Promise<T>, options: HoldOptions): Promise<T> {
  const { clock, telemetry, signal } = options;
  let held: { readonly step: HeldStep; readonly sinceMs: number } | undefined;
  try {
    for (let attempt = 1; ; attempt += 1) {
      options.progress();
      try {
        return await attemptOnce();
      } catch (error) {
        const verdict = options.judge(error, attempt);
        if (verdict === undefined) throw error;
        signal.throwIfAborted();
        const waitMs = backoffMs(attempt, options.backoff, Math.random());
        held ??= { step: verdict.step, sinceMs: clock.monotonicMs() };
        telemetry.held(held.step, verdict.failure, attempt, waitMs);
        await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  } finally {
    if (held !== undefined) telemetry.released(held.step, clock.monotonicMs() - held.sinceMs);
  }
}
