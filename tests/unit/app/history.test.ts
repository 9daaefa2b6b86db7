import { describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/adapters/log/logger.ts';
import { dividedHistoryTelemetry, openHistory } from '../../../src/app/worker/history.ts';
import type { Config } from '../../../src/config/schema.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { HandClock, recordingLogger } from '../adapters/log/recording.ts';

describe('members that have each their own history', () => {
  it.each([
    [1, 0],
    [2, 1],
    [9, 1],
  ])('%d in the group: %d lines that say so', (members, count) => {
    const { logger, lines } = recordingLogger('info', new HandClock());
    dividedHistoryTelemetry(logger).membersCounted(members);
    expect(lines).toHaveLength(count);
    if (count > 0)
      expect(lines[0]).toMatchObject({ level: 'error', members, remedy: expect.stringContaining('valkey') as string });
  });
});

it('a history that no file keeps says all the same where reading goes on: another member may have had its partitions', async () => {
  const opened = await openHistory(
    { state: { store: 'embedded', memoryBytesMax: 16 * 1024 * 1024, groupAccountsMax: 1_000 } } as Config,
    {
      hasher: new EntityKeyHasher(new Uint8Array(16)),
      logger: {} as Logger,
      clock: new HandClock(),
      telemetry: silentTelemetry,
    },
  );
  if (!opened.ok) throw new Error(opened.failure.message);
  const { source, store } = opened.value;
  const place = { topic: 'account-events', partition: 2 };
  await source!.begin([{ ...place, offset: 20 }]);
  expect(source!.next()).toEqual([{ ...place, offset: 20 }]);
  await store.settle({ ...place, offset: 29 }, []);
  expect(source!.next()).toEqual([{ ...place, offset: 30 }]);
});
