import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dividedHistoryTelemetry, openHistory } from '../../../src/app/worker/history.ts';
import type { Config } from '../../../src/config/schema.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
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
    {
      state: { store: 'embedded', memoryBytesMax: 16 * 1024 * 1024, groupAccountsMax: 1_000 },
      kafka: { topics: {} },
    } as Config,
    {
      hasher: new EntityKeyHasher(new Uint8Array(16)),
      logger: recordingLogger('info', new HandClock()).logger,
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

/** Warnings of a start. */
const startsWith = async (snapshotFile?: string, labels?: string): Promise<string[]> => {
  const { logger, lines } = recordingLogger('info', new HandClock());
  const around = { logger: logger, clock: new HandClock(), telemetry: silentTelemetry };
  const state = {
    store: 'embedded',
    memoryBytesMax: 16 * 1024 * 1024,
    groupAccountsMax: 1_000,
    snapshotIntervalMs: 60_000,
  };
  const kafka = { topics: { labels } };
  const config = { state: { ...state, ...(snapshotFile && { snapshotFile }) }, kafka } as Config;
  const opened = await openHistory(config, { ...around, hasher: new EntityKeyHasher(new Uint8Array(16)) });
  if (!opened.ok) throw new Error(opened.failure.message);
  await opened.value.store.close();
  return lines.filter(({ level }) => level === 'warn').map(({ message }) => String(message));
};

describe('a start tells that legal holds are not known any more', () => {
  const pathOf = temporaryFolder();
  it('where no file keeps them', async () => {
    expect(await startsWith()).toEqual([expect.stringContaining('Legal holds end with this process')]);
  });

  it('where the file that kept them was set aside, and not where it is read', async () => {
    const file = pathOf('history');
    expect(await startsWith(file)).toEqual([]);
    expect(await startsWith(file)).toEqual([]);
    writeFileSync(file, 'damaged');
    expect(await startsWith(file)).toEqual([expect.stringContaining('Legal holds that were in the snapshot')]);
  });

  it('and not where they are read again, in a topic of their own', async () => {
    const file = pathOf('with-labels');
    writeFileSync(file, 'damaged');
    expect(await startsWith(file, 'account-labels')).toEqual([]);
    expect(await startsWith(undefined, 'account-labels')).toEqual([]);
  });
});
