import { expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { topic } from './broker.ts';
import { partitionCount, streamsMax, streamsOf, undisturbed } from './streams.ts';

/** Where this fails, a feature looks at several partitions: it belongs to those that the score leaves out. */
it('what is expected of a partition depends neither on others nor on the topic that was there before', async () => {
  for (let kind = 0; kind < streamsMax; kind++) {
    const streams = await streamsOf(kind);
    const history = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
    for (const era of [0, 1]) {
      for (let partition = 0; partition < partitionCount; partition++) {
        const { records, fates } = streams.of(partition, era);
        await history.forgetOffsets(topic, partition);
        expect(await undisturbed(partition, records, history)).toEqual(fates);
      }
    }
  }
});
