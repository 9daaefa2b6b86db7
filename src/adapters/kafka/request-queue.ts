import { createRequire } from 'node:module';

/** Inside kafkajs, without types; only what is touched here. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Milliseconds since the epoch; -1 when the broker does not throttle. */
  readonly throttledUntil: number;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
const { scheduleCheckPendingRequests: schedule } = prototype;

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
