import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { EmbeddedGroupStore } from '../../src/adapters/embedded/group-store.ts';
import { PersistentFeatureStore } from '../../src/adapters/embedded/persistent-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { orThrow } from '../../src/app/versions.ts';
import { FailureError } from '../../src/domain/failure.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { GroupFormer } from '../../src/groups/former.ts';
import { OwnVerdicts, type KeptVerdicts } from '../../src/own-verdicts.ts';
import type { IncomingRecord, RecordBatch } from '../../src/ports.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { ringPolicy } from './ring-policy.ts';
import { acting, policyOf, recordOf, World } from './world.ts';

/**
 * What a group came to is not lost, and stands in the end, whatever happens to the process that found it: sends that fail between the batch and
 * its verdicts, snapshots, kills, partitions that are read again from where the snapshot is.
 */

const topic = 'account-events';
const startMs = Date.UTC(2026, 9, 20);
const hasher = new EntityKeyHasher(Buffer.from('0123456789abcdef'));
const policy = policyOf(ringPolicy({ challenge: 0.5, review: 0.8, block: 0.95 }));

const ring = Array.from({ length: 12 }, (_, index) => `ring_${index}`);
const partitions = 2;

function eventOf(type: string, account: string, minute: number, data: object): Buffer {
  const time = new Date(startMs + minute * 60_000).toISOString();
  const id = `${type} ${account}`;
  return Buffer.from(JSON.stringify({ specversion: '1.0', id, source: '/tests', type, subject: account, time, data }));
}

/** All of the ring have one hand. */
function handOf(account: string): string {
  return account.startsWith('ring') ? 'ring' : account;
}

function avatarOf(account: string): string {
  return Buffer.from(handOf(account)).toString('hex').padEnd(16, '7').slice(-16);
}

/** By partition: accounts of the ring and others sign up, and show their pictures later. */
const records: readonly (readonly IncomingRecord[])[] = Array.from({ length: partitions }, (_, partition) => {
  const accounts = [...ring, ...ring.map((account) => `other ${account}`)].filter(
    (_account, index) => index % partitions === partition,
  );
  const values = accounts.flatMap((account, index) => [
    eventOf('account.signup', account, index * 2, {
      status: 'succeeded',
      context: { device_id: `device of ${handOf(account)}` },
    }),
    eventOf('account.profile_updated', account, index * 2 + 1, { avatar_hash: avatarOf(account) }),
  ]);
  return values.map((value, offset) => recordOf(value, offset));
});

const folder = await mkdtemp(join(tmpdir(), 'winnow-groups-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let files = 0;

/** What happens to the next batch of a partition, and what to the process before it. */
interface Turn {
  readonly partition: number;
  readonly size: number;
  /** Of its sends: all work, the first is refused, or those after the first are. */
  readonly sends: 'all' | 'none' | 'one';
  readonly commits: boolean;
  readonly before: 'nothing' | 'saved' | 'killed';
}

const schedules = fc.array(
  fc.record<Turn>({
    partition: fc.integer({ min: 0, max: partitions - 1 }),
    size: fc.integer({ min: 1, max: 14 }),
    sends: fc.constantFrom('all', 'all', 'none', 'one'),
    commits: fc.boolean(),
    before: fc.constantFrom('nothing', 'nothing', 'saved', 'killed'),
  }),
  { minLength: 5, maxLength: 24 },
);

/** One process after the other, with a snapshot of its history, and a source of two partitions. */
class Scene {
  readonly sent: WireDecision[] = [];
  readonly #committed = new Array<number>(partitions).fill(0);
  #position = new Array<number>(partitions).fill(0);
  #assigned: readonly (number | undefined)[] = [];
  #path = '';
  #store!: PersistentFeatureStore;
  #world!: World;
  readonly stores: PersistentFeatureStore[] = [];

  /** As a killer leaves it: the file, and nobody who holds its lock. */
  async start(): Promise<void> {
    const former = this.#path;
    this.#path = join(folder, String(files++));
    if (former !== '') await copyFile(former, this.#path).catch(() => undefined);
    const ownVerdicts = new OwnVerdicts();
    const groups = new EmbeddedGroupStore({ membersMax: 1_000 });
    const companion = {
      kept: () => ownVerdicts.kept(),
      restore: (kept: unknown) => ownVerdicts.restore(kept as KeptVerdicts),
      pieces: groups,
    };
    this.#store = orThrow(
      await PersistentFeatureStore.open({
        memoryBytesMax: 64 * 1024 * 1024,
        snapshotFile: this.#path,
        snapshotIntervalMs: 3_600_000,
        hasher,
        clock: systemClock,
        telemetry: silentTelemetry,
        companion,
      }),
    );
    this.stores.push(this.#store);
    this.#world = new World({
      history: this.#store,
      ownVerdicts,
      groups: new GroupFormer(groups, hasher, () => policy.groups),
      policy,
      emit: acting,
      model: { scoreRow: () => 0.01 },
    });
    const covered = new Map(
      this.#store
        .coveredOffsets()
        .flatMap((one) => (one.topic === topic ? [[one.partition, one.offset] as const] : [])),
    );
    this.#position = this.#committed.map((committed, partition) =>
      Math.min(committed, (covered.get(partition) ?? -1) + 1),
    );
    this.#assigned = [...this.#committed];
  }

  async play({ partition, size, sends, commits, before }: Turn): Promise<void> {
    if (before === 'saved') await this.#store.save();
    if (before === 'killed') await this.start();
    let taken = 0;
    this.#world.beforeSend = (_output, outgoing) => {
      if (sends === 'none' || (sends === 'one' && taken++ > 0))
        throw new FailureError({ code: 'SEND_FAILED', message: 'away.' });
      this.sent.push(...outgoing.map(({ value }) => JSON.parse(value as string) as WireDecision));
    };
    const from = this.#position[partition]!;
    const some = records[partition]!.slice(from, from + size);
    if (some.length === 0) return;
    const committedOffset = this.#assigned[partition];
    const batch: RecordBatch = { topic, partition, records: some };
    try {
      await this.#store.handle(() =>
        this.#world.take(committedOffset === undefined ? batch : { ...batch, committedOffset }),
      );
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      return;
    }
    this.#position[partition] = from + some.length;
    if (commits) this.#committed[partition] = Math.max(this.#committed[partition]!, this.#position[partition]);
  }

  async finish(): Promise<void> {
    for (let turn = 0; this.#position.some((position, at) => position < records[at]!.length); turn++)
      await this.play({ partition: turn % partitions, size: 5, sends: 'all', commits: true, before: 'nothing' });
    await Promise.all(this.stores.map((store) => store.close()));
  }
}

describe('what a group came to', () => {
  it('reaches each of its accounts and nobody else, though sends fail and the process is killed', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const scene = new Scene();
        await scene.start();
        for (const turn of schedule) await scene.play(turn);
        await scene.finish();
        const stands = new Map(scene.sent.map(({ subject, data }) => [subject, data.action]));
        const expected = [...ring, ...ring.map((account) => `other ${account}`)].map(
          (account) => [account, account.startsWith('ring') ? 'block' : 'challenge'] as const,
        );
        expect(stands).toEqual(new Map(expected));
        // What is said again is the same, though in another order: a review before the block, where one was enough the first time.
        const actions = Map.groupBy(scene.sent, ({ id }) => id);
        for (const same of actions.values()) expect(new Set(same.map(({ data }) => data.action)).size).toBe(1);
        const ofGroups = scene.sent.filter(({ data }) => data.cause.kind === 'group');
        expect(new Set(ofGroups.map(({ subject }) => subject))).toEqual(new Set(ring));
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});
