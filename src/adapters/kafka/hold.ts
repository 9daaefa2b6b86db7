import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../domain/failure.ts';
import type { HeldStep, HoldPlace } from '../../domain/hold.ts';
import type { Holds, OpenHold } from '../../ports.ts';
import { backoffMs, type Backoff } from '../../net/backoff.ts';

export interface HoldOptions {
  readonly backoff: Backoff;
  readonly holds: Holds;
  /** The partition that waits, where it is one alone. */
  readonly place?: Omit<HoldPlace, 'step'>;
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

/** For what nobody waits for. */
export const holdsNothing: Holds = {
  begin: () => ({ tried: () => undefined, end: () => undefined }),
  current: () => [],
};

/**
 * Tries until it works, without end: as long as Kafka keeps the data, waiting loses nothing, and giving up would. Rejects
 * with the error that `judge` calls hopeless, or, once the signal is aborted, with its reason; but it tries once in any
 * case, for what is in flight may finish. Every hold that began ends, however it ends.
 */
export async function holdUntilDone<T>(attemptOnce: () => Promise<T>, options: HoldOptions): Promise<T> {
  const { holds, place, signal } = options;
  let hold: OpenHold | undefined;
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
        hold ??= holds.begin({ ...place, step: verdict.step });
        hold.tried(verdict.failure, waitMs);
        await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  } finally {
    hold?.end();
  }
}
