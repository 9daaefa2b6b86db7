import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { accountKeyAt, emptyObservations, type ObservationBatch } from '../../features/observation.ts';
import { SnapshotValues } from '../../features/snapshot-values.ts';
import { earliestMs, entityKinds } from '../../features/state.ts';
import { readDouble } from '../../history/doubles.ts';
import type { MemberLog } from '../../domain/member-log.ts';
import type { AccountKeys, FeatureStore, LegalHolds, Position, SnapshotBatch, StandingChange } from '../../ports.ts';
import type { GroupStore } from '../../group-ports.ts';
import { silentTelemetry, type Telemetry } from '../../telemetry.ts';
import { BatchFold, type DamagedValue } from './batch-fold.ts';
import { Compactions } from './compactions.ts';
import { Connection, type ShardRunner } from './connection.ts';
import { EntityState, headerWords } from './entity-state.ts';
import { expiries, type Expiry } from './expiry.ts';
import { unavailable } from './failures.ts';
import { ValkeyGroupStore } from './group-store.ts';
import { ValkeyLegalHolds } from './legal-holds.ts';
import { memberLogKey, watermarkKeys } from './keys.ts';
import { kindPlans } from './kind-plan.ts';
import { ValkeyMemberLog } from './member-log.ts';
import type { ValkeyLogger, ValkeySettings } from './settings.ts';
import { ShardRequest, writePurge, writeShardRequest, writeStandings, type EntityName } from './shard-request.ts';
import { damagedLength, replyBirthAt, replyHeaderWords, replyStatus, watermarkDamaged } from './shard-script.ts';
import { ShardBirths } from './shard-births.ts';
import { claimScript, TopicClaims } from './topic-claims.ts';
import { shardOf, TouchTable } from './touch-table.ts';
import { markOf, type ValueMark } from './value-mark.ts';

// State and requests are written as the machine has them in memory; members of a group may not read each other's otherwise.
assert.equal(endianness(), 'LE', 'the Valkey store needs a little-endian machine');

/** What the store tells of what it finds. */
export type ValkeyTelemetry = Pick<Telemetry, 'historyDamaged' | 'historyEmptied'>;

/** How often the number of entities is asked for. */
const sizeAgeMsMax = 15_000;
/** A batch can only be split where another process applied its beginning; after that it is above the watermark or below. */
const splitsMax = 8;
const bytesPerWord = 4;

/** The phases of a batch, each with watermarks of its own; and its end, when all of it is delivered. */
const watermarks = ['accounts', 'entities', 'settled'] as const;
type Watermark = (typeof watermarks)[number];
type Phase = Exclude<Watermark, 'settled'>;
/** The field of calls over which no watermark stands. */
const unguarded = '';
/** What the script is sent to read a watermark: no offsets to apply, and no items behind the header. */
const noItems = Buffer.alloc(headerWords * bytesPerWord);
const noOffset = '-1';

/** The field beside the watermarks that says of which topic they are. */
const topicField = 'topic';

function fieldOf(watermark: Watermark | typeof topicField, topic: string, partition: number): string {
  return `${watermark}:${topic}:${partition}`;
}

function watermarkFields(topic: string, partition: number): readonly string[] {
  return watermarks.map((watermark) => fieldOf(watermark, topic, partition));
}

/**
 * History in Valkey, shared by all processes. Valkey keeps each entity as a state and the log of what was added since, appends to
 * it under the watermark, and answers what it held; what that amounts to is worked out here, and a state that is made of a long
 * log goes back. `README.md` says why.
 */
export class ValkeyFeatureStore implements FeatureStore {
  readonly #connection: Connection;
  readonly #shards: number;
  /** What members of the group count alike. */
  readonly memberLog: MemberLog;
  /** What accounts have in common, beside the history; closed with it. */
  readonly groups: GroupStore;
  /** What outranks a request to be forgotten, beside the history; closed with it. */
  readonly legalHolds: LegalHolds;
  /** [shard] key of its watermarks; entities' keys begin like it. */
  readonly #watermarkKeys: readonly string[];
  readonly #expiries: readonly Expiry[];
  readonly #states = kindPlans.map((plan) => new EntityState(plan));
  readonly #compactions = new Compactions();
  readonly #values = new SnapshotValues();
  readonly #births = new ShardBirths();
  readonly #claims = new TopicClaims();
  readonly #telemetry: ValkeyTelemetry;
  /** Not in use. What a failed call may still be reading does not come back here. */
  readonly #tables: TouchTable[] = [];
  readonly #requests: ShardRequest[] = [];
  #reply = new Uint32Array(0);
  /** The newest event time seen by this process: what is far behind it does not count in windows. */
  #newestMs = earliestMs;
  #size = 0;
  #sizeAskedMs = -Infinity;

  /** Connects with the first batch. Throws `FailureError` `CONFIG_INVALID` when a file of `valkey.tls` cannot be read. */
  constructor(settings: ValkeySettings, log: ValkeyLogger, telemetry: ValkeyTelemetry = silentTelemetry) {
    this.#connection = new Connection(settings, log);
    this.groups = new ValkeyGroupStore(this.#connection, settings);
    this.legalHolds = new ValkeyLegalHolds(this.#connection, settings);
    this.memberLog = new ValkeyMemberLog(this.#connection, memberLogKey(settings));
    this.#telemetry = telemetry;
    this.#shards = settings.shards;
    this.#watermarkKeys = watermarkKeys(settings);
    this.#expiries = expiries(settings.retentionDays, settings.standingDays);
  }

  async observe(batch: ObservationBatch): Promise<SnapshotBatch> {
    const { topic, partition } = batch;
    try {
      await this.#claim(batch);
      const answer = await this.#observe(batch, (watermark) => fieldOf(watermark, topic, partition));
      const formerOffset = this.#claims.takeFormer(fieldOf(topicField, topic, partition));
      return formerOffset === undefined ? answer : { ...answer, formerOffset };
    } catch (error) {
      this.#claims.doubt();
      throw error;
    }
  }

  /** Says in every shard of which topic a partition's watermarks are: once, and anew when they may be lost. Those of another topic go. */
  async #claim({ topic, partition, topicId }: ObservationBatch): Promise<void> {
    const field = fieldOf(topicField, topic, partition);
    if (topicId === undefined || this.#claims.has(field, topicId)) return;
    this.#claims.done(field, topicId, await this.#runClaim(topic, partition, topicId, 'same'));
  }

  /** @param unnamed what watermarks are of that nobody has said of which topic they are: of this one, or of a former one. */
  async #runClaim(
    topic: string,
    partition: number,
    topicId: string,
    unnamed: 'same' | 'former',
  ): Promise<(number | null)[]> {
    const args = [fieldOf(topicField, topic, partition), topicId, unnamed, ...watermarkFields(topic, partition)];
    const answers = this.#watermarkKeys.map((key) => this.#connection.run(claimScript, key, args));
    return (await Promise.all(answers)) as (number | null)[];
  }

  /** As a batch of one row, over which no watermark stands. */
  async forget({ keyHigh, keyLow, targetHigh, targetLow }: AccountKeys): Promise<void> {
    const batch = emptyObservations('', 0, 1);
    batch.erases[0] = 1;
    batch.keys.set([keyHigh, keyLow], accountKeyAt(0));
    batch.keys.set([targetHigh, targetLow], entityKinds.indexOf('target') * 2);
    const answer = await this.#observe(batch, () => unguarded);
    answer.release();
  }

  async #observe(batch: ObservationBatch, fieldBy: (watermark: Phase) => string): Promise<SnapshotBatch> {
    const fold = new BatchFold(batch, this.#newestMs, this.#states, this.#compactions, this.#values);
    const table = this.#tables.pop() ?? new TouchTable();
    fold.accounts(table);
    const [settledOffset] = await Promise.all([
      this.#settledOffset(batch.topic, batch.partition),
      this.#runPhase(fieldBy('accounts'), table, batch, fold),
    ]);
    fold.entities(table);
    await this.#runPhase(fieldBy('entities'), table, batch, fold);
    // Last: until others gave back what they hold of an account, its log says what that is.
    await this.#purge(fold.erased);
    this.#tables.push(table);
    this.#newestMs = Math.max(this.#newestMs, fold.bounds.newestMs);
    const shards = this.#births.takeLost();
    if (shards > 0) {
      this.#claims.doubt();
      this.#telemetry.historyEmptied(shards);
    }
    this.#refreshSize();
    return { ...fold.answer, settledOffset };
  }

  /**
   * The settled offset is a watermark in each shard that gets standings, so that a call that arrives late overwrites nothing, and
   * in the partition's home shard, which is read. That one comes last: when it says settled, all of the batch is.
   */
  async settle({ topic, partition, offset }: Position, changes: readonly StandingChange[]): Promise<void> {
    const byShard = Map.groupBy(changes, ({ keyLow }) => shardOf(keyLow, this.#shards));
    const home = this.#homeOf(partition);
    await this.#connection.runShards(async (run) => {
      const settleShard = async (shard: number): Promise<void> => {
        const request = this.#requests.pop() ?? new ShardRequest();
        writeStandings(request, offset, byShard.get(shard) ?? [], this.#expiries);
        await this.#call(run, shard, fieldOf('settled', topic, partition), request);
        this.#requests.push(request);
      };
      await Promise.all([...byShard.keys()].filter((shard) => shard !== home).map(settleShard));
      await settleShard(home);
    });
  }

  async forgetOffsets(topic: string, partition: number, topicId?: string): Promise<void> {
    if (topicId !== undefined) return void (await this.#runClaim(topic, partition, topicId, 'former'));
    const field = fieldOf(topicField, topic, partition);
    this.#claims.forget(field);
    await this.#connection.removeFields(this.#watermarkKeys, [field, ...watermarkFields(topic, partition)]);
  }

  /** Asks every shard: the accounts of a partition lie in all of them. */
  async probe(): Promise<void> {
    await this.#connection.runShards((run) =>
      Promise.all(this.#watermarkKeys.map((key) => run(key, [unguarded, noOffset, noOffset, noItems]))),
    );
  }

  /** Keys in Valkey, as they were some seconds ago: watermarks and whatever others keep in the same database among them. */
  size(): number {
    return this.#size;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Reads the last settled record of a partition; -1 for none. */
  #settledOffset(topic: string, partition: number): Promise<number> {
    const field = fieldOf('settled', topic, partition);
    return this.#connection.runShards(async (run) => {
      const key = this.#watermarkKeys[this.#homeOf(partition)]!;
      return readDouble(
        this.#readReply(this.#homeOf(partition), await run(key, [field, noOffset, noOffset, noItems])),
        1,
      );
    });
  }

  /** The shard that says how far a partition is settled. */
  #homeOf(partition: number): number {
    return partition % this.#shards;
  }

  async #runPhase(field: string, table: TouchTable, batch: ObservationBatch, fold: BatchFold): Promise<void> {
    const lists = table.byShard(this.#shards);
    await this.#connection.runShards((run) =>
      Promise.all(
        lists.map(async (entities, shard) => {
          if (entities.length > 0) await this.#runShard(run, shard, field, table, entities, batch, fold);
        }),
      ),
    );
  }

  async #runShard(
    run: ShardRunner,
    shard: number,
    field: string,
    table: TouchTable,
    entities: readonly number[],
    batch: ObservationBatch,
    fold: BatchFold,
  ): Promise<void> {
    const request = this.#requests.pop() ?? new ShardRequest();
    let floor = -1;
    for (let split = 0; split < splitsMax; split++) {
      const replaced = this.#compactions.take(shard);
      writeShardRequest(request, table, entities, batch, fold.notes, floor, replaced, this.#expiries);
      const reply = this.#readReply(shard, await this.#call(run, shard, field, request));
      if (reply[0] === replyStatus.split) {
        floor = readDouble(reply, 1);
        continue;
      }
      const damaged = fold.fold(table, shard, entities, request, reply, reply[0] === replyStatus.applied);
      if (damaged.length > 0) await this.#replace(run, shard, damaged, request);
      this.#requests.push(request);
      return;
    }
    throw unavailable(`Another process keeps moving the watermark of ${field}.`);
  }

  /** Values that are damaged make way for what this batch has appended behind them. */
  async #replace(
    run: ShardRunner,
    shard: number,
    damaged: readonly DamagedValue[],
    request: ShardRequest,
  ): Promise<void> {
    for (const [kind, { length }] of Map.groupBy(damaged, (value) => value.kind))
      this.#telemetry.historyDamaged(entityKinds[kind]!, length);
    request.begin();
    for (const value of damaged) if (value.mark !== undefined) request.startAnew(value, value.mark);
    await this.#call(run, shard, unguarded, request);
  }

  /** Takes away what the values of entities say from before they were erased. What came since stays. */
  async #purge(erased: readonly EntityName[]): Promise<void> {
    if (erased.length === 0) return;
    await this.#connection.runShards((run) => Promise.all(erased.map((entity) => this.#purgeOne(run, entity))));
  }

  async #purgeOne(run: ShardRunner, entity: EntityName): Promise<void> {
    const request = new ShardRequest();
    const shard = shardOf(entity.low, this.#shards);
    let erased: ValueMark | undefined;
    // The first call only reads; and between any two, another member may have made the value anew.
    for (let attempt = 0; attempt < splitsMax; attempt++) {
      writePurge(request, entity, erased);
      const reply = this.#readReply(shard, await this.#call(run, shard, unguarded, request));
      const at = replyHeaderWords + 1;
      const bytes = reply[replyHeaderWords]!;
      if (bytes === 0 || bytes === damagedLength) return;
      const words = this.#states[entity.kind]!.wordsErased(reply, at, bytes / bytesPerWord);
      if (words === 0) return;
      erased = markOf(reply, at, words);
    }
    throw unavailable('Other processes keep writing what is to be forgotten.');
  }

  #call(run: ShardRunner, shard: number, field: string, request: ShardRequest): Promise<Buffer> {
    const { words, length, first, last } = request;
    const items = Buffer.from(words.buffer, 0, length * bytesPerWord);
    return run(this.#watermarkKeys[shard]!, [field, String(first), String(last), items]);
  }

  /**
   * A reply, copied to where the machine reads words: bytes from a socket lie anywhere. Holds until the next reply, of
   * whichever call: so nothing is awaited before it has been made use of. What it says of its shard is noted.
   */
  #readReply(shard: number, reply: Buffer): Uint32Array {
    const length = Math.ceil(reply.length / bytesPerWord);
    if (length > this.#reply.length) this.#reply = new Uint32Array(length * 2);
    const words = this.#reply;
    new Uint8Array(words.buffer).set(reply);
    this.#births.note(shard, words[replyBirthAt]!);
    if (words[0]! >= watermarkDamaged) {
      words[0]! -= watermarkDamaged;
      this.#telemetry.historyDamaged('watermarks', 1);
    }
    return words.subarray(0, length);
  }

  #refreshSize(): void {
    const nowMs = performance.now();
    if (nowMs - this.#sizeAskedMs < sizeAgeMsMax) return;
    this.#sizeAskedMs = nowMs;
    void this.#connection.countKeys().then((keys) => (this.#size = keys ?? this.#size));
  }
}
