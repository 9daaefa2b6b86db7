import { expect, it, vi } from 'vitest';
import { firstViolation, seedsToFindItIn } from '../seeds.ts';

/**
 * Nobody looks whether an offset went back, as it was: the bookkeeping asserts that it does not, outside of what is caught, and the
 * membership ends again and again.
 */
vi.mock(import('../../../src/adapters/kafka/offsets.ts'), async (importOriginal) => {
  const original = await importOriginal();
  class TrustingTracker extends original.OffsetTracker {
    override partition(
      topic: string,
      partition: number,
    ): ReturnType<InstanceType<typeof original.OffsetTracker>['partition']> {
      const offsets = super.partition(topic, partition);
      Object.defineProperty(offsets, 'expected', { get: () => undefined, configurable: true });
      return offsets;
    }
  }
  return { ...original, OffsetTracker: TrustingTracker };
});

it('the simulation finds a member that crashes where an offset went back', async () => {
  const found = await firstViolation(seedsToFindItIn);
  expect(found?.violations.join('\n')).toMatch(/ended by an assertion/);
});
