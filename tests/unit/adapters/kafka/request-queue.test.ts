import { afterEach, describe, expect, it, vi } from 'vitest';
import { boundClosing, quietRequestQueue, type RequestQueue } from '../../../../src/adapters/kafka/request-queue.ts';

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

interface Sent {
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

/** A connection that had died without a word was closed without end, and with it the client that had crashed. */
it('what waits for an answer fails in its time, also while its connection is being closed', () => {
  vi.useFakeTimers();
  const inflight = new Map<number, Sent>();
  const failed: number[] = [];
  const ask = (id: number): void =>
    void inflight.set(id, {
      sentAt: Date.now(),
      requestTimeout: 10_000,
      timeoutRequest: () => {
        inflight.delete(id);
        failed.push(id);
      },
    });
  let isConnected = true;
  const queue = Object.assign(Object.create(boundClosing()) as RequestQueue, {
    inflight,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    isConnected: () => isConnected,
  });
  queue.scheduleRequestTimeoutCheck();
  ask(1);
  vi.advanceTimersByTime(5_000);
  ask(2);
  isConnected = false;
  vi.advanceTimersByTime(5_200);
  expect(failed).toEqual([1]);
  vi.advanceTimersByTime(5_200);
  expect(failed).toEqual([1, 2]);
  expect(vi.getTimerCount()).toBe(0);
});
