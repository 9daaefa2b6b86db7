import kafkajs from 'kafkajs';
import type { Failure } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import { classify } from './failures.ts';

/** Requests in a row that did not get through. One may be a connection that was idle for too long, which the next reopens. */
const failuresMax = 3;

/** NOT_COORDINATOR: its own word that it is none. */
const notCoordinator = 16;

/**
 * Knows whether the group's coordinator still answers, and does what it is there for. kafkajs looks for another coordinator when the one it has says that it is
 * none any more, and never when it says nothing, being dead: it repeats, gives up, and what joins then is a stranger to the group,
 * which waits for the session of the former member to run out. A member that finds its coordinator lost should rather join anew
 * as who it is, and at once: that makes kafkajs ask where the group lives now. So it should where a broker goes on answering heartbeats and takes no
 * offsets: it has lost the group's partition and has not heard of it, and kafkajs would ask it without end.
 */
export class CoordinatorWatch {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #silentMsMax: number;
  /** Undefined before it was asked for anything. */
  #heardMs: number | undefined;
  #failures = 0;
  #failure: Failure | undefined;
  /** Since when it says that it is no coordinator; undefined as long as it does not. */
  #deniedSinceMs: number | undefined;

  /** @param silentMsMax milliseconds without an answer to a heartbeat, or with none but that it is no coordinator, after which it is lost */
  constructor(clock: Pick<Clock, 'monotonicMs'>, silentMsMax: number) {
    this.#clock = clock;
    this.#silentMsMax = silentMsMax;
  }

  /** It is about to be asked to let the member join: what came before, such as a snapshot that was written, is no silence of its. */
  asked(): void {
    this.#heardMs ??= this.#clock.monotonicMs();
  }

  /** It has answered a heartbeat. */
  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
    this.#failures = 0;
    this.#failure = undefined;
  }

  /** It has taken a commit or let the member join, as none but the coordinator does. */
  served(): void {
    this.heard();
    this.#deniedSinceMs = undefined;
  }

  /** A heartbeat or a commit failed. An answer that says no is an answer, and of no interest here unless it says that it is no coordinator. */
  failed(error: unknown): void {
    if (error instanceof kafkajs.KafkaJSProtocolError) {
      if (error.code === notCoordinator) this.#deniedSinceMs ??= this.#clock.monotonicMs();
      return;
    }
    this.#failures += 1;
    this.#failure = classify(error, 'BROKER_UNREACHABLE').failure;
  }

  /** Milliseconds since it has answered, or was asked for the first time; 0 before that. */
  get silentMs(): number {
    return this.#heardMs === undefined ? 0 : this.#clock.monotonicMs() - this.#heardMs;
  }

  /** Milliseconds since it said first that it is no coordinator, and took nothing after that; 0 where it did not. */
  get deniedMs(): number {
    return this.#deniedSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#deniedSinceMs;
  }

  /** Why the coordinator counts as lost; undefined as long as it does not. */
  get loss(): Failure | undefined {
    if (this.#failures >= failuresMax) return this.#failure;
    const { silentMs, deniedMs } = this;
    const lost = (what: string, ms: number): Failure | undefined =>
      ms <= this.#silentMsMax
        ? undefined
        : { code: 'BROKER_UNREACHABLE', message: `The group's coordinator ${what} for ${Math.round(ms / 1_000)} s.` };
    return lost('has not answered', silentMs) ?? lost('has said that it is none', deniedMs);
  }
}

/**
 * What makes kafkajs look for the coordinator and join anew, with the identity that the member has: the answer of a broker that is
 * not the coordinator (16, NOT_COORDINATOR). It is thrown where kafkajs expects that answer.
 */
export function coordinatorLost({ message }: Failure): kafkajs.KafkaJSProtocolError {
  return new kafkajs.KafkaJSProtocolError(
    Object.assign(new Error(message), { type: 'NOT_COORDINATOR_FOR_GROUP', code: notCoordinator, retriable: true }),
  );
}
