import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import { stateInSnapshot } from '../../property/adapters/embedded/state-by-entity.ts';
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
    return {
      held: await stateInSnapshot(join(folder, name), keySecret),
      decided: new Map(said),
      distinct: new Set(said.map(String)).size,
    };
  };

  const undisturbed = await live('undisturbed', []);
  const step = Math.floor(events / (kills + 1));
  const killed = await live(
    'killed',
    Array.from({ length: kills }, (_, life) => life * step + random.integer(step / 2, step)),
  );
  // Of thousands of entities, say which differ, and not how.
  const differing = [...undisturbed.held.keys()].filter((key) => killed.held.get(key) !== undisturbed.held.get(key));
  expect(differing).toEqual([]);
  expect(killed.held.size).toBe(undisturbed.held.size);
  expect(killed.decided).toEqual(undisturbed.decided);
  // Said twice, a decision says the same.
  expect(killed.distinct).toBe(killed.decided.size);
});
