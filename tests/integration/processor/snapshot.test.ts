import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inNewPlace } from '../../../src/adapters/embedded/retention.ts';
import { keyCheckOf, layoutOf } from '../../../src/adapters/embedded/snapshot-format.ts';
import { readSnapshot } from '../../../src/adapters/embedded/snapshot-reader.ts';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { Random } from '../../../src/simulation/random.ts';
import { heldBy } from '../../property/adapters/embedded/histories.ts';
import { uniqueNames } from '../kafka/support.ts';
import { outcomeOf } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';

const kills = Number(process.env['WINNOW_TEST_KILLS'] ?? 2);
const events = (kills + 1) * 2_500;
const keySecret = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
/** Given, it repeats the points at which an earlier run killed. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));

/** What a snapshot holds, as plain values. */
async function heldIn(path: string) {
  const store = new EmbeddedFeatureStore({ memoryBytesMax: 512 * 1024 * 1024 });
  const keyCheck = keyCheckOf(new EntityKeyHasher(Buffer.from(keySecret, 'hex')));
  await readSnapshot(path, { layout: layoutOf(store.layout()), keyCheck }, store);
  const { state, records } = heldBy(store);
  return { state: { ...state, placements: null }, records: records.map(withoutPlace).toSorted() };
}

/** Bytes of a record before its entity's place in the queue of those that go next, and before what was seen of it since. */
const placeStart = 16;
const seenStart = 24;

/**
 * A record but for its place in that queue, and whether it was touched since it took it. What a batch settles takes its place at the
 * end of the batch, and where batches end differs between lives of a process.
 */
function withoutPlace(record: string): string {
  const bytes = Buffer.from(record, 'hex');
  bytes.fill(0, placeStart, seenStart);
  bytes[seenStart] = inNewPlace(bytes[seenStart]!);
  return bytes.toString('hex');
}

// One partition, so that the order of events is one. Everything else is as it may be: batches, snapshots and kills fall anywhere.
it(`a processor that is killed ${kills} times ends with the history and the decisions of one that never was`, async (context) => {
  process.stdout.write(`snapshot.test.ts: WINNOW_TEST_SEED=${seed}\n`);
  const random = new Random(seed);
  const folder = await temporaryDirectory();
  const shared = { events: uniqueNames().events };
  const labels = `${shared.events}-labels`;

  const live = async (name: string, killAt: readonly number[]) => {
    const scene = await Scene.create(context, { partitions: { events: 1 }, names: shared });
    const run = () =>
      scene.run({
        WINNOW_KAFKA_TOPICS_LABELS: labels,
        WINNOW_STATE_KEY_SECRET: keySecret,
        WINNOW_STATE_SNAPSHOT_FILE: join(folder, name),
        WINNOW_STATE_SNAPSHOT_INTERVAL_MS: '1000',
        WINNOW_BATCH_RECORDS_MAX: '16',
      });
    if (killAt.length === 0) {
      await scene.createTopic(labels, 1);
      await scene.write(simulatedEvents(23, events));
    }
    for (const offset of killAt) {
      const processor = await run().ready();
      await processor.until(async () => ((await scene.committed()).get(0) ?? 0) >= offset, `${offset} are committed`);
      await processor.end('SIGKILL');
    }
    const last = await run().ready();
    await scene.drained(last);
    await last.end('SIGTERM');
    const { decisions } = await outcomeOf(scene);
    const said = decisions.map(({ decision }) => [decision.id, JSON.stringify(decision.data)] as const);
    return { held: await heldIn(join(folder, name)), decided: new Map(said), distinct: new Set(said.map(String)).size };
  };

  const undisturbed = await live('undisturbed', []);
  const step = Math.floor(events / (kills + 1));
  const killed = await live(
    'killed',
    Array.from({ length: kills }, (_, life) => life * step + random.integer(step / 2, step)),
  );
  // Records are long: say how many differ, and not how.
  const others = new Set(undisturbed.held.records);
  expect(killed.held.records.filter((record) => !others.has(record)).length).toBe(0);
  expect(killed.held.state).toEqual(undisturbed.held.state);
  expect(killed.decided).toEqual(undisturbed.decided);
  // Said twice, a decision says the same.
  expect(killed.distinct).toBe(killed.decided.size);
});
