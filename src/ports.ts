import type { Failure } from './domain/failure.ts';
import type { Hold, HoldPlace } from './domain/hold.ts';
import type { HoldWord } from './domain/legal-hold.ts';
import type { Standing } from './domain/standing.ts';
import type { Form } from './features/norms/forms.ts';
import type { ObservationBatch } from './features/observation.ts';

/**
 * The outside world, as the pipeline sees it. Each adapter implements one of these and passes its contract suite
 * (`tests/contract/`). Comments say what each party may rely on. No third-party type crosses this line.
 */

/** Two clocks: the date, which may jump, and a stopwatch, which may not. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never going back. */
  monotonicMs(): number;
}

/** A header of a record. Kafka lets names repeat, in an order that means something, and values be null. */
export interface RecordHeader {
  readonly name: string;
  readonly value: Uint8Array | string | null;
}

/**
 * Who is holding. All that wait for something that is away write it: the guard of the store, the source, the outputs. Readiness
 * and metrics read it.
 */
export interface Holds {
  /** A wait begins. */
  begin(place: HoldPlace): OpenHold;
  /** Those that have not ended, in the order of their beginning. */
  current(): readonly Hold[];
}

export interface OpenHold {
  /** A try was in vain; `waitMs` until the next. */
  tried(failure: Failure, waitMs: number): void;
  /** It goes on, or nobody waits any more. More than once is harmless. */
  end(): void;
}

/** One record as it came, before anything is known of it. */
export interface IncomingRecord {
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** All of them, in their order. Of a repeated header the last value counts. */
  readonly headers: readonly RecordHeader[];
  /** When it was produced or taken, milliseconds since the epoch: end-to-end latency counts from here. NaN if unknown. */
  readonly timestampMs: number;
  /** The broker said so, when it took the record; absent where its producer did, or nobody knows. */
  readonly isDatedByBroker?: true;
  /** It came as something that cannot be read: a dead letter, whatever is above. The value is then the head of what came. */
  readonly failure?: Failure;
}

/** Records of one partition, in its order, at most `limits.batchRecordsMax`. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  /** Tells the topic from every other that ever had its name; absent where nobody knows. */
  readonly topicId?: string | undefined;
  readonly records: readonly IncomingRecord[];
  /**
   * What the group read next when the partition was assigned to this process: the records before it had been delivered, by
   * whomever. Absent where nothing was committed, where there is no group, and once the partition turned out to be another one.
   */
  readonly committedOffset?: number | undefined;
}

/** A place in a partition: `offset` is that of a record, and not of the next one. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What became of an observation. */
export const observationFates = [
  /** Added to history. */
  'applied',
  /** At or below the watermark: it had been added before a crash or a rebalance; read only. */
  'replayed',
  /** Its account has seen this event id before, at another offset: the producer sent it twice; read only. */
  'duplicate',
  /** Its time is outside the bounds of history (`history/time-bounds.ts`); read only. */
  'outside',
] as const;
export type ObservationFate = (typeof observationFates)[number];

/** What a store returns for a batch of observations. */
export interface SnapshotBatch {
  /** [count × snapshotColumnCount] state right after each observation, as of its own time; NaN where not known. */
  readonly values: Float64Array;
  /** [count] index into `observationFates`. */
  readonly fates: Uint8Array;
  /** [count] the account's standing before this batch; undefined for a new account. */
  readonly standings: readonly (Standing | undefined)[];
  /** The last record of the partition up to which all have had their fate, by whomever; -1 for none. */
  readonly settledOffset: number;
  /**
   * The last record that was settled, or else added, of a former topic of this name: what the store knew of its offsets was forgotten with this
   * batch. Said once; absent where nothing was.
   */
  readonly formerOffset?: number | undefined;
  /** Gives `values` back, when nobody reads them any more. Once at most; without it, they are simply collected. */
  release(): void;
}

export interface StandingChange {
  /** The account's entity key. */
  readonly keyHigh: number;
  readonly keyLow: number;
  readonly standing: Standing;
  /** Another action than allow came to stand before this one within what is settled at once: nobody settles that one by itself. */
  readonly hasActed?: true;
  /** It stands also for an account that is not known: what it came of is in no topic any more, or comes later. Else who is not known was forgotten. */
  readonly standsAlone?: true;
}

/** The keys under which history knows an account; both halves of one 0 where it is not to be looked for. */
export interface AccountKeys {
  /** As itself. */
  readonly keyHigh: number;
  readonly keyLow: number;
  /** As the target of others' actions. */
  readonly targetHigh: number;
  readonly targetLow: number;
}

/**
 * History. One call a batch applies all observations in order and returns all snapshots.
 *
 * - `observe` is atomic for the caller: it resolves when all is applied, or rejects and may be called again with the same
 *   batch: the watermark makes the second call harmless. It rejects with `FailureError` `STORE_UNAVAILABLE` and nothing else.
 * - Calls for one partition come one after the other; calls for different partitions may overlap.
 * - Where a batch is of another topic (`topicId`) than what the store knows of the partition's offsets, that is forgotten first, as by
 *   `forgetOffsets`: the topic was made anew while nobody was there to see it. Of which topic something is that was observed without an id
 *   is not known: it is taken for the first that is named.
 * - `settle` is called after everything of the batch was delivered, for each batch, with its last record and what stands now.
 *   The standings are there before the position is. It may be repeated; a position at or behind an earlier one changes nothing.
 * - What was observed and not settled was perhaps delivered, perhaps not: a redelivery decides.
 */
export interface FeatureStore {
  observe(batch: ObservationBatch): Promise<SnapshotBatch>;
  settle(position: Position, changes: readonly StandingChange[]): Promise<void>;
  /**
   * Forgets an account: its state, standing, label, recent events and links, and what is known of it as somebody whom others act on.
   * What others hold of it goes where it can be taken back exactly: its label at the entities of its signup, and itself among their
   * accounts. The rest is bounded by windows and ends with them. An account that is not known stays so; to call it again changes
   * nothing. `observe` does the same for a row with `erases`, in order with the others and once; this is for who has no such record.
   */
  forget(account: AccountKeys): Promise<void>;
  /** Resolves when the store would answer whatever a partition asks. Rejects as `observe` does. */
  probe(topic: string, partition: number): Promise<void>;
  /**
   * The offsets of a partition are not those that the store knows: it was made anew, or lost its end. What comes is new again.
   * Not called while a batch of that partition is under way.
   *
   * @param topicId not those that are known to be of this topic
   */
  forgetOffsets(topic: string, partition: number, topicId?: string): Promise<void>;
  /** Entities held now. */
  size(): number;
  close(): Promise<void>;
}

/** An account of which somebody asked that it be forgotten, and the partition by which that came: its owner is who forgets. */
export interface WaitingAccount {
  readonly account: string;
  /** -1 where it came by none: from a file. */
  readonly partition: number;
}

/**
 * What people said of whether accounts may be forgotten, as long as it bears upon that: legal holds, what lifted them, and requests that wait for their
 * end. It lies where history does, and lasts as long.
 *
 * All that it is told may be told again, and comes to the same: so it needs no watermark. All calls reject with `FailureError` `STORE_UNAVAILABLE` and
 * nothing else, and may be repeated.
 */
export interface LegalHolds {
  /** What was said of an account, in no order; nothing of nearly all. */
  of(account: string): Promise<readonly HoldWord[]>;
  /**
   * Keeps a word. False where there is no room (`roomFor` in `history/hold-words.ts`); nothing has changed then.
   */
  add(account: string, word: HoldWord, partition: number): Promise<boolean>;
  /** Lets go of words. Nothing is left of an account that has none, not even its name. */
  remove(account: string, words: readonly HoldWord[]): Promise<void>;
  /** Accounts with a request among their words. */
  waiting(): Promise<readonly WaitingAccount[]>;
  /** Accounts of which something was said. */
  accounts(): Promise<readonly string[]>;
}

/** A model in memory, proven and ready. Made by a `ModelRuntime`. */
export interface LoadedModel {
  /** What computes it. Both give the same bits. */
  readonly engine: 'onnxruntime' | 'trees';
  /**
   * Scores rows. `features` is [rows × F] in the manifest's column order, NaN for missing; returns [rows] probabilities.
   * Rejects with whatever the runtime throws; the slot deals with it.
   */
  score(features: Float32Array, rows: number): Promise<Float32Array>;
  /** [rows × F] log-odds that each feature adds; null when the bundle brings no explanation. */
  explain(features: Float32Array, rows: number): Promise<Float32Array | null>;
  /** Frees native memory. Not called while a `score` is under way. */
  release(): Promise<void>;
}

/** What a runtime says of a model's inputs and outputs, for the check against the contract. */
export interface ModelShape {
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly dimensions: readonly (number | string)[];
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly dimensions: readonly (number | string)[];
  }[];
}

/** Turns the bytes of a bundle into a model. */
export interface ModelRuntime {
  load(
    model: Uint8Array,
    explanation: Uint8Array | null,
  ): Promise<{ readonly model: LoadedModel; readonly shape: ModelShape }>;
}

/** What holds under a key from then on. */
export interface Change {
  readonly key: string;
  /** Null: nothing does. */
  readonly value: Uint8Array | null;
  /** Where it stands in its partition, or the line of a file. */
  readonly offset: number;
}

/** Who follows a change log. The calls come one after the other, and none may throw. */
export interface ChangeFollower {
  /** May come again with the value that holds already, and after a value that was refused. */
  take(change: Change): void;
  /** A record that cannot be taken: it has no key, is too large, or is one key too many. What held under its key still holds. */
  refused(failure: Failure, offset: number): void;
  /** Some changes have been handed on, and for now there are no more. */
  paused(): void;
  /** The log cannot be read; what is known holds on. Told at each try, `waitMs` before the next. */
  away(failure: Failure, waitMs: number): void;
  /** It can be read again. */
  back(): void;
}

/**
 * A log of which the last record of each key counts: a compacted topic, or a file that stands for one. The log is the state: whoever
 * follows it keeps nothing on disk, and every process reads all of it.
 *
 * A key that was known and is in the log no more, since it was made anew or a file was written without it, is told as a change to null.
 */
export interface ChangeLog {
  /**
   * Begins to follow, once. Resolves when all has been handed on that was there at the call. Rejects with `FailureError`, and hands on no
   * more, when that does not come about in time; afterwards the log is followed until it is closed, however long it is away.
   */
  open(follower: ChangeFollower): Promise<void>;
  close(): Promise<void>;
}

/** A record to write. */
export interface OutgoingRecord {
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  readonly headers: readonly RecordHeader[];
  /** Where the record stood that it answers: said when it cannot be written. */
  readonly source?: { readonly topic: string; readonly partition: number; readonly offset: number | string };
  /**
   * A form of it for an output that does not take the whole: key, value and headers in at most `bytesMax` bytes (4 KiB or
   * more), and with a key where `keyNeeded` says that it takes none without. Absent: it has none, and waits to be taken.
   */
  readonly shrunk?: (bytesMax: number, keyNeeded: boolean) => OutgoingRecord;
}

/** Names of the outputs; which topic or file each one is, is configuration. */
export type OutputName = 'decisions' | 'deadLetters' | 'verdicts';

/**
 * Where results go. `send` resolves when every record is durably taken (acks=all on Kafka), in order per key, each whole or,
 * where the output refuses it for its own sake, shrunk. It retries by itself what can be retried, and holds what is refused
 * and cannot shrink, alone; when it rejects (`FailureError` `SEND_FAILED`), nothing of the batch may be committed.
 * `signal` ends the retries: the call then rejects, and the records may have been taken all the same.
 */
export interface Output {
  send(output: OutputName, records: readonly OutgoingRecord[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Reads a whole file, or says why not. `path` is relative to the adapter's root. */
export interface FileReader {
  read(path: string, bytesMax: number): Promise<Uint8Array>;
}

/** What a training matrix says of itself: a reader refuses what its own features are not. */
export interface MatrixHeader {
  readonly catalogueVersion: string;
  readonly winnowVersion: string;
  /** In column order. */
  readonly features: readonly {
    readonly name: string;
    readonly group: string;
    /** Hash of its definition, 16 hexadecimal digits. */
    readonly definition: string;
    /** What its column holds. */
    readonly form: Form;
  }[];
}

/** One scored event of a training matrix, beside its features. */
export interface MatrixRow {
  readonly accountId: string;
  readonly eventId: string;
  readonly type: string;
  /** Time of the event, milliseconds since the epoch. */
  readonly timeMs: number;
  /** Null: not known. */
  readonly label: string | null;
  readonly segment: string | null;
}

/**
 * Where a training matrix goes. Rows keep their order, and each feature its 32 bits; NaN becomes what the format has for
 * missing. The matrix is whole when `close` has resolved. All calls reject with `FailureError` `OUTPUT_UNWRITABLE` and nothing else.
 */
export interface MatrixSink {
  /** @param features [F] of this row; may be used again when the call has resolved. */
  write(row: MatrixRow, features: Float32Array): Promise<void>;
  close(): Promise<void>;
}
