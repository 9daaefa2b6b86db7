/** What bears upon whether an account may be forgotten, of what people said of it. */
export interface HoldWord {
  readonly type: 'account.erasure_requested' | 'account.hold_placed' | 'account.hold_lifted';
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** Of a hold placed or lifted: which. */
  readonly hold: string | null;
  /** Of a hold placed: when it ends by itself; null for never. */
  readonly untilMs: number | null;
}

/**
 * When an account is to be forgotten, milliseconds since the epoch: with the first request, or, where holds stood then, with the
 * first moment at which none does. Null: nobody asked. Infinity: a hold has no end yet. The order of the words does not matter.
 *
 *     hold A  ──────────────┐ until
 *     hold B           ─────┼──────┐ lifted
 *     request    R          │      │
 *     due                          ▲
 */
export function erasureDueMs(words: readonly HoldWord[]): number | null {
  const requests = words.filter(({ type }) => type === 'account.erasure_requested');
  if (requests.length === 0) return null;
  let dueMs = Math.min(...requests.map(({ timeMs }) => timeMs));
  const spans = spansOf(words).toSorted((first, second) => first.fromMs - second.fromMs);
  for (const { fromMs, endMs } of spans) if (fromMs <= dueMs && dueMs < endMs) dueMs = endMs;
  return dueMs;
}

/** From when to when each hold stood. One that is placed again stands on; to lift it ends all that were placed before. */
function spansOf(words: readonly HoldWord[]): readonly { readonly fromMs: number; readonly endMs: number }[] {
  const lifts = words.filter(({ type }) => type === 'account.hold_lifted');
  return words
    .filter(({ type }) => type === 'account.hold_placed')
    .map(({ timeMs: fromMs, hold, untilMs }) => {
      const lifted = lifts.filter((lift) => lift.hold === hold && lift.timeMs >= fromMs).map(({ timeMs }) => timeMs);
      return { fromMs, endMs: Math.min(untilMs ?? Infinity, ...lifted) };
    });
}

/** Whether a hold stands at a time, milliseconds since the epoch. */
export function isHeld(words: readonly HoldWord[], nowMs: number): boolean {
  return spansOf(words).some(({ fromMs, endMs }) => fromMs <= nowMs && nowMs < endMs);
}
