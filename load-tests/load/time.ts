/** Milliseconds since the epoch with a fraction; unlike `Date.now`, it never goes back. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The same promise, but it rejects after `timeoutMs`. */
export async function withDeadline<T>(what: string, timeoutMs: number, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took longer than ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
