import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a farewell, but not longer than `ms`, and whatever becomes of it. kafkajs waits without bound for the answer
 * to a request on a connection that died without a word. The timer does not keep the process alive.
 */
export async function within(ms: number, farewell: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { ref: false, signal: done.signal }).catch(() => undefined);
  await Promise.race([farewell.catch(() => undefined), late]);
  done.abort();
}
