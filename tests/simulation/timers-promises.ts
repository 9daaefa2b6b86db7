import type * as original from 'node:timers/promises';
import { virtualTime } from './virtual-time.ts';

/** Stands for `node:timers/promises` where the simulation runs. */

type Original = typeof original;

export function virtualTimersPromises(timers: Original): Original {
  const setTimeout = ((ms?: number, value?: unknown, options?: { readonly signal?: AbortSignal }): Promise<unknown> => {
    const time = virtualTime();
    if (time === undefined) return timers.setTimeout(ms, value, options);
    const signal = options?.signal;
    return new Promise<unknown>((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError', cause: signal?.reason }));
      };
      const cancel = time.after(ms ?? 0, () => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }) as Original['setTimeout'];
  const setImmediate = ((value?: unknown, options?: object): Promise<unknown> => {
    const time = virtualTime();
    return time === undefined ? timers.setImmediate(value, options) : time.sleep(0).then(() => value);
  }) as Original['setImmediate'];
  return { ...timers, setTimeout, setImmediate };
}
