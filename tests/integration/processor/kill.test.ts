import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import { malformed } from './support/malformed.ts';
import { Scene } from './support/scene.ts';
import { mixed, simulatedEvents } from './support/stream.ts';

const kills = Number(process.env['WINNOW_TEST_KILLS'] ?? 3);
const decidedPerLifeMax = 600;
/** More than all lives that are cut short get through: each decides beyond its end, until it is killed. */
const validCount = (kills + 1) * 1_300;
/** Few records a batch, so that there is always one in hand. */
const small = { WINNOW_BATCH_RECORDS_MAX: '2' };

/** Given, it repeats the points at which an earlier run killed. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));

it(`a processor that is killed ${kills} times at random points and started again gives each event its one fate`, async (context) => {
  process.stdout.write(`kill.test.ts: WINNOW_TEST_SEED=${seed}\n`);
  const random = new Random(seed);
  const scene = await Scene.create(context);
  const valid = simulatedEvents(17, validCount);
  const invalid = malformed(Date.now()).map(({ message }) => message);
  const stream = mixed(valid, invalid, 20);
  await scene.write(stream);

  for (let life = 1; life <= kills; life += 1) {
    const processor = await scene.run(small).ready();
    const decided = random.integer(1, decidedPerLifeMax);
    await processor.until(async () => (await processor.decided()) >= decided, `${decided} decisions in life ${life}`);
    await processor.end('SIGKILL');
    expect(await scene.backlog()).toBeGreaterThan(0);
  }
  await scene.drained(await scene.run().ready());

  const outcome = await outcomeOf(scene);
  expect(outcome.events).toHaveLength(stream.length);
  expectOneFateEach(outcome);
  expect(new Set(outcome.decisions.map(({ decision }) => decision.id)).size).toBe(validCount);
});
