/** Values kept at most: enough for a 99.9th percentile, small enough to sort. */
const samplesMax = 100_000;

/**
 * Percentiles of many values in bounded memory: once full, every second value is dropped and half as many are taken from then
 * on. A systematic sample, so that the same run gives the same figures.
 */
export class Latencies {
  #samples = new Float64Array(samplesMax);
  #size = 0;
  #seen = 0;
  #stride = 1;
  #max = 0;

  add(values: Float64Array): void {
    for (const value of values) {
      if (value > this.#max) this.#max = value;
      if (this.#seen++ % this.#stride !== 0) continue;
      if (this.#size === samplesMax) this.#halve();
      this.#samples[this.#size++] = value;
    }
  }

  get max(): number {
    return this.#max;
  }

  /** The value that a share of all values do not exceed; `shares` are between 0 and 1. NaN when there is none. */
  percentiles<const S extends readonly number[]>(...shares: S): { [I in keyof S]: number } {
    const sorted = this.#samples.slice(0, this.#size).toSorted();
    return shares.map((share) => sorted[Math.min(this.#size - 1, Math.floor(share * this.#size))] ?? NaN) as {
      [I in keyof S]: number;
    };
  }

  #halve(): void {
    this.#size = samplesMax / 2;
    for (let index = 0; index < this.#size; index++) this.#samples[index] = this.#samples[index * 2]!;
    this.#stride *= 2;
  }
}
