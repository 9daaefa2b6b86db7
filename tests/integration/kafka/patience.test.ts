import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { KafkaSource, silentMsMax } from '../../../src/adapters/kafka/consumer.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { HoldBoard } from '../../../src/holds.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import { kafkaSettings, makeTopics, numbered, until, write } from './support.ts';

/**
 * A dead-letter topic had been deleted, and its partition was held at the output, as it should be. kafkajs fetches nothing
 * while a batch is in work, so that the watch for a client that went silent took the hold for silence, and after two minutes
 * ended the process that it was meant to keep.
 */
it('a handler that waits longer than the client may be silent is waited for', async (context) => {
  const { brokers } = requireKafka(context);
  const settings = kafkaSettings(brokers);
  const { events } = settings.topics;
  await makeTopics(brokers, { [events]: 1 });
  await write(brokers, events, numbered(10, 1));

  let passedMs = 0;
  let handled = 0;
  const mayGoOn = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const source = new KafkaSource({
    settings,
    topics: [events],
    recordsMax: 256,
    handler: async ({ records }) => {
      started.resolve();
      await mayGoOn.promise;
      handled += records.length;
    },
    telemetry: silentTelemetry,
    forgetOffsets: () => Promise.resolve(),
    holds: new HoldBoard(systemClock, silentTelemetry),
    log: () => undefined,
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() + passedMs },
    progress: () => undefined,
    onAssigned: () => undefined,
  });
  source.open();
  try {
    await started.promise;
    passedMs = 2 * silentMsMax(settings);
    // The watch looks once a second.
    await expect(Promise.race([source.finished, sleep(2_500, 'it waits')])).resolves.toBe('it waits');
    mayGoOn.resolve();
    await until(() => handled === 10, 'all records are handled');
  } finally {
    mayGoOn.resolve();
    await source.close();
  }
});
