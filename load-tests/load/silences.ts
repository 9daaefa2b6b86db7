/** When outputs of each partition came, and how long none did. Milliseconds since the epoch throughout. */
export class Silences {
  /** By partition: when its outputs came, ascending. */
  readonly #outputsMs: number[][];

  constructor(partitions: number) {
    this.#outputsMs = Array.from({ length: partitions }, () => []);
  }

  /** An output came that answers an event of this partition. */
  heard(partition: number, atMs: number): void {
    this.#outputsMs[partition]?.push(atMs);
  }

  /** Of each partition, the longest time without an output that falls into the span, its begin and its end included. [partitions] */
  longestMs(fromMs: number, toMs: number): number[] {
    return this.#outputsMs.map((outputsMs) => {
      const within = [fromMs, ...outputsMs.filter((atMs) => atMs > fromMs && atMs < toMs), toMs];
      return Math.max(...within.slice(1).map((atMs, index) => atMs - within[index]!));
    });
  }
}
