import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf, servedModel, stream, recordOf, World } from './world.ts';

const partitions = 4;

/** The stream over several partitions, an account in one of them, as batches. */
function batchesByPartition(length: number) {
  const values: Uint8Array[][] = Array.from({ length: partitions }, () => []);
  for (const value of stream.slice(0, 320)) {
    const { subject } = JSON.parse(value.toString()) as { subject: string };
    values[subject.charCodeAt(subject.length - 1) % partitions]!.push(value);
  }
  return values.map((own, partition) => {
    return batchesOf(
      own.map((value, offset) => recordOf(value, offset)),
      [length],
      partition,
    );
  });
}

/** Scores that tell a version: 0.01, 0.02, … */
function scoreOf(version: number): number {
  return version / 100;
}

describe('a model that is replaced while batches of several partitions are under way', () => {
  it('decides the batches that began with it, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 200, maxLength: 200 }),
        fc.integer({ min: 3, max: 30 }),
        async (turns, length) => {
          let next = 0;
          const wait = async (): Promise<void> => {
            for (let left = turns[next++ % turns.length]!; left > 0; left--) await turn();
          };
          const modelOf = (version: number) =>
            servedModel(String(version), { scoreRow: () => scoreOf(version), before: wait });
          const world = new World({ emit: 'all', model: { scoreRow: () => scoreOf(1), before: wait } });
          world.beforeSend = wait;
          /** Version that each batch was leased with, by partition and first offset. */
          const leased = new Map<string, string>();
          const consuming = { isOver: false };

          const consume = async (batches: ReturnType<typeof batchesOf>): Promise<void> => {
            for (const batch of batches) {
              for (const { offset } of batch.records)
                leased.set(`${batch.partition}:${offset}`, world.slot.reference.version);
              await world.take(batch);
              await wait();
            }
          };
          const models = [world.model];
          const replace = async (): Promise<void> => {
            for (let version = 2; !consuming.isOver; version++) {
              const { model, served } = modelOf(version);
              models.push(model);
              await world.slot.replace(served);
              for (let left = 5; left > 0; left--) await turn();
            }
          };
          const replacing = replace();
          await Promise.all(batchesByPartition(length).map(consume));
          consuming.isOver = true;
          await replacing;

          const named = world.decisions.map(
            ({ data }) => [`${data.trigger!.partition}:${data.trigger!.offset}`, data.model.version] as const,
          );
          expect(new Map(named)).toEqual(leased);
          expect(named).toHaveLength(320);
          for (const { data } of world.decisions)
            expect(data.score).toBeCloseTo(scoreOf(Number(data.model.version)), 6);
          expect(new Set(leased.values()).size).toBeGreaterThan(1);

          await world.slot.close();
          expect(models.map(({ releases }) => releases)).toEqual(models.map(() => 1));
          expect(models.map(({ underWayAtRelease }) => underWayAtRelease)).toEqual(models.map(() => 0));
        },
      ),
      { numRuns: 8 },
    );
  });

  it('changes the ids of decisions: they are those of another model', async () => {
    const [batch] = batchesOf(stream.slice(0, 20).map((value, offset) => recordOf(value, offset)));
    const [former, present] = [new World({ emit: 'all' }), new World({ emit: 'all' })];
    await present.slot.replace(servedModel('2').served);
    for (const world of [former, present]) await world.take(batch!);
    const ids = [...former.decisions, ...present.decisions].map(({ id }) => id);
    expect(new Set(ids).size).toBe(40);
  });
});

it('three hundred swaps under load lose and double nothing, and keep no more than two models', async () => {
  const world = new World({ emit: 'all' });
  const models = [world.model];
  const swaps = { areOver: false };
  const swapping = (async () => {
    for (let version = 2; version <= 301; version++) {
      const { model, served } = servedModel(String(version));
      models.push(model);
      await world.slot.replace(served);
      await turn();
    }
    swaps.areOver = true;
  })();
  let offset = 0;
  let events = 0;
  while (!swaps.areOver && events < stream.length) {
    const values = stream.slice(events, events + 8);
    const records = values.map((value, at) => recordOf(value, offset + at));
    const [batch] = batchesOf(records, [8], 0);
    const before = world.decisions.length;
    const report = await world.take(batch!);
    expect(world.decisions.length - before).toBe(report.records - report.duplicates);
    offset += values.length;
    events += values.length;
    await turn();
  }
  await swapping;
  expect(new Set(world.decisions.map(({ id }) => id)).size).toBe(world.decisions.length);
  expect(models.filter(({ releases }) => releases === 0)).toHaveLength(2);
  expect(models.every(({ releases, underWayAtRelease }) => releases <= 1 && underWayAtRelease === 0)).toBe(true);
});
