import kafkajs from 'kafkajs';
import type { Failure } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import { classify } from './failures.ts';

/** Requests in a row that did not get through. One may be a connection that was idle for too long, which the next reopens. */
const failuresMax = 3;

/**
 * Knows whether the group's coordinator still answers. kafkajs looks for another coordinator when the one it has says that it is
 * none any more, and never when it says nothing, being dead: it repeats, gives up, and what joins then is a stranger to the group,
 * which waits for the session of the former member to run out. A member that finds its coordinator lost should rather join anew
 * as who it is, and at once: that makes kafkajs ask where the group lives now.
 */
export class CoordinatorWatch {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #silentMsMax: number;
  /** Undefined before it was asked for anything. */
  #heardMs: number | undefined;
  #failures = 0;
  #failure: Failure | undefined;

  /** @param silentMsMax milliseconds without an answer to a heartbeat after which the coordinator is lost, failures or not */
  constructor(clock: Pick<Clock, 'monotonicMs'>, silentMsMax: number) {
    this.#clock = clock;
    this.#silentMsMax = silentMsMax;
  }

  /** It is about to be asked to let the member join: what came before, such as a snapshot that was written, is no silence of its. */
  asked(): void {
    this.#heardMs ??= this.#clock.monotonicMs();
  }

  /** It has answered: to a heartbeat, a commit, a request to join. */
  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
    this.#failures = 0;
    this.#failure = undefined;
  }

  /** A heartbeat or a commit failed. An answer that says no is an answer, and of no interest here. */
  failed(error: unknown): void {
    if (error instanceof kafkajs.KafkaJSProtocolError) return;
    this.#failures += 1;
    this.#failure = classify(error, 'BROKER_UNREACHABLE').failure;
  }

  /** Milliseconds since it has answered, or was asked for the first time; 0 before that. */
  get silentMs(): number {
    return this.#heardMs === undefined ? 0 : this.#clock.monotonicMs() - this.#heardMs;
  }

  /** Why the coordinator counts as lost; undefined as long as it does not. */
  get loss(): Failure | undefined {
    if (this.#failures >= failuresMax) return this.#failure;
    const { silentMs } = this;
    if (silentMs <= this.#silentMsMax) return undefined;
    const message = `The group's coordinator has not answered for ${Math.round(silentMs / 1_000)} s.`;
    return { code: 'BROKER_UNREACHABLE', message };
  }
}

/**
 * What makes kafkajs look for the coordinator and join anew, with the identity that the member has: the answer of a broker that is
 * not the coordinator (16, NOT_COORDINATOR). It is thrown where kafkajs expects that answer.
 */
export function coordinatorLost({ message }: Failure): kafkajs.KafkaJSProtocolError {
  return new kafkajs.KafkaJSProtocolError(
    Object.assign(new Error(message), { type: 'NOT_COORDINATOR_FOR_GROUP', code: 16, retriable: true }),
  );
}
