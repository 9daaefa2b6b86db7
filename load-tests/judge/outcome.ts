import type { Trend } from './trend.ts';

/** Milliseconds from when an event was due until its output was read. Null where none was due. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Both<T> {
  readonly winnow: T;
  readonly echo: T;
}

/** What became of the events, by what a reader saw of the outputs. */
export interface Fates {
  readonly sent: number;
  /** Events without an output. */
  readonly lost: number;
  /** Outputs beyond the first one of a record. */
  readonly repeated: number;
  /** Of those, such as say something else under the same id. */
  readonly conflicting: number;
  /** Outputs of records that the generator itself wrote a second time, since it was not told of the first. */
  readonly sentTwice: number;
  /** Outputs that nothing we sent has caused. */
  readonly unknown: number;
}

/** CPU time, as cores that were busy all the time. Null where the system does not tell. */
export interface Busy {
  /** That the machine has. */
  readonly cores: number;
  readonly members: number | null;
  readonly echo: number | null;
  /** Generator and readers. */
  readonly harness: number | null;
  /** Broker, store, and whoever else used the machine. */
  readonly rest: number | null;
}

/** What is judged of a scenario, and kept. */
export interface Outcome {
  readonly partitions: number;
  readonly members: number;
  readonly store: 'embedded' | 'valkey';
  /** Events per second at which lag grew in the same run, from which the rate was chosen; null where the rate was given. */
  readonly kneeRate: number | null;
  /** Events per second before and after what the scenario does. */
  readonly rate: number;
  readonly fates: Both<Fates>;
  /** Decisions made without the store, the model or reference data. Those marked as repeats are counted as such. */
  readonly degraded: number;
  readonly deadLetters: number;
  /** By when the events were due: before what the scenario does, from then until lag was down, and after that. */
  readonly delayMs: {
    readonly calm: Both<Delays | null>;
    readonly disturbed: Both<Delays | null>;
    readonly after: Both<Delays | null>;
  };
  /** From the end of what the scenario did until lag was back; null: not before the scenario ended. */
  readonly recoverySeconds: Both<number | null>;
  /** Seconds of what the scenario did, recovery not among it. */
  readonly actSeconds: number;
  /** While the scenario did what it does. */
  readonly busy: Busy;
  /** Over the second half of what the scenario did; null where that was too short to tell. */
  readonly trends: {
    /** Of the members, all together: what their heaps and buffers hold, garbage among it. */
    readonly inUseMiB: Trend | null;
    /** The largest of the members: also what its allocators keep of the system for later. */
    readonly residentMiB: Trend | null;
    readonly openFiles: Trend | null;
    readonly lagMs: Both<Trend | null>;
    readonly p99Ms: Both<Trend | null>;
  };
  /** The largest of the members over what the scenario did, at most sixty looks at equal distances, MiB: to see what a trend is of. */
  readonly residentMiBCourse: readonly number[];
  /** What the scenario itself has counted or timed. */
  readonly figures: Readonly<Record<string, number | null>>;
}
