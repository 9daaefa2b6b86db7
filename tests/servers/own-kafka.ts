import { afterAll } from 'vitest';
import { startOwnKafka, type OwnKafka } from './kafka.ts';
import { giveUp, ServerUnavailable, type Skip } from './unavailable.ts';

/**
 * One broker for the tests of a file, which may restart it and kill it: the one that all share must not go away under the others. Started
 * for the first that asks, and stopped after the last. Where there is none, the test is given up.
 */
export function kafkaOfThisFile(): (context: Skip) => Promise<OwnKafka> {
  let started: Promise<OwnKafka> | null = null;
  afterAll(async () => (await started?.catch(() => null))?.stop());
  return async (context) => {
    try {
      return await (started ??= startOwnKafka());
    } catch (error) {
      if (error instanceof ServerUnavailable) return giveUp(context, error.message);
      throw error;
    }
  };
}
