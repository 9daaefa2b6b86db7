import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { PersistentFeatureStore } from '../../src/adapters/embedded/persistent-store.ts';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { orThrow } from '../../src/app/versions.ts';
import { FailureError } from '../../src/domain/failure.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import type { FeatureStore, IncomingRecord, OutgoingRecord } from '../../src/ports.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { recordOf, servedModel, stream, World } from './world.ts';

/**
 * What comes again is not decided otherwise. When the coordinator of the group died, tens of thousands of events were decided a
 * second time against a history that held their future, and genuine accounts were blocked under ids that had let them pass.
 */

const topic = 'account-events';
const length = 240;
const memoryBytesMax = 64 * 1024 * 1024;
/** Events, a few that a producer sent twice, a few that are none, and for each of some accounts a last word at the end. */
const records: readonly IncomingRecord[] = stream
  .slice(0, length)
  .flatMap((value, index) =>
    index % 23 === 5 ? [value, value] : index % 19 === 7 ? [value, Buffer.from('{')] : [value],
  )
  .map((value, offset) => recordOf(value, offset));
const ends = stream.slice(length, length + 60).map((value, index) => recordOf(value, records.length + index));

const folder = await mkdtemp(join(tmpdir(), 'winnow-redelivery-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let files = 0;

/** What happens to the next batch, and what to the process before it. */
interface Turn {
  readonly size: number;
  /** Of the send: it works, it is refused, its answer is lost, or half of it is taken. */
  readonly send: 'works' | 'refused' | 'answer lost' | 'half taken';
  /** What is committed of what is settled: all, or nothing new. */
  readonly commits: boolean;
  readonly before: 'nothing' | 'revoked' | 'saved' | 'killed' | 'new model';
}

const turns = (before: readonly Turn['before'][], turnsMax = 24) =>
  fc.array(
    fc.record<Turn>({
      size: fc.integer({ min: 1, max: 70 }),
      send: fc.constantFrom('works', 'works', 'works', 'refused', 'answer lost', 'half taken'),
      commits: fc.boolean(),
      before: fc.constantFrom('nothing', 'nothing', ...before),
    }),
    { minLength: 5, maxLength: turnsMax },
  );

type Store = EmbeddedFeatureStore | PersistentFeatureStore;

/** Kills a process and answers the store of the next one. */
type Reopen = () => Promise<Store>;

function nextOf(store: Store): number {
  return (store.coveredOffsets()[0]?.offset ?? -1) + 1;
}

/** A process, its store, and a source that hands it one partition from where it is committed. */
class Scene {
  /** All that the output ever took. */
  readonly taken: OutgoingRecord[] = [];
  #store: Store;
  #world: World;
  #position = 0;
  /** Behind the last record that the store has observed. */
  #observed = 0;
  #committed = 0;
  #assigned: number | undefined;
  readonly #reopen: Reopen;

  constructor(store: Store, reopen: Reopen = () => Promise.reject(new Error('it is not killed'))) {
    this.#store = store;
    this.#world = this.#worldOf(store);
    this.#reopen = reopen;
  }

  async play({ size, send, commits, before }: Turn): Promise<void> {
    if (before === 'revoked') this.#assign();
    // One that holds a batch in part makes its events repeats, which are marked: below.
    if (before === 'saved' && this.#position === this.#observed && this.#store instanceof PersistentFeatureStore)
      await this.#store.save();
    if (before === 'new model') await this.#world.slot.replace(servedModel('1').served);
    if (before === 'killed') {
      const store = await this.#reopen();
      this.#store = store;
      this.#world = this.#worldOf(store);
      this.#observed = nextOf(store);
      this.#assign();
    }
    await this.#take(size, send);
    if (commits) this.#committed = Math.max(this.#committed, this.#position);
  }

  /** Takes the rest without any trouble, and what ends the stream; answers what was decided of that. */
  async finish(): Promise<readonly string[]> {
    while (this.#position < records.length) await this.#take(50, 'works');
    this.#sendAs('works');
    const last = this.#world.decisionTexts.length;
    await this.#world.take({ topic, partition: 0, records: ends });
    return this.#world.decisionTexts.slice(last);
  }

  async #take(size: number, send: Turn['send']): Promise<void> {
    const slice = records.slice(this.#position, this.#position + size);
    if (slice.length === 0) return;
    this.#sendAs(send);
    this.#observed = Math.max(this.#observed, this.#position + slice.length);
    const committed = this.#assigned === undefined ? {} : { committedOffset: this.#assigned };
    try {
      await this.#world.take({ topic, partition: 0, records: slice, ...committed });
      this.#position += slice.length;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
    }
  }

  /** What becomes of what is sent from now on. */
  #sendAs(send: Turn['send']): void {
    this.#world.beforeSend = (_output, sent) => {
      if (send === 'works' || send === 'answer lost') this.taken.push(...sent);
      if (send === 'half taken') this.taken.push(...sent.slice(0, Math.ceil(sent.length / 2)));
      if (send !== 'works') throw new FailureError({ code: 'SEND_FAILED', message: `${send}.` });
    };
  }

  /** Reading goes on where history does, or where the group committed, whichever comes first. */
  #assign(): void {
    this.#position = Math.min(nextOf(this.#store), this.#committed);
    this.#assigned = this.#committed;
  }

  #worldOf(store: FeatureStore): World {
    return new World({ history: store, emit: 'all' });
  }
}

const undisturbed = new Scene(new EmbeddedFeatureStore({ memoryBytesMax }));
const undisturbedEnd = await undisturbed.finish();

async function openAt(snapshotFile: string): Promise<PersistentFeatureStore> {
  return orThrow(
    await PersistentFeatureStore.open({
      memoryBytesMax,
      snapshotFile,
      snapshotIntervalMs: 3_600_000,
      hasher: new EntityKeyHasher(new Uint8Array(16)),
      clock: systemClock,
      telemetry: silentTelemetry,
    }),
  );
}

/** The distinct texts of what was taken, in the order of the records that they answer. */
function textsOf(taken: readonly OutgoingRecord[]): readonly string[] {
  return [...new Set(taken.map(({ value, headers }) => String(value) + JSON.stringify(headers)))].toSorted();
}

async function expectNoTrace(scene: Scene): Promise<void> {
  const end = await scene.finish();
  expect(textsOf(scene.taken)).toEqual(textsOf(undisturbed.taken));
  expect(end).toEqual(undisturbedEnd);
}

describe('batches that come again', () => {
  it('are of events that get decisions of all kinds', () => {
    const actions = undisturbed.taken.flatMap(({ value }) => /"action":"(\w+)"/.exec(String(value))?.[1] ?? []);
    expect(new Set(actions)).toEqual(new Set(['allow', 'challenge', 'review', 'block']));
    expect(undisturbed.taken.length).toBeGreaterThan(200);
  });

  it('leave what one undisturbed run leaves: sends that fail, revocations, other boundaries', async () => {
    await fc.assert(
      fc.asyncProperty(turns(['revoked', 'new model']), async (schedule) => {
        const scene = new Scene(new EmbeddedFeatureStore({ memoryBytesMax }));
        for (const one of schedule) await scene.play(one);
        await expectNoTrace(scene);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('leave it after kills too, where history comes back from a snapshot', async () => {
    await fc.assert(
      fc.asyncProperty(turns(['revoked', 'saved', 'saved', 'killed'], 16), async (schedule) => {
        const stores: PersistentFeatureStore[] = [];
        let path = '';
        const reopen = async (): Promise<PersistentFeatureStore> => {
          const former = path;
          path = join(folder, String(files++));
          // As its killer leaves it: the file, and nobody who holds its lock.
          if (former !== '') await copyFile(former, path).catch(() => undefined);
          const store = await openAt(path);
          stores.push(store);
          return store;
        };
        const scene = new Scene(await reopen(), reopen);
        for (const one of schedule) await scene.play(one);
        await expectNoTrace(scene);
        await Promise.all(stores.map((store) => store.close()));
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});

describe('events that come again', () => {
  const some = records.slice(0, 40);
  const batch = { topic, partition: 0, records: some };

  it('to a process whose like had delivered them give nothing, nor do dead letters', async () => {
    const history = new EmbeddedFeatureStore({ memoryBytesMax });
    await new World({ history, emit: 'all' }).take(batch);
    const world = new World({ history, emit: 'all' });
    const { alreadyDelivered, silent } = await world.take(batch);
    expect({ alreadyDelivered, silent, sent: world.sent }).toEqual({
      alreadyDelivered: some.length,
      silent: 0,
      sent: { decisions: [], deadLetters: [], verdicts: [] },
    });
  });

  it('to a process whose like had observed them, and perhaps delivered, are decided and marked', async () => {
    const history = new EmbeddedFeatureStore({ memoryBytesMax });
    const killed = new World({ history, emit: 'all' });
    killed.beforeSend = () => {
      throw new FailureError({ code: 'SEND_FAILED', message: 'x.' });
    };
    await killed.take(batch).catch(() => undefined);
    const world = new World({ history, emit: 'all' });
    const report = await world.take(batch);
    expect(report).toMatchObject({ degraded: ['repeat'], alreadyDelivered: 0 });
    expect(world.decisions.length).toBeGreaterThan(20);
    for (const { data } of world.decisions) {
      expect(data.degraded).toEqual(['repeat']);
      expect(data.action).not.toBe('block');
    }
  });

  it('from before what the group committed build history and standings, and are not sent', async () => {
    const whole = await new World({ emit: 'all' }).takeAll([batch, { ...batch, records: ends }]);
    const rebuilt = new World({ emit: 'all' });
    const report = await rebuilt.take({ ...batch, committedOffset: some.length });
    expect({ alreadyDelivered: report.alreadyDelivered, sent: rebuilt.sent.decisions }).toEqual({
      alreadyDelivered: some.length,
      sent: [],
    });
    await rebuilt.take({ ...batch, records: ends });
    expect(rebuilt.settled).toEqual(whole.settled);
    expect(rebuilt.decisionTexts).toEqual(whole.decisionTexts.slice(-rebuilt.decisionTexts.length));
  });

  it('to a history that knows nothing of what the group has read are told once, and only where it will not be read', async () => {
    const lost = new World({ emit: 'all' });
    const goingOn = { ...batch, records: ends, committedOffset: some.length };
    await lost.take(goingOn);
    await lost.take({ ...goingOn, records: records.slice(-40).map((one, at) => ({ ...one, offset: 9_000 + at })) });
    expect(lost.unknown).toEqual([`${topic}:0`]);
    const rebuilt = new World({ emit: 'all' });
    await rebuilt.take({ ...batch, committedOffset: some.length });
    await rebuilt.take(goingOn);
    const first = new World({ emit: 'all' });
    await first.take({ ...batch, committedOffset: 0 });
    expect([...rebuilt.unknown, ...first.unknown]).toEqual([]);
  });

  it('while the store is away are known by the process that delivered them', async () => {
    const world = new World({ emit: 'all' });
    world.isStoreUp = false;
    await world.take(batch);
    const { length: sent } = world.decisionTexts;
    world.isStoreUp = true;
    const { alreadyDelivered } = await world.take(batch);
    expect({ alreadyDelivered, sent: world.decisionTexts.length }).toEqual({ alreadyDelivered: some.length, sent });
  });

  it('at offsets of a partition that was made anew are other events', async () => {
    const history = new EmbeddedFeatureStore({ memoryBytesMax });
    const world = new World({ history, emit: 'all' });
    world.beforeSend = () => {
      throw new FailureError({ code: 'SEND_FAILED', message: 'x.' });
    };
    await world.take(batch).catch(() => undefined);
    await history.forgetOffsets(topic, 0);
    world.beforeSend = () => {};
    const others = ends.slice(0, 40).map((record, offset) => ({ ...record, offset, timestampMs: 1 }));
    const { alreadyDelivered } = await world.take({ topic, partition: 0, records: others });
    expect(alreadyDelivered).toBe(0);
    expect(world.decisions.every(({ data }) => data.degraded === undefined)).toBe(true);
  });
});
