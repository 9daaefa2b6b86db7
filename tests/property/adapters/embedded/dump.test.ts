import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoreState } from '../../../../src/adapters/embedded/dump.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import {
  CollectingSink,
  memoryBounds,
  heldBy,
  histories,
  inOrder,
  observe,
  restored,
  settle,
  take,
  topic,
  type Batch,
} from './histories.ts';

describe('a dump of the embedded store', () => {
  it('restores a store that cannot be told from the one it was taken of', async () => {
    await fc.assert(
      fc.asyncProperty(histories(2), histories(2), memoryBounds, async (before, after, memoryBytesMax) => {
        const original = new EmbeddedFeatureStore({ memoryBytesMax });
        for (const batch of before) await take(original, batch);
        const sink = new CollectingSink();
        const dump = original.beginDump(sink);
        while (dump.step());
        original.endDump();
        const copy = restored(memoryBytesMax, { state: original.state(), records: sink.records });
        expect(heldBy(copy)).toEqual(heldBy(original));
        for (const batch of after.map(later(before))) {
          expect(await observe(copy, batch)).toEqual(await observe(original, batch));
          for (const store of [copy, original]) await settle(store, batch);
        }
        expect(heldBy(copy)).toEqual(heldBy(original));
      }),
      { numRuns: 60 },
    );
  });

  it('is of the moment at which it began, whatever happens while it is written', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories(2),
        histories(2),
        fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }),
        memoryBounds,
        async (before, during, steps, memoryBytesMax) => {
          const store = new EmbeddedFeatureStore({ memoryBytesMax });
          for (const batch of before) await take(store, batch);
          const [inFlight, ...next] = during.map(later(before));
          await observe(store, inFlight!);
          const expected = heldBy(store);
          const sink = new CollectingSink();
          const dump = store.beginDump(sink);
          const step = (index: number): boolean => dump.step(steps[index % steps.length]);
          await settle(store, inFlight!);
          for (const [index, batch] of next.entries()) {
            step(2 * index);
            await observe(store, batch);
            step(2 * index + 1);
            await settle(store, batch);
          }
          while (dump.step());
          store.endDump();
          expect(inOrder(sink)).toEqual(expected.records);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('that was given up leaves nothing behind that the next one would miss', async () => {
    await fc.assert(
      fc.asyncProperty(histories(2), histories(2), fc.nat(20), async (before, after, slots) => {
        const store = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
        for (const batch of before) await take(store, batch);
        store.beginDump(new CollectingSink()).step(slots);
        store.endDump();
        for (const batch of after.map(later(before))) await take(store, batch);
        const { state, records } = heldBy(store);
        expect(records.length).toBe(state.entities);
        expect(heldBy(store)).toEqual({ state, records });
      }),
      { numRuns: 30 },
    );
  });

  // What a process does that is killed now and then: it goes back to the last dump, and reads again what that does not cover. Batches
  // of two partitions overlap, so that dumps are taken and processes killed between a batch's observation and its settlement.
  it('with what comes after it read again is the history of a process that was never killed', async () => {
    const step = fc.record({
      partition: fc.nat(1),
      then: fc.constantFrom('go on', 'go on', 'dump', 'be killed'),
    });
    await fc.assert(
      fc.asyncProperty(
        histories(2),
        fc.array(step, { minLength: 10, maxLength: 80 }),
        memoryBounds,
        async (batches, steps, memoryBytesMax) => {
          const done: Work[] = [];
          const undisturbed = new EmbeddedFeatureStore({ memoryBytesMax });
          let store = new EmbeddedFeatureStore({ memoryBytesMax });
          let saved: Saved = { state: store.state(), records: [] };
          for (const { partition, then } of steps) {
            const work = nextWork(batches, done, partition);
            if (work !== undefined) {
              done.push(work);
              await apply(undisturbed, work);
              await apply(store, work);
            }
            if (then === 'dump') saved = save(store);
            if (then !== 'be killed') continue;
            store = restored(memoryBytesMax, saved);
            const covered = store.coveredOffsets();
            for (const former of done) if (!isCovered(former, covered)) await apply(store, former);
          }
          expect(heldBy(store)).toEqual(heldBy(undisturbed));
        },
      ),
      { numRuns: 150 },
    );
  });
});

interface Work {
  readonly batch: Batch;
  readonly what: 'observe' | 'settle';
}
type Saved = { readonly state: StoreState; readonly records: readonly Uint32Array[] };

/** What a partition does next: the batches one after the other, each in two parts. */
function nextWork(batches: readonly Batch[], done: readonly Work[], partition: number): Work | undefined {
  const ofPartition = done.filter(({ batch }) => batch.partition === partition).length;
  const batch = batches.filter((each) => each.partition === partition)[Math.floor(ofPartition / 2)];
  return batch && { batch, what: (['observe', 'settle'] as const)[ofPartition % 2]! };
}

async function apply(store: EmbeddedFeatureStore, { batch, what }: Work): Promise<void> {
  if (what === 'observe') await observe(store, batch);
  else await settle(store, batch);
}

function save(store: EmbeddedFeatureStore): Saved {
  const sink = new CollectingSink();
  const state = store.state();
  const dump = store.beginDump(sink);
  while (dump.step());
  store.endDump();
  return { state, records: sink.records };
}

function isCovered({ batch }: Work, covered: ReturnType<EmbeddedFeatureStore['coveredOffsets']>): boolean {
  const offset = covered.find((each) => each.topic === topic && each.partition === batch.partition)?.offset ?? -1;
  return batch.events.at(-1)!.offset <= offset;
}

/** Makes batches follow others: their offsets and times begin where those end. */
function later(before: readonly Batch[]): (batch: Batch) => Batch {
  const events = before.flatMap((batch) => batch.events);
  const lastMs = Math.max(...events.map(({ timeMs }) => timeMs));
  const firstMs = Math.min(...events.map(({ timeMs }) => timeMs));
  return ({ partition, events: drawn }) => ({
    partition,
    events: drawn.map((event) => ({
      ...event,
      offset: event.offset + 1_000,
      id: event.id + 150,
      timeMs: event.timeMs + lastMs - firstMs,
    })),
  });
}
