import { expect, it, vi } from 'vitest';
import { firstViolation, seedsToFindItIn } from '../seeds.ts';

/**
 * A moment that is quiet when all that began was completed, as it was: a batch whose partition was revoked is not, and each
 * snapshot held all batches back for as long as it may.
 */
vi.mock(import('../../../src/adapters/embedded/quiet-moment.ts'), async (importOriginal) => {
  const original = await importOriginal();
  class CompletedMoment extends original.QuietMoment {
    override async during<T>(work: () => Promise<T>): Promise<T> {
      const completed = Promise.withResolvers<T>();
      const told = Promise.withResolvers<T>();
      const begun = (): Promise<T> => {
        work().then(completed.resolve, told.reject);
        return completed.promise;
      };
      super.during(begun).then(told.resolve, told.reject);
      return told.promise;
    }
  }
  return { ...original, QuietMoment: CompletedMoment };
});

it('the simulation finds a snapshot that waits for a batch which was revoked', async () => {
  const found = await firstViolation(seedsToFindItIn);
  expect(found?.violations.join('\n')).toMatch(/held back although none is under way/);
});
