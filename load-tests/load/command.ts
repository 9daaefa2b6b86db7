/** What commands that put load on Winnow have in common. */

/** Ctrl-C ends the run, and what it started and made with it. */
export async function interruptible<T>(promise: Promise<T>): Promise<T> {
  const interrupted = Promise.withResolvers<never>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.reject(new Error(`interrupted by ${signal}`)));
  }
  return Promise.race([promise, interrupted.promise]);
}

/** An error with its causes, for a person. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
