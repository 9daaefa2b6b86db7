import { FailureError, type FailureCode } from '../../domain/failure.ts';
import type { HeldStep } from '../../domain/hold.ts';
import { holdUntilDone } from './hold.ts';
import type { TopicPartition } from './offsets.ts';
import type { KafkaSourceOptions } from './source-options.ts';

/** Failures of the handler that are waited for; every other ends the stream. */
const heldSteps: Partial<Record<FailureCode, HeldStep>> = {
  STORE_UNAVAILABLE: 'store',
  CLOCK_BEHIND: 'clock',
  SEND_FAILED: 'send',
  BROKER_UNREACHABLE: 'send',
};

/**
 * Does work of the handler, again and again for as long as what it misses is away. The partition is held meanwhile
 * inside the client's own call, where heartbeats go on; thrown out of there, the failure would stop them, and after a few
 * times the membership.
 */
export function heldWork({
  settings: { retry },
  holds,
  progress,
}: KafkaSourceOptions): (place: TopicPartition, work: () => Promise<void>, signal: AbortSignal) => Promise<void> {
  return ({ topic, partition }, work, signal) =>
    holdUntilDone(work, {
      backoff: retry,
      holds,
      place: { topic, partition },
      progress,
      signal,
      judge: (error) => {
        if (!(error instanceof FailureError)) return undefined;
        const step = heldSteps[error.failure.code];
        return step === undefined ? undefined : { step, failure: error.failure };
      },
    });
}
