import { ConfigResourceTypes } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import { Scene } from './support/scene.ts';
import { invalid, simulatedEvents } from './support/stream.ts';

const before = 100;
const behind = 200;
/** Larger than what the dead-letter topic takes at first. */
const bad = invalid('too large for its topic', Buffer.alloc(8_000, 'not an event '));

interface Refusal {
  readonly how: string;
  readonly begin: (scene: Scene) => Promise<void>;
  readonly repair: (scene: Scene) => Promise<void>;
}

const refusals: readonly Refusal[] = [
  {
    how: 'takes no record so large',
    begin: (scene) => limitBytes(scene, 1_000),
    repair: (scene) => limitBytes(scene, 1_000_000),
  },
  {
    how: 'was deleted',
    begin: ({ admin, names }) => admin.deleteTopics({ topics: [names.deadLetters] }),
    repair: (scene) => scene.createTopic(scene.names.deadLetters, 1),
  },
];

async function limitBytes({ admin, names }: Scene, bytes: number): Promise<void> {
  const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: names.deadLetters, configEntries }],
  });
}

describe('a dead-letter topic that refuses', () => {
  it.for(refusals)(
    'because it $how holds the partition: nothing is committed, its lag grows, and it goes on when that is repaired',
    async ({ begin, repair }, context) => {
      const scene = await Scene.create(context, { partitions: { events: 1 } });
      const processor = await scene.run().ready();
      await begin(scene);
      const valid = simulatedEvents(23, before + behind);
      await scene.write(valid.slice(0, before));
      await scene.drained(processor);

      await scene.write([bad]);
      const metric = async (name: string) => (await processor.metrics()).sum(name);
      await processor.until(async () => (await metric('winnow_holding')) > 0, 'the partition is held');
      await scene.write(valid.slice(before));
      await processor.until(async () => (await metric('winnow_consumer_lag_records')) === 1 + behind, 'its lag grows');
      await processor.until(async () => (await processor.probe('/readyz')) === 503, 'it says that it is not ready');
      expect(await processor.probe('/livez')).toBe(200);
      expect(await scene.backlog()).toBe(1 + behind);

      await repair(scene);
      await scene.drained(processor);
      await processor.until(async () => (await processor.probe('/readyz')) === 200, 'it is ready again');
      // Metrics are made at most once a second.
      await processor.until(async () => (await metric('winnow_holding')) === 0, 'nothing is held any more');
      const outcome = await outcomeOf(scene);
      expect(expectOneFateEach(outcome)).toBe(0);
      expect(outcome.deadLetters).toHaveLength(1);
    },
  );
});
