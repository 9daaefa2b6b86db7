/** Measures a stage: CPU time of this process per event, the median of several rounds after a warm-up. */

export interface Measured {
  readonly name: string;
  readonly nsPerEvent: number;
  /** A number made from the work, so that it cannot be optimised away, and so that two runs can be told equal. */
  readonly checksum: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly events: number;
}

/** CPU nanoseconds since the process began, all threads. */
export function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** `work` handles all events once and answers a number made from its results. `prepare` runs before each round, unmeasured. */
export async function measure<T>(
  name: string,
  { rounds, events }: MeasureOptions,
  prepare: () => T,
  work: (prepared: T) => number | Promise<number>,
): Promise<Measured> {
  const figures: number[] = [];
  let checksum = 0;
  for (let round = 0; round <= rounds; round++) {
    const prepared = prepare();
    const startNs = cpuNs();
    checksum = await work(prepared);
    // The first round warms the compiler up.
    if (round > 0) figures.push((cpuNs() - startNs) / events);
  }
  return { name, nsPerEvent: median(figures), checksum };
}

export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** The smallest figure that is above this share of all, from 0 to below 1. */
export function quantile(figures: readonly number[], share: number): number {
  return figures.toSorted((first, second) => first - second)[Math.floor(figures.length * share)]!;
}
