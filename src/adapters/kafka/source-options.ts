import type { Failure } from '../../domain/failure.ts';
import type { Clock, Holds, RecordBatch } from '../../ports.ts';
import type { Telemetry } from '../../telemetry.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import type { SourceHistory } from './start-positions.ts';

/**
 * Handles records of one partition. Resolves once every record has a fate; only then may they be committed. Never called
 * for a partition while an earlier call for it is under way; calls for different partitions overlap.
 *
 * Rejects with `FailureError`: `STORE_UNAVAILABLE`, `CLOCK_BEHIND`, `SEND_FAILED` and `BROKER_UNREACHABLE` make the consumer hold the
 * partition and call again with the same batch; every other rejection ends the stream, and nothing of the batch is
 * committed. The signal asks it to stop waiting, when the partition goes elsewhere or the process ends: then it should
 * reject soon rather than hold, and need not when it is about to finish.
 *
 * `decided` is to be called when all of the batch is decided and nothing is left but to wait for what is sent, and to settle: records of
 * another partition may be handed over from then on. Where it is not called, they are when the call resolves.
 */
export type BatchHandler = (batch: RecordBatch, signal: AbortSignal, decided: () => void) => Promise<void>;

export interface KafkaSourceOptions {
  readonly settings: KafkaSettings;
  readonly topics: readonly string[];
  /** Records that the handler gets at most. */
  readonly recordsMax: number;
  readonly handler: BatchHandler;
  readonly telemetry: Telemetry;
  readonly holds: Holds;
  readonly log: KafkaLogger;
  readonly clock: Clock;
  /** Of a store that has its own memory of what it read. Without it, reading begins where the group committed. */
  readonly history?: SourceHistory;
  /**
   * A partition goes on before where it was: it was made anew, or lost its end. What is known of its offsets must be let go of.
   * Called when no batch of the partition is under way; rejects as the handler does. `own`: only of what this process knows by itself,
   * since another member has begun with the new partition, and what all share is of that. `topicId`: not what is known to be of this topic.
   */
  readonly forgetOffsets: (topic: string, partition: number, known: 'all' | 'own', topicId?: string) => Promise<void>;
  /**
   * Called at each turn of the loop: a fetch, empty or not; a slice done; a try while something is held; an attempt to
   * join. Liveness rests on it: silence for longer than `silentMsMax(settings)` means that the loop is stuck.
   */
  readonly progress: () => void;
  /** Called when the group's coordinator is lost, while another is sought; `onAssigned` says that it was found. */
  readonly onLost: (failure: Failure) => void;
  /** Called whenever partitions were assigned; the first time, the source is ready. */
  readonly onAssigned: () => void;
}
