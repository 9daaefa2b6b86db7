import type { EachBatchPayload } from 'kafkajs';
import { askAssigned, byTopic, type AssignedTopics } from './assigned-topics.ts';
import { Assignment, hasEnds, keyOf, type PartitionStart } from './assignment.ts';
import { within } from './bounded.ts';
import { Committer, type CommitOffsets } from './committer.ts';
import { coordinatorLost, CoordinatorWatch } from './coordinator-watch.ts';
import { classify } from './failures.ts';
import { createGroupConsumer, type GroupConsumer } from './group-client.ts';
import { heldWork } from './held-handler.ts';
import { joinedSignal } from './joined-signal.ts';
import { Keeper } from './keeper.ts';
import { OffsetTracker, type TopicPartition } from './offsets.ts';
import type { OpenGaps } from './open-gaps.ts';
import type { PartitionEndsReader } from './partition-ends.ts';
import { PartitionHolds } from './partition-holds.ts';
import type { PartitionPasts } from './partition-pasts.ts';
import { dueOf, slicesOf, type Slice } from './slices.ts';
import type { KafkaSourceOptions } from './source-options.ts';
import type { StartPositions } from './start-positions.ts';
import { noteOf, noTopicIds, type TopicIds } from './topic-ids.ts';
import { Turns } from './turns.ts';

const farewellMsMax = 10_000;
/** A rebalance makes one or two commits fail, which nobody needs to know of. */
const commitFailuresToTell = 10;
/** Part of the session timeout: when the coordinator gives a member up, the member has long known that something is wrong. */
const silentShareMax = 1 / 3;

/** What outlives a member. */
export interface MemberSurroundings {
  readonly startPositions: StartPositions | undefined;
  readonly ends: Pick<PartitionEndsReader, 'of' | 'ofGroup' | 'ids'>;
  readonly pasts: PartitionPasts;
  readonly gaps: Pick<OpenGaps, 'found' | 'forget'>;
}

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
  readonly #consumer: GroupConsumer;
  readonly #surroundings: MemberSurroundings;
  readonly #pasts: PartitionPasts;
  readonly #held: ReturnType<typeof heldWork>;
  readonly #holds: PartitionHolds;
  readonly #committer: Committer;
  readonly coordinator: CoordinatorWatch;
  readonly #turns: Turns;
  readonly #ended = Promise.withResolvers<MemberEnd>();
  #commit: CommitOffsets | undefined;
  /** The assignment of now, once its partitions may be read: what was fetched under an older one is stale. */
  #assignment: Assignment | undefined;
  /** Where an own partition was told to begin; undefined where that is not known yet. */
  readonly startOf = (of: TopicPartition): PartitionStart | undefined =>
    this.#assignment?.start(of.topic, of.partition);
  #asked: Promise<AssignedTopics> | undefined;
  /** Partitions of which a batch has come since they were assigned, with what the group had committed then. */
  readonly #begun = new Map<string, number | undefined>();
  readonly #draining = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();

  constructor(options: KafkaSourceOptions, surroundings: MemberSurroundings, createConsumer = createGroupConsumer) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#pasts = surroundings.pasts;
    const ids = (): TopicIds => this.#assignment?.ids ?? noTopicIds; // what is fetched and committed is of these topics
    this.#consumer = createConsumer(options, ids, () => this.#assignment);
    this.#held = heldWork(options);
    this.#holds = new PartitionHolds(options);
    this.#turns = new Turns(options.settings.consumer.partitionsConcurrent, options.recordsMax);
    const { clock, settings } = options;
    this.coordinator = new CoordinatorWatch(clock, settings.consumer.sessionTimeoutMs * silentShareMax);
    this.#committer = new Committer(
      this.offsets,
      clock,
      (error, inARow) => this.#commitFailed(error, inARow),
      (offsets) => {
        this.coordinator.served();
        for (const offset of offsets) this.#pasts.remember(offset, { last: 'committed' });
      },
      ids,
    );
    this.#listen();
  }

  /** Joins and works until the end. */
  async live(): Promise<MemberEnd> {
    this.#join().catch((error: unknown) => this.#end({ kind: 'crashed', error }));
    const end = await this.#ended.promise;
    this.#holds.releaseAll();
    await this.#finishInFlight(); // or the next member could be given a batch that this one still has in hand
    if (end.kind !== 'crashed') await this.#commitPending();
    await within(farewellMsMax, this.#consumer.disconnect());
    this.#consumer.cut(); // whatever is left of it must not join again, and hold partitions that the next one is to read
    return end;
  }

  async #join(): Promise<void> {
    const { topics, settings } = this.#options;
    const { startPositions, ends } = this.#surroundings;
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning: settings.consumer.startFrom === 'earliest' });
    // What comes here stands still until it is known where it ends: so that is asked once before, over a connection that stays.
    await (startPositions?.find() ?? Promise.allSettled(topics.map((topic) => ends.of(topic))));
    this.coordinator.asked();
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Of all that it fetched at once: whose turn it is among them is decided here.
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

  /**
   * Ends the membership of a client that does not answer any more: `live` answers as after a crash, and soon, since the client can ask the
   * brokers for nothing from now on. It hands out nothing more, and commits nothing; it does not leave the group, which gives it up.
   */
  giveUp(error: unknown): void {
    this.#end({ kind: 'crashed', error });
    this.#consumer.cut();
  }

  /** To be called about once a second: what no later batch commits is committed here. */
  tick(): void {
    if (this.#commit !== undefined) this.#committer.commitIfDue(this.#commit);
    this.#options.telemetry.commitWaited(this.#committer.waitingMs());
  }

  #commitFailed(error: unknown, inARow: number): void {
    const { log, telemetry } = this.#options;
    this.coordinator.failed(error);
    const { failure } = classify(error, 'CONSUME_FAILED');
    telemetry.commitFailed(failure);
    const level = inARow % commitFailuresToTell === 0 ? 'warn' : 'debug';
    log(level, 'Offsets were not committed; the next commit brings them.', { error: failure.message, inARow });
  }

  /** Between fetches: a listener that throws fails the fetch, as the answer to a heartbeat would that ends a membership. */
  #leaveLostCoordinator(): void {
    const { loss } = this.coordinator;
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
    this.#consumer.on(events.HEARTBEAT, () => this.coordinator.heard());
    // The last moment at which offsets can be committed for partitions that may go elsewhere: kafkajs asks to join right
    // after this event, and on one connection requests keep their order.
    let rebalancingSinceMs: number | undefined;
    this.#consumer.on(events.REBALANCING, () => {
      rebalancingSinceMs ??= performance.now();
      progress();
      void this.#commitPending();
    });
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.coordinator.served();
      this.offsets.reset();
      this.#holds.releaseAll();
      this.#begun.clear();
      this.assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#pasts.onlyThese(this.assigned);
      // It rejects where the client has given up meanwhile, and has no group any more.
      this.#assign().catch((error: unknown) => this.#end({ kind: 'crashed', error }));
      progress();
      this.#turns.partitions = this.assigned.length;
      telemetry.partitionsAssigned(this.assigned);
      telemetry.rebalanced(
        rebalancingSinceMs === undefined ? payload.duration : performance.now() - rebalancingSinceMs,
      );
      rebalancingSinceMs = undefined;
      void this.#countMembers();
      this.#options.onAssigned();
    });
    // A fetch that brings control records alone never gets to `eachBatch`.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      this.offsets.partition(payload.topic, payload.partition).skip(Number(payload.lastOffset) + 1);
    });
  }

  /**
   * Finds out where the partitions stand before any of them is read: what kafkajs does about an offset that is out of range wipes
   * out what was committed, and history may have to begin before that.
   */
  async #assign(): Promise<void> {
    const partitions = byTopic(this.assigned);
    this.#consumer.pause(partitions);
    const asked = askAssigned(this.assigned, this.#surroundings);
    this.#assignment = undefined;
    this.#asked = asked;
    const answer = await asked.catch((error: unknown) => {
      if (this.#asked === asked) this.#end({ kind: 'crashed', error });
      return undefined;
    });
    if (answer === undefined || this.#asked !== asked) return; // there is a newer one, or none
    const planned = this.#surroundings.startPositions?.of(answer.ends.filter(hasEnds), answer.ids) ?? [];
    const assignment = new Assignment({ assigned: this.assigned, planned, ...answer }, (of) => this.#pasts.of(of));
    this.#assignment = assignment;
    if (this.#draining.signal.aborted) return;
    for (const { topic, partition } of this.assigned) {
      const { seek } = assignment.start(topic, partition);
      if (seek !== undefined) this.#consumer.seek({ topic, partition, offset: String(seek) });
    }
    this.#consumer.resume(partitions);
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
    const { handler, telemetry, progress, recordsMax, settings } = this.#options;
    const { topic, partition, highWatermark, messages } = payload.batch;
    const assignment = this.#assignment;
    const offsets = this.offsets.partition(topic, partition);
    const commit: CommitOffsets = (pending) => payload.commitOffsetsIfNecessary(pending);
    this.#commit = commit;
    using keeper = new Keeper(() => payload.heartbeat(), settings.consumer.heartbeatIntervalMs, this.coordinator);
    using joined = joinedSignal(keeper.signal, this.#draining.signal);
    const { signal } = joined;
    using turn = this.#turns.enter();
    let done = 0;
    for (const slice of slicesOf(payload.batch, recordsMax)) {
      await turn.begin(dueOf(slice), signal);
      if (signal.aborted) break;
      const isCurrent = (): boolean => assignment === this.#assignment && !payload.isStale() && payload.isRunning();
      let committedOffset: number | undefined;
      try {
        if (isCurrent()) committedOffset = await this.#arrive(slice, signal);
      } catch (error) {
        if (!signal.aborted) this.#end({ kind: 'stopped', error });
        break;
      }
      if (signal.aborted) break;
      if (!isCurrent()) {
        telemetry.staleBatchDropped(topic, partition, messages.length - done);
        return;
      }
      if (slice.unreadable !== undefined && settings.consumer.unreadable === 'hold') {
        this.#holds.hold(topic, partition, slice.unreadable, payload.pause());
        break;
      }
      const span = offsets.open(slice.from, slice.next);
      offsets.decidedUpTo(slice.batch.records[0]);
      this.#pasts.remember({ topic, partition }, { reached: slice.next });
      try {
        const batch = { ...slice.batch, committedOffset, topicId: noteOf(topic, assignment?.ids ?? noTopicIds) };
        await this.#held(batch, () => turn.take(signal, (decided) => handler(batch, signal, decided)), signal);
      } catch (error) {
        span.withdraw();
        if (!signal.aborted) this.#end({ kind: 'stopped', error });
        break;
      }
      span.settle();
      if (assignment === this.#assignment) this.#pasts.remember({ topic, partition }, { position: offsets.position });
      offsets.decidedUpTo(slice.batch.records.at(-1));
      this.#holds.release(topic, partition);
      done += slice.batch.records.length;
      this.hasWorked = true;
      progress();
      if (assignment === this.#assignment) {
        payload.resolveOffset(slice.lastOffset);
        const lag = Math.max(0, Number(highWatermark) - slice.next);
        telemetry.lagMeasured(topic, partition, lag, offsets.decidedUpToMs);
        this.#committer.commitIfDue(commit);
      }
    }
    if (keeper.signal.aborted) {
      if (this.coordinator.loss === undefined) await this.#committer.commitNow(commit);
      else this.#options.onLost(this.coordinator.loss);
      throw keeper.signal.reason; // kafkajs joins again
    }
  }

  /**
   * Holds a slice against where its partition should go on. One that goes back is of another partition with the same name; one that
   * jumps is looked into later. Returns what the group had committed when the partition was assigned.
   */
  async #arrive({ batch: { topic, partition }, from }: Slice, signal: AbortSignal): Promise<number | undefined> {
    const key = keyOf({ topic, partition });
    const offsets = this.offsets.partition(topic, partition);
    if (!this.#begun.has(key)) {
      const assignment = this.#assignment;
      const start = assignment?.start(topic, partition);
      const committed = this.#surroundings.startPositions === undefined ? start?.committedOffset : undefined;
      if (start?.isRemade !== true) offsets.begin(start?.expected);
      else if (committed === undefined) await this.#forget({ topic, partition }, start, from, signal);
      else await this.#takeOver(topic, partition, committed, signal);
      this.#begun.set(key, start?.committedOffset);
      this.#pasts.remember({ topic, partition }, { topicId: assignment?.ids.get(topic), position: from });
    }
    const { expected } = offsets;
    if (expected !== undefined && from < expected) await this.#forget({ topic, partition }, { expected }, from, signal);
    else if (expected !== undefined && from > expected)
      this.#surroundings.gaps.found({ topic, partition, from: expected, next: from });
    return this.#begun.get(key);
  }

  async #forget(of: TopicPartition, was: Partial<PartitionStart>, found: number, signal: AbortSignal): Promise<void> {
    const { topic, partition } = of;
    this.#options.telemetry.partitionRemade(topic, partition, was.expected ?? found, found);
    await this.#held(of, () => this.#options.forgetOffsets(topic, partition, 'all', was.topicId), signal);
    // Once: forgotten again when it is assigned again, what was observed of it meanwhile would pass for what a producer sent twice.
    this.#pasts.remember(of, { last: 'forgotten', reached: undefined, position: found });
    this.#surroundings.startPositions?.remade(of, was.topicId);
    this.#surroundings.gaps.forget(of);
    this.offsets.partition(topic, partition).begin(found);
    this.#begun.set(keyOf(of), undefined);
  }

  /** A partition that was made anew comes from a member that has read of it already: what all members share of it is of the new one. */
  async #takeOver(topic: string, partition: number, committed: number, signal: AbortSignal): Promise<void> {
    await this.#held({ topic, partition }, () => this.#options.forgetOffsets(topic, partition, 'own'), signal);
    this.#pasts.forget({ topic, partition });
    this.#surroundings.gaps.forget({ topic, partition });
    this.offsets.partition(topic, partition).begin(committed);
  }
}
