import type { LoadEnvironment } from '../load/environment.ts';

/** One store with so many workers, as a backlog was worked off. */
export interface CapacityCase {
  readonly store: 'embedded' | 'valkey';
  readonly workers: number;
  /** The median of the rounds. */
  readonly eventsPerSecond: number;
  /** CPU time an event, all workers together, the store's server, and the broker; null where the system does not tell. */
  readonly cpuMicroseconds: {
    readonly workers: number | null;
    readonly store: number | null;
    readonly broker: number | null;
  };
}

/** What `npm run capacity` measured, and all that the document says is reckoned from. */
export interface CapacityResult {
  readonly environment: LoadEnvironment;
  readonly events: number;
  readonly partitions: number;
  readonly rounds: number;
  /** Mean size of a record, key and value, without the headers of its batch. */
  readonly bytesPerEvent: number;
  readonly cases: readonly CapacityCase[];
}

/** What a third worker with a core of its own would bring, were all that two do not bring one thing or the other. */
export interface ThirdWorker {
  /** Of one worker's rate, with two. */
  readonly speedupOfTwo: number;
  /** Share of the work that only one can do at a time (Amdahl): the best that can be hoped for. */
  readonly contention: number;
  readonly eventsPerSecondMost: number;
  /** What each worker costs each other (Gunther's coherence): the worst. */
  readonly coherence: number;
  readonly eventsPerSecondLeast: number;
}

/** A fleet that takes so many events a second. */
export interface Fleet {
  readonly store: CapacityCase['store'];
  readonly workers: number;
  readonly workerCores: number;
  readonly storeCores: number;
  readonly brokerCores: number;
  readonly coresTotal: number;
  readonly megabytesPerSecond: number;
}

/** The load that the fleet is reckoned for, events a second. */
export const fleetRate = 650_000;
/** Of a core, and of a worker: the rest is for a burst, a member that is gone, and a backlog that is worked off. */
export const utilisation = 0.6;

/** CPU microseconds that an event costs, all parties together; null where one is not known. */
export function cpuPerEvent({ cpuMicroseconds: { workers, store, broker } }: CapacityCase): number | null {
  return workers === null || store === null || broker === null ? null : workers + store + broker;
}

/** Core-hours for a million events; null where CPU time is not known. */
export function coreHoursPerMillion(one: CapacityCase): number | null {
  const microseconds = cpuPerEvent(one);
  return microseconds === null ? null : microseconds / 3_600;
}

/** Share of the machine's cores that a case kept busy. Near 1, the machine is what limits it, and no third worker would help on it. */
export function busyShare(one: CapacityCase, cores: number): number | null {
  const microseconds = cpuPerEvent(one);
  return microseconds === null ? null : (one.eventsPerSecond * microseconds) / 1e6 / cores;
}

/**
 * From one worker and two. The universal scalability law has two unknowns, contention and coherence; two measurements give one equation. So it is
 * solved with one of them 0, and then with the other: the truth lies between. Null where a case is missing.
 */
export function thirdWorker(cases: readonly CapacityCase[], store: CapacityCase['store']): ThirdWorker | null {
  const rateOf = (workers: number): number | undefined =>
    cases.find((one) => one.store === store && one.workers === workers)?.eventsPerSecond;
  const [one, two] = [rateOf(1), rateOf(2)];
  if (one === undefined || two === undefined) return null;
  const speedupOfTwo = two / one;
  // More than twice is noise, or one worker that could not use its core.
  const lostByTwo = Math.max(0, 2 / speedupOfTwo - 1);
  const [contention, coherence] = [lostByTwo, lostByTwo / 2];
  return {
    speedupOfTwo,
    contention,
    eventsPerSecondMost: (one * 3) / (1 + 2 * contention),
    coherence,
    eventsPerSecondLeast: (one * 3) / (1 + 6 * coherence),
  };
}

/**
 * What this rate takes, by the CPU time of the case with the most workers, since that holds what sharing costs; workers by what one was seen to
 * do. Null where CPU time is not known.
 */
export function fleetFor(
  { cases, bytesPerEvent }: CapacityResult,
  store: CapacityCase['store'],
  rate = fleetRate,
): Fleet | null {
  const own = cases.filter((one) => one.store === store).toSorted((one, other) => other.workers - one.workers);
  const [most, least] = [own[0], own.at(-1)];
  if (most === undefined || least === undefined) return null;
  const { workers, store: server, broker } = most.cpuMicroseconds;
  if (workers === null || server === null || broker === null) return null;
  const cores = (microseconds: number): number => Math.ceil((rate * microseconds) / 1e6 / utilisation);
  const [workerCores, storeCores, brokerCores] = [cores(workers), cores(server), cores(broker)];
  return {
    store,
    workers: Math.ceil(rate / (least.eventsPerSecond / least.workers) / utilisation),
    workerCores,
    storeCores,
    brokerCores,
    coresTotal: workerCores + storeCores + brokerCores,
    megabytesPerSecond: Math.round((rate * bytesPerEvent) / 1e6),
  };
}
