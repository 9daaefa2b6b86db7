import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FailureError } from '../../src/domain/failure.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import { entityKinds } from '../../src/features/state.ts';
import type { FeatureStore, IncomingRecord, LegalHolds, RecordBatch } from '../../src/ports.ts';
import { AccountTurns } from '../../src/steps/account-turns.ts';
import { ErasuresAfterHolds } from '../../src/steps/erasures-after-holds.ts';
import { UnsettledOutcomes } from '../../src/unsettled-outcomes.ts';
import { hourMs, spokenRecord, type SpokenWord } from '../contract/archive-records.ts';
import { World, nowMs as worldNowMs } from './world.ts';

/** Where history and holds lie, and what becomes of that when the process is killed. */
export interface Place {
  readonly store: FeatureStore;
  readonly legalHolds: LegalHolds;
  readonly handle: <T>(work: () => Promise<T>) => Promise<T>;
  /** Writes down what would otherwise be lost. */
  save(): Promise<void>;
  /** By topic, the last record that history has; empty where the committed offsets say it. */
  covered(): ReadonlyMap<string, number>;
  /** What the next process finds. */
  killed(): Promise<Place>;
  close(): Promise<void>;
}

/** What becomes of the process before a step, and of the step's batch. */
interface Mishap {
  readonly before: 'nothing' | 'saved' | 'killed';
  /** The send fails the first time. */
  readonly isRefused: boolean;
  readonly commits: boolean;
}

const reference = fc.constantFrom('A', 'B');
const placed: fc.Arbitrary<SpokenWord> = fc.record({
  kind: fc.constant('hold'),
  reference,
  hours: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
});
const step: fc.Arbitrary<SpokenWord> = fc.oneof(
  fc.record({ kind: fc.constantFrom('label', 'request') }),
  placed,
  fc.record({ kind: fc.constant('lift'), reference }),
);
const mishap: fc.Arbitrary<Mishap> = fc.record({
  before: fc.constantFrom('nothing', 'saved', 'killed'),
  isRefused: fc.boolean(),
  commits: fc.boolean(),
});
const told = (what: fc.Arbitrary<SpokenWord>) => fc.tuple(what, fc.integer({ min: 1, max: 4 }), mishap);
/** Somebody is known, and held; then whatever happens. */
const stories = fc
  .tuple(
    told(fc.record({ kind: fc.constant('label') })),
    told(placed),
    fc.array(told(step), { minLength: 2, maxLength: 8 }),
  )
  .map(([known, held, others]) => [known, held, ...others]);

interface Told {
  readonly hour: number;
  readonly step: SpokenWord;
  readonly mishap: Mishap;
}

const topic = 'account-labels';
const who = 'acc_held';
const startMs = worldNowMs - 400 * hourMs;
const hasher = new EntityKeyHasher(Buffer.from('0123456789abcdef'));
const { signal } = new AbortController();

/**
 * Hold, request, label and death in every order: who is to be forgotten is, whatever happens; who is held is not; and nobody is who did not ask.
 */
export function erasureStory(
  name: string,
  { open, runs }: { readonly open: () => Promise<Place>; readonly runs: number },
): void {
  it(`a request waits in ${name} while a hold stands, and then runs by itself, in whichever order holds, requests and deaths come`, async () => {
    await fc.assert(
      fc.asyncProperty(stories, async (steps) => {
        const story = toldOf(steps);
        const scene = new Scene(await open(), story);
        for (const index of story.keys()) {
          await scene.play(index);
          const { hour } = story[index]!;
          const sofar = story.slice(0, index + 1);
          const lastErased = erasedAt(sofar, hour).at(-1) ?? -Infinity;
          const isThere = sofar.some((one) => one.step.kind === 'label' && one.hour > lastErased);
          const found = await scene.isKnown();
          // What is read again after a death is forgotten as late as that is over, and what came meanwhile with it.
          if (!isThere || scene.readAgainMs <= startMs + lastErased * hourMs)
            expect([hour, found]).toEqual([hour, isThere]);
        }
        await scene.close();
      }),
      { numRuns: runs },
    );
  });
}

function toldOf(steps: readonly (readonly [SpokenWord, number, Mishap])[]): readonly Told[] {
  let hour = 0;
  return steps.map(([each, later, what]) => ({ hour: (hour += later), step: each, mishap: what }));
}

/** When the account is forgotten, by walking through the hours as a person would: somebody asked, and nobody holds. */
function erasedAt(story: readonly Told[], untilHour: number): number[] {
  const erased: number[] = [];
  const holds = new Map<string, number>();
  let isAsked = false;
  for (let hour = 0; hour <= untilHour; hour += 1) {
    for (const { step: each } of story.filter((one) => one.hour === hour)) {
      if (each.kind === 'request') isAsked = true;
      if (each.kind === 'lift') for (const key of holds.keys()) if (key.startsWith(each.reference)) holds.delete(key);
      if (each.kind === 'hold')
        holds.set(`${each.reference} ${hour}`, each.hours === null ? Infinity : hour + each.hours);
    }
    for (const [key, end] of holds) if (end <= hour) holds.delete(key);
    if (isAsked && holds.size === 0) [isAsked] = [false, erased.push(hour)];
  }
  return erased;
}

/** One process after the other. */
class Scene {
  /** The newest record that was read again after a death, milliseconds since the epoch. */
  readAgainMs = -Infinity;
  readonly #told: readonly Told[];
  readonly #records: readonly IncomingRecord[];
  #place: Place;
  #world!: World;
  #due!: ErasuresAfterHolds;
  #position = 0;
  #committed = 0;
  #nowMs = startMs;

  constructor(place: Place, story: readonly Told[]) {
    this.#place = place;
    this.#told = story;
    this.#records = story.map((one, offset) => {
      const { key, value, timestampMs } = spokenRecord(one.step, who, startMs + one.hour * hourMs);
      return { offset, key: Buffer.from(key), value: Buffer.from(value!), headers: [], timestampMs };
    });
    this.#start();
  }

  /** Takes the next record, as it is written. */
  async play(index: number): Promise<void> {
    const { hour, mishap: what } = this.#told[index]!;
    if (what.before === 'saved') await this.#place.save();
    if (what.before === 'killed') await this.#die(index);
    this.#nowMs = startMs + hour * hourMs;
    await this.#forget();
    this.#nowMs += 2;
    let isRefused = what.isRefused;
    this.#world.beforeSend = () => {
      const refuses = isRefused;
      isRefused = false;
      if (refuses) throw new FailureError({ code: 'SEND_FAILED', message: 'away.' });
    };
    await this.#take(index);
    if (what.commits) this.#committed = this.#position;
    await this.#forget();
  }

  /** Whether what a person said of the account is known. It is looked for by an event that is too old to change anything. */
  async isKnown(): Promise<boolean> {
    const batch = emptyObservations('looks', 0, 1);
    hasher.hashText(entityKinds.indexOf('account'), who);
    batch.keys.set([hasher.high, hasher.low], entityKinds.indexOf('account') * 2);
    batch.timesMs[0] = 1;
    const snapshots = await this.#place.store.observe(batch);
    snapshots.release();
    return snapshots.standings[0] !== undefined;
  }

  async close(): Promise<void> {
    await this.#place.close();
  }

  #start(): void {
    const order = { turns: new AccountTurns(), unsettled: new UnsettledOutcomes() };
    const { store, legalHolds } = this.#place;
    this.#world = new World({ history: store, legalHolds, order, clockMs: () => this.#nowMs, dating: 'clock' });
    this.#due = new ErasuresAfterHolds({ legalHolds, hasher, store, ...order });
  }

  async #forget(): Promise<void> {
    await this.#place.handle(() => this.#due.forget(this.#nowMs, () => true, signal));
  }

  async #die(next: number): Promise<void> {
    const former = this.#place;
    this.#place = await former.killed();
    await former.close();
    this.#start();
    const covered = this.#place.covered().get(topic);
    this.#position = covered === undefined ? this.#committed : Math.min(this.#committed, covered + 1);
    if (this.#position < next) this.readAgainMs = this.#records[next - 1]!.timestampMs;
    while (this.#position < next) await this.#take(this.#position);
  }

  async #take(index: number): Promise<void> {
    const batch: RecordBatch = {
      topic,
      partition: 0,
      records: [this.#records[index]!],
      committedOffset: this.#committed,
    };
    for (let attempt = 0; attempt < 2; attempt++)
      try {
        await this.#place.handle(() => this.#world.take(batch));
        break;
      } catch (error) {
        if (!(error instanceof FailureError) || error.failure.code !== 'SEND_FAILED') throw error;
      }
    this.#position = index + 1;
  }
}
