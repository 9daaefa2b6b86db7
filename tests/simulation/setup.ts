import { vi } from 'vitest';
import type { TopicIds } from '../../src/adapters/kafka/topic-ids.ts';

/** Puts time, disk and network of the simulation in the place of the real ones, for every file of this folder. */

vi.mock(import('node:timers/promises'), async (importOriginal) => {
  const { virtualTimersPromises } = await import('./timers-promises.ts');
  return virtualTimersPromises(await importOriginal());
});

vi.mock(import('node:fs/promises'), async (importOriginal) => {
  const { memoryFiles } = await import('./memory-files.ts');
  return memoryFiles(await importOriginal());
});

vi.mock('../../src/adapters/kafka/group-client.ts', async () => {
  const { theBroker } = await import('./broker.ts');
  const { asConsumer, ScriptedConsumer } = await import('./consumer.ts');
  const { currentProcess, virtualTime } = await import('./virtual-time.ts');
  return {
    createGroupConsumer: (_options: unknown, ids: () => TopicIds) =>
      asConsumer(new ScriptedConsumer(virtualTime()!, theBroker(), currentProcess()!.name, ids)),
  };
});

vi.mock('../../src/adapters/kafka/partition-ends.ts', async () => {
  const { theBroker } = await import('./broker.ts');
  return {
    PartitionEndsReader: class {
      of = () => theBroker().ends();
      ofGroup = () => theBroker().ends();
      ids = () => Promise.resolve(theBroker().ids());
      isRebalancing = () => Promise.resolve(theBroker().isRebalancing);
      close = () => Promise.resolve();
    },
  };
});
