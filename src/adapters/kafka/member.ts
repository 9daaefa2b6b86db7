import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { within } from './bounded.ts';
import { Committer, type CommitOffsets } from './committer.ts';
import { coordinatorLost, CoordinatorWatch } from './coordinator-watch.ts';
import { classify } from './failures.ts';
import { createGroupConsumer } from './group-client.ts';
import { heldHandler } from './held-handler.ts';
import { Keeper } from './keeper.ts';
import { OffsetTracker, type TopicPartition } from './offsets.ts';
import { slicesOf } from './slices.ts';
import type { BatchHandler, KafkaSourceOptions } from './source-options.ts';
import type { StartPositions } from './start-positions.ts';

const farewellMsMax = 10_000;
/** A rebalance makes one or two commits fail, which nobody needs to know of. */
const commitFailuresToTell = 10;
/** Part of the session timeout: when the coordinator gives a member up, the member has long known that something is wrong. */
const silentShareMax = 1 / 3;

/** How the life of a member ended. */
export type MemberEnd =
  /** It was told to leave. */
  | { readonly kind: 'left' }
  /** The client gave up. A new member may do better. */
  | { readonly kind: 'crashed'; readonly error: unknown }
  /** The handler cannot go on. */
  | { readonly kind: 'stopped'; readonly error: unknown };

/**
 * One membership of the consumer group, from joining to its end; not to be used again. Slices what is fetched, hands the
 * slices of a partition one after the other to the handler, and commits what the handler has finished.
 */
export class GroupMember {
  readonly offsets = new OffsetTracker();
  /** Partitions that it owns now. */
  assigned: readonly TopicPartition[] = [];
  /** Whether a slice has got through: the membership is worth something. */
  hasWorked = false;
  readonly #options: KafkaSourceOptions;
  readonly #startPositions: StartPositions | undefined;
  readonly #consumer: Consumer;
  readonly #handler: BatchHandler;
  readonly #committer: Committer;
  readonly #coordinator: CoordinatorWatch;
  readonly #ended = Promise.withResolvers<MemberEnd>();
  #commit: CommitOffsets | undefined;
  /** Counts assignments: what was fetched under an older one is stale. */
  #assignment = 0;
  readonly #draining = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();

  constructor(options: KafkaSourceOptions, startPositions?: StartPositions) {
    this.#options = options;
    this.#startPositions = startPositions;
    this.#consumer = createGroupConsumer(options);
    this.#handler = heldHandler(options);
    const { clock, settings } = options;
    this.#coordinator = new CoordinatorWatch(clock, settings.consumer.sessionTimeoutMs * silentShareMax);
    this.#committer = new Committer(
      this.offsets,
      clock,
      (error, inARow) => this.#commitFailed(error, inARow),
      (offsets) => {
        this.#coordinator.heard();
        startPositions?.committed(offsets);
      },
    );
    this.#listen();
  }

  /** Joins and works until the end. */
  async live(): Promise<MemberEnd> {
    this.#join().catch((error: unknown) => this.#end({ kind: 'crashed', error }));
    const end = await this.#ended.promise;
    await this.#finishInFlight(); // or the next member could be given a batch that this one still has in hand
    if (end.kind !== 'crashed') await this.#commitPending();
    await within(farewellMsMax, this.#consumer.disconnect());
    return end;
  }

  async #join(): Promise<void> {
    const { topics, settings } = this.#options;
    const { startFrom, partitionsConcurrent } = settings.consumer;
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning: startFrom === 'earliest' });
    await this.#startPositions?.find();
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsConcurrent,
      eachBatch: (payload) => this.#track(this.#eachBatch(payload)),
    });
  }

  /**
   * Stops fetching, finishes the slices in flight and commits. What is held is given up: Kafka keeps it. The membership
   * stays alive meanwhile.
   */
  async drain(): Promise<void> {
    this.#draining.abort();
    await this.#finishInFlight();
    await this.#commitPending();
  }

  async #finishInFlight(): Promise<void> {
    this.#pauseFetching();
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
  }

  async #commitPending(): Promise<void> {
    if (this.#commit !== undefined) await this.#committer.commitNow(this.#commit);
  }

  #pauseFetching(): void {
    try {
      this.#consumer.pause(this.#options.topics.map((topic) => ({ topic })));
    } catch {
      // It has not joined yet, or has crashed: it fetches nothing.
    }
  }

  /** Whether the handler has records. */
  get hasInHand(): boolean {
    return this.#inFlight.size > 0;
  }

  /** Ends the membership: `live` drains, leaves the group and answers. */
  leave(): void {
    this.#end({ kind: 'left' });
  }

  /** To be called about once a second: what no later batch commits is committed here. */
  tick(): void {
    if (this.#commit !== undefined) this.#committer.commitIfDue(this.#commit);
    this.#options.telemetry.commitWaited(this.#committer.waitingMs());
  }

  #commitFailed(error: unknown, inARow: number): void {
    const { log, telemetry } = this.#options;
    this.#coordinator.failed(error);
    const { failure } = classify(error, 'CONSUME_FAILED');
    telemetry.commitFailed(failure);
    const level = inARow % commitFailuresToTell === 0 ? 'warn' : 'debug';
    log(level, 'Offsets were not committed; the next commit brings them.', { error: failure.message, inARow });
  }

  /** Between fetches: a listener that throws fails the fetch, as the answer to a heartbeat would that ends a membership. */
  #leaveLostCoordinator(): void {
    const { loss } = this.#coordinator;
    if (loss === undefined) return;
    this.#options.onLost(loss);
    throw coordinatorLost(loss);
  }

  #end(end: MemberEnd): void {
    this.#draining.abort();
    this.#ended.resolve(end);
  }

  #listen(): void {
    const { events } = this.#consumer;
    const { telemetry, progress } = this.#options;
    this.#consumer.on(events.CRASH, ({ payload }) => this.#end({ kind: 'crashed', error: payload.error }));
    this.#consumer.on(events.FETCH_START, () => this.#leaveLostCoordinator());
    this.#consumer.on(events.FETCH, progress);
    this.#consumer.on(events.HEARTBEAT, () => this.#coordinator.heard());
    // The last moment at which offsets can be committed for partitions that may go elsewhere: kafkajs asks to join right
    // after this event, and on one connection requests keep their order.
    this.#consumer.on(events.REBALANCING, () => {
      progress();
      void this.#commitPending();
    });
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.#coordinator.heard();
      this.#assignment += 1;
      this.offsets.reset();
      this.assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      // kafkajs keeps these until right before its first fetch, which comes after this event.
      for (const { topic, partition, offset } of this.#startPositions?.of(this.assigned) ?? [])
        this.#consumer.seek({ topic, partition, offset: String(offset) });
      progress();
      telemetry.partitionsAssigned(this.assigned);
      void this.#countMembers();
      this.#options.onAssigned();
    });
    // A fetch that brings control records alone never gets to `eachBatch`.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      this.offsets.partition(payload.topic, payload.partition).skip(Number(payload.lastOffset) + 1);
    });
  }

  /** Nobody waits for it, and without an answer there is nothing to tell. */
  async #countMembers(): Promise<void> {
    const group = await this.#consumer.describeGroup().catch(() => undefined);
    if (group !== undefined) this.#options.telemetry.membersCounted(group.members.length);
  }

  #track(work: Promise<void>): Promise<void> {
    this.#inFlight.add(work);
    return work.finally(() => this.#inFlight.delete(work));
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { telemetry, progress, recordsMax, settings } = this.#options;
    const { topic, partition, highWatermark, messages } = payload.batch;
    const assignment = this.#assignment;
    const offsets = this.offsets.partition(topic, partition);
    const commit: CommitOffsets = (pending) => payload.commitOffsetsIfNecessary(pending);
    this.#commit = commit;
    using keeper = new Keeper(() => payload.heartbeat(), settings.consumer.heartbeatIntervalMs, this.#coordinator);
    const signal = AbortSignal.any([keeper.signal, this.#draining.signal]);
    let done = 0;
    for (const slice of slicesOf(payload.batch, recordsMax)) {
      if (signal.aborted) break;
      if (assignment !== this.#assignment || payload.isStale() || !payload.isRunning()) {
        telemetry.staleBatchDropped(topic, partition, messages.length - done);
        return;
      }
      const span = offsets.open(slice.from, slice.next);
      try {
        await this.#handler(slice.batch, signal);
      } catch (error) {
        span.withdraw();
        if (!signal.aborted) this.#end({ kind: 'stopped', error });
        break;
      }
      span.settle();
      done += slice.batch.records.length;
      this.hasWorked = true;
      progress();
      if (assignment === this.#assignment) {
        payload.resolveOffset(slice.lastOffset);
        telemetry.lagMeasured(topic, partition, Math.max(0, Number(highWatermark) - slice.next));
        this.#committer.commitIfDue(commit);
      }
      // All of the above may have run on promises alone: let the sockets and timers have their turn.
      await nextTurn();
    }
    if (keeper.signal.aborted) {
      if (this.#coordinator.loss === undefined) await this.#committer.commitNow(commit);
      else this.#options.onLost(this.#coordinator.loss);
      throw keeper.signal.reason; // kafkajs joins again
    }
  }
}
