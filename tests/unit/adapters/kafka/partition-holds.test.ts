import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HoldPlace } from '../../../../src/domain/hold.ts';
import { HoldBoard } from '../../../../src/holds.ts';
import { PartitionHolds } from '../../../../src/adapters/kafka/partition-holds.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failure = { code: 'EVENT_BATCH_UNREADABLE', message: 'Offsets 1 to 3.' } as const;

function scene(): { readonly holds: PartitionHolds; readonly told: string[] } {
  const told: string[] = [];
  const telemetry = {
    held: (step: string, _failure: unknown, attempt: number, _waitMs: number, place?: HoldPlace) =>
      void told.push(`held ${step} ${place?.partition} ${attempt}`),
    released: (step: string, _heldMs: number, place?: HoldPlace) =>
      void told.push(`released ${step} ${place?.partition}`),
  };
  return {
    holds: new PartitionHolds({ holds: new HoldBoard({ nowMs: () => 0, monotonicMs: () => 0 }, telemetry) }),
    told,
  };
}

it('a partition that is held is tried again, ever more rarely, and told as one hold', async () => {
  const { holds, told } = scene();
  let tries = 0;
  const hold = (): void =>
    holds.hold('t', 0, failure, () => {
      tries += 1;
      hold();
    });
  hold();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(tries).toBeGreaterThan(8);
  expect(tries).toBeLessThan(30);
  holds.release('t', 0);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(told.filter((line) => line.endsWith(' 1'))).toEqual(['held read 0 1']);
  expect(told.at(-1)).toBe('released read 0');
});

it('when partitions move, every one that is held is let go, and resumed', () => {
  const { holds, told } = scene();
  const resumed: number[] = [];
  for (const partition of [0, 1]) holds.hold('t', partition, failure, () => resumed.push(partition));
  holds.releaseAll();
  holds.releaseAll();
  expect(resumed).toEqual([0, 1]);
  expect(told.filter((line) => line.startsWith('released read'))).toHaveLength(2);
});

it('a partition that is not held is not released', () => {
  const { holds, told } = scene();
  holds.release('t', 0);
  expect(told).toEqual([]);
});
