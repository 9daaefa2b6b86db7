import type { Topology } from './topology.ts';

/** Rounds that found something, with what it was: `npm run campaign -- --kept` lives through them again. */
export const keptRounds: readonly {
  readonly seed: number;
  readonly topology: Partial<Topology>;
  readonly faults: readonly string[];
  readonly found: string;
}[] = [];
