import { Random } from '../../src/simulation/random.ts';
import type { Fault } from './faults/fault.ts';
import { drawTopology, type Topology } from './topology.ts';

/** One fault of a round. */
export interface Disturbance {
  readonly fault: Fault;
  /** Share of the stream that is written when it begins, 0 to 1. */
  readonly at: number;
  readonly lastsMs: number;
  /** For whatever it has to draw. */
  readonly random: Random;
}

/** What a seed comes to. */
export interface Plan {
  readonly seed: number;
  readonly topology: Topology;
  /** In the order in which they begin. */
  readonly disturbances: readonly Disturbance[];
  /** Events a second that are written. */
  readonly perSecond: number;
}

export interface PlanOptions {
  readonly topology?: Partial<Topology>;
  /** These and no others, where the topology allows them. */
  readonly faults?: readonly Fault[];
  /** Names of kinds that are left out of those that are drawn; the others stay as they are. */
  readonly without?: readonly string[];
}

/** One of each is drawn by its own stream of numbers, so that a fault that is fixed, or a kind that is added, changes no other draw. */
const streams = { topology: 1, count: 2, kinds: 3, points: 1_000 } as const;
const countMin = 2;
const countMax = 5;
/** The stream ends after the last fault has begun. */
const latest = 0.75;

export function planOf(seed: number, kinds: readonly Fault[], options: PlanOptions = {}): Plan {
  const topology = drawTopology(new Random(seed, streams.topology), options.topology);
  const drawn = options.faults ?? drawKinds(seed, kinds);
  const disturbances = drawn
    .filter((fault) => fault.isPossible(topology) && options.without?.includes(fault.name) !== true)
    .map((fault, index) => {
      const random = new Random(seed, streams.points + index);
      const [shortest, longest] = fault.lastsMs;
      return { fault, at: random.between(0.05, latest), lastsMs: random.integer(shortest, longest), random };
    })
    .toSorted((a, b) => a.at - b.at);
  return { seed, topology, disturbances, perSecond: 120 };
}

/** More than will be possible, some perhaps twice. */
function drawKinds(seed: number, kinds: readonly Fault[]): readonly Fault[] {
  const random = new Random(seed, streams.kinds);
  const count = new Random(seed, streams.count).integer(countMin, countMax) * 2;
  return Array.from({ length: count }, () => kinds[random.integer(0, kinds.length - 1)]!);
}
