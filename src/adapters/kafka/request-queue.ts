import { createRequire } from 'node:module';

/** Inside kafkajs, without types; only what is touched here. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Milliseconds since the epoch; -1 when the broker does not throttle. */
  readonly throttledUntil: number;
  /** Those that were sent and have no answer. */
  readonly inflight: ReadonlyMap<number, SentRequest>;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  readonly isConnected: () => boolean;
  destroy: () => void;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
  scheduleRequestTimeoutCheck: (this: RequestQueue) => void;
}
interface SentRequest {
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
const { scheduleCheckPendingRequests: schedule } = prototype;
const timeoutCheckMs = 100;

/**
 * After every response kafkajs 2.2.4 arms a timer to look for requests that wait, and when none does it computes a delay
 * far below zero: of which Node warns on standard error, once per process. Nothing waits then, and whatever comes to wait
 * later arms a timer of its own; so that timer is left out. Calling this again changes nothing.
 */
export function quietRequestQueue(): RequestQueue {
  prototype.scheduleCheckPendingRequests = scheduleWhenNeeded;
  return prototype;
}

function scheduleWhenNeeded(this: RequestQueue): void {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
}

/**
 * A connection that is being closed waits for what it has asked, and kafkajs stops looking at the clock for that. Where the connection had
 * died without a word, closing it never ended, and a client that had crashed, which closes before it says so, was silent for ever. So the
 * clock is looked at until nothing is asked any more. Calling this again changes nothing.
 */
export function boundClosing(): RequestQueue {
  prototype.scheduleRequestTimeoutCheck = checkTimeoutsToTheEnd;
  return prototype;
}

function checkTimeoutsToTheEnd(this: RequestQueue): void {
  if (!this.enforceRequestTimeout) return;
  this.destroy();
  this.requestTimeoutIntervalId = setInterval(
    () => {
      for (const request of this.inflight.values())
        if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
      if (!this.isConnected() && this.inflight.size === 0) this.destroy();
    },
    Math.min(this.requestTimeout, timeoutCheckMs),
  );
}
