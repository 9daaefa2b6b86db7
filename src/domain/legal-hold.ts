/** What bears upon whether an account may be forgotten, of what people said of it. */
export interface HoldWord {
  readonly type: 'account.erasure_requested' | 'account.hold_placed' | 'account.hold_lifted';
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** Of a request: when it was written, before which nobody could act upon it, milliseconds since the epoch; of others their time. */
  readonly knownMs: number;
  /** Of a hold placed or lifted: which. */
  readonly hold: string | null;
  /** Of a hold placed: the last moment of it; null for no end. */
  readonly untilMs: number | null;
}

/** What is said in one millisecond is said at once. */
const momentMs = 1;

/**
 * When an account is to be forgotten, milliseconds since the epoch: in the moment after the first request, or, where holds stood then or when
 * the request was written, in the first moment in which none does. Null: nobody asked. Infinity: a hold has no end yet. The order of the words does not matter.
 *
 *     hold A  ──────────────┐ until
 *     hold B           ─────┼──────┐ lifted
 *     request    R ▪ written│      │
 *     due                           ▲
 *
 * What is said in the very moment of a request, or of the end of a hold, still counts, in whichever order it was written: a hold that is placed in the
 * moment in which another ends leaves no gap, and one that is placed in the moment of the request outranks it. So does one that is placed
 * between the request and its being written down: nobody had acted upon it. From the due moment on it is too late.
 */
export function erasureDueMs(words: readonly HoldWord[]): number | null {
  const requests = words.filter(({ type }) => type === 'account.erasure_requested');
  if (requests.length === 0) return null;
  const spans = spansOf(words).toSorted((first, second) => first.fromMs - second.fromMs);
  return Math.min(...requests.map((request) => dueOf(request, spans)));
}

function dueOf({ timeMs, knownMs }: HoldWord, spans: readonly Span[]): number {
  const knownEndMs = knownMs + momentMs;
  let dueMs = timeMs + momentMs;
  for (const { fromMs, lastMs } of spans)
    if (fromMs < Math.max(dueMs, knownEndMs) && dueMs <= lastMs) dueMs = lastMs + momentMs;
  return dueMs;
}

/** From when to when a hold stood, both included. */
interface Span {
  readonly fromMs: number;
  readonly lastMs: number;
}

/** One that is placed again stands on; to lift it ends all that were placed before. */
function spansOf(words: readonly HoldWord[]): readonly Span[] {
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

/**
 * The words that still bear upon an account once all is done that is due by a time: an erasure ends what was said before it was due. The same
 * words where none is due.
 * @param asOfMs milliseconds since the epoch
 */
export function afterErasures(words: readonly HoldWord[], asOfMs: number): readonly HoldWord[] {
  const dueMs = erasureDueMs(words);
  if (dueMs === null || dueMs > asOfMs) return words;
  return afterErasures(
    words.filter(({ timeMs }) => timeMs >= dueMs),
    asOfMs,
  );
}

/**
 * The words that may still matter where nothing can come any more that is dated before a time: a hold that was placed again while it stood says nothing new,
 * one that ended before that time keeps nothing, and what lifted it has nothing left to lift. Where somebody waits to be forgotten, ends matter too.
 * @param sinceMs milliseconds since the epoch
 */
export function wordsThatMatter(all: readonly HoldWord[], sinceMs: number): readonly HoldWord[] {
  const words = withoutCovered(all, sinceMs);
  if (words.some(({ type }) => type === 'account.erasure_requested')) return words;
  const matters = (word: HoldWord): boolean =>
    word.type === 'account.hold_lifted'
      ? word.timeMs >= sinceMs
      : spansOf([word, ...words.filter(({ type }) => type === 'account.hold_lifted')])[0]!.lastMs >= sinceMs;
  return words.filter(matters);
}

/** Without holds that stood already when they were placed again, for no longer: no word can come any more that ends the one and not the other. */
function withoutCovered(words: readonly HoldWord[], sinceMs: number): readonly HoldWord[] {
  const placed = words.filter(({ type }) => type === 'account.hold_placed');
  const spans = spansOf(words);
  const isCovered = ({ timeMs, hold, untilMs }: HoldWord): boolean =>
    placed.some(
      (other, index) =>
        other.hold === hold &&
        other.timeMs < timeMs &&
        spans[index]!.lastMs >= timeMs &&
        (other.untilMs ?? Infinity) >= (untilMs ?? Infinity),
    );
  return words.filter((word) => word.type !== 'account.hold_placed' || word.timeMs >= sinceMs || !isCovered(word));
}

/** Those of an account's words that are not among those that are left of them. */
export function wordsOver(words: readonly HoldWord[], left: readonly HoldWord[]): readonly HoldWord[] {
  return words.filter((word) => !left.includes(word));
}
