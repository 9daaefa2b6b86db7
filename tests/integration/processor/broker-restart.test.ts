import { describe, expect, it } from 'vitest';
import { kafkaOfThisFile } from '../../servers/own-kafka.ts';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';

const kafkaFor = kafkaOfThisFile();
/** Few records a batch make a stream last long enough for the broker to go away in the middle of it. */
const slow = { WINNOW_BATCH_RECORDS_MAX: '1' };

async function expectAtWork(processor: Processor): Promise<void> {
  await processor.until(async () => (await processor.probe('/readyz')) === 200, 'it is ready');
  expect(await processor.probe('/livez')).toBe(200);
  await processor.until(async () => (await processor.metrics()).sum('winnow_holding') === 0, 'nothing is held');
  expect(processor.hasEnded).toBe(false);
}

describe('a broker that is restarted', () => {
  it('in the middle of the stream is waited for by the same process, which loses nothing', async (context) => {
    const kafka = await kafkaFor(context);
    const scene = await Scene.create(context, { brokers: kafka.brokers });
    await scene.write(simulatedEvents(14, 5_000));
    const processor = await scene.run(slow).ready();
    await processor.decideSome();

    await kafka.restart();
    await scene.write(simulatedEvents(15, 200));
    await scene.drained(processor);

    await expectAtWork(processor);
    expectOneFateEach(await outcomeOf(scene));
  });

  it('is found again by a processor that had nothing to do', async (context) => {
    const kafka = await kafkaFor(context);
    const scene = await Scene.create(context, { brokers: kafka.brokers });
    const processor = await scene.run().ready();

    await kafka.restart();
    await scene.write(simulatedEvents(16, 500));
    await scene.drained(processor);

    await expectAtWork(processor);
    expectOneFateEach(await outcomeOf(scene));
  });
});
