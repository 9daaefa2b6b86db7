/** What bears upon whether an account may be forgotten, of what people said of it. */
export interface HoldWord {
  readonly type: 'account.erasure_requested' | 'account.hold_placed' | 'account.hold_lifted';
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** Of a hold placed or lifted: which. */
  readonly hold: string | null;
  /** Of a hold placed: the last moment of it; null for no end. */
  readonly untilMs: number | null;
}

/** What is said in one millisecond is said at once. */
const momentMs = 1;

/**
 * When an account is to be forgotten, milliseconds since the epoch: in the moment after the first request, or, where holds stood then, in the
 * first moment in which none does. Null: nobody asked. Infinity: a hold has no end yet. The order of the words does not matter.
 *
 *     hold A  ──────────────┐ until
 *     hold B           ─────┼──────┐ lifted
 *     request    R          │      │
 *     due                           ▲
 *
 * What is said in the very moment of a request, or of the end of a hold, still counts, in whichever order it was written: a hold that is placed in the
 * moment in which another ends leaves no gap, and one that is placed in the moment of the request outranks it. From the due moment on it is too late.
 */
export function erasureDueMs(words: readonly HoldWord[]): number | null {
  const requests = words.filter(({ type }) => type === 'account.erasure_requested');
  if (requests.length === 0) return null;
  let dueMs = Math.min(...requests.map(({ timeMs }) => timeMs)) + momentMs;
  const spans = spansOf(words).toSorted((first, second) => first.fromMs - second.fromMs);
  for (const { fromMs, lastMs } of spans) if (fromMs < dueMs && dueMs <= lastMs) dueMs = lastMs + momentMs;
  return dueMs;
}

/** From when to when each hold stood, both included. One that is placed again stands on; to lift it ends all that were placed before. */
function spansOf(words: readonly HoldWord[]): readonly { readonly fromMs: number; readonly lastMs: number }[] {
  const lifts = words.filter(({ type }) => type === 'account.hold_lifted');
  return words
    .filter(({ type }) => type === 'account.hold_placed')
    .map(({ timeMs: fromMs, hold, untilMs }) => {
      const lifted = lifts.filter((lift) => lift.hold === hold && lift.timeMs >= fromMs).map(({ timeMs }) => timeMs);
      return { fromMs, lastMs: Math.min(untilMs ?? Infinity, ...lifted) };
    });
}

/** Whether a hold stands at a time, milliseconds since the epoch. */
export function isHeld(words: readonly HoldWord[], nowMs: number): boolean {
  return spansOf(words).some(({ fromMs, lastMs }) => fromMs <= nowMs && nowMs <= lastMs);
}
