import { afterEach, describe, expect, it, vi } from 'vitest';
import { quietRequestQueue, type RequestQueue } from '../../../../src/adapters/kafka/request-queue.ts';

afterEach(() => void vi.useRealTimers());

/** kafkajs 2.2.4 on Node 24 warned of a negative timeout after the first response of every process. */
describe('the request queue of kafkajs', () => {
  it.each([
    ['nothing waits', [], -1, 0],
    ['a request waits', ['request'], -1, 1],
    ['the broker throttles', [], Date.now() + 60_000, 1],
  ])('arms a timer only when it has something to wait for: %s', (_what, pending, throttledUntil, timers) => {
    vi.useFakeTimers();
    quietRequestQueue();
    const queue = Object.assign(Object.create(quietRequestQueue()) as RequestQueue, { pending, throttledUntil });
    queue.scheduleCheckPendingRequests();
    expect(vi.getTimerCount()).toBe(timers);
  });
});
