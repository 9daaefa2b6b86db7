/**
 * Counts by key that are told at most once per interval: the first at once, what follows in sums. So a flood makes a line
 * every few seconds, and no count is lost.
 */
export class ThrottledCounts {
  readonly #intervalMs: number;
  readonly #counts = new Map<string, number>();
  #toldAtMs = -Infinity;

  /** Keys must come from a bounded set: each is kept until it is told. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  add(key: string, count: number): void {
    if (count > 0) this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  /** What was counted since it was last told, when there is something and the interval has passed; undefined otherwise. */
  take(nowMs: number): { readonly total: number; readonly byKey: Readonly<Record<string, number>> } | undefined {
    if (this.#counts.size === 0 || nowMs - this.#toldAtMs < this.#intervalMs) return undefined;
    this.#toldAtMs = nowMs;
    const byKey = Object.fromEntries(this.#counts);
    this.#counts.clear();
    return { total: Object.values(byKey).reduce((sum, count) => sum + count, 0), byKey };
  }
}
