import { readFile, utimes } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import type { SnapshotLock } from '../../../src/adapters/embedded/snapshot-lock.ts';
import { firstViolation, seedsToFindItIn } from '../seeds.ts';

/** A lock whose holder beats by the path, without looking whose it is by now, as it was. */
vi.mock(import('../../../src/adapters/embedded/snapshot-lock.ts'), async (importOriginal) => {
  const original = await importOriginal();
  const acquire = async (path: string): ReturnType<typeof SnapshotLock.acquire> => {
    const acquired = await original.SnapshotLock.acquire(path);
    if (!acquired.ok) return acquired;
    const lock = acquired.value;
    const own = await readFile(path, 'utf8');
    const timer = setInterval(() => void utimes(path, 0, 0).catch(() => undefined), 500);
    const blind = {
      isLost: false,
      isHeld: async () => (await readFile(path, 'utf8').catch(() => '')) === own,
      release: () => {
        clearInterval(timer);
        return lock.release();
      },
    };
    return { ok: true, value: blind as unknown as SnapshotLock };
  };
  return { SnapshotLock: { acquire } } as unknown as typeof original;
});

it('the simulation finds a lock that is beaten by one who lost it', async () => {
  const found = await firstViolation(seedsToFindItIn);
  expect(found?.violations.join('\n')).toMatch(/beats the lock of/);
});
