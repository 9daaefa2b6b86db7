/** How many events a processor was seen to have handled at an instant. */
export interface ProgressSample {
  readonly atMs: number;
  readonly handled: number;
}

/** A stretch of its work. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Events that were handled meanwhile. */
  readonly events: number;
}

/** What comes before is start, compilation and an empty history: a processor that runs for weeks knows none of it. */
const warmShare = 0.5;

/**
 * The part of a backlog that is measured: from where half of it was handled to its end. Of a backlog that nobody saw in between, from the last
 * sample before its end. Null where nothing was handled.
 *
 * @param samples in the order of time, the first one before the start.
 */
export function steadyStretch(samples: readonly ProgressSample[]): Stretch | null {
  const handledMax = samples.at(-1)?.handled ?? 0;
  if (handledMax === 0) return null;
  const endAt = samples.findIndex(({ handled }) => handled >= handledMax);
  const halfAt = samples.findIndex(({ handled }) => handled >= handledMax * warmShare);
  const end = samples[endAt]!;
  const start = samples[Math.max(0, Math.min(halfAt, endAt - 1))]!;
  return { fromMs: start.atMs, toMs: end.atMs, events: end.handled - start.handled };
}
