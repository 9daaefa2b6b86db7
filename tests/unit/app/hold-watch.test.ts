import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EmbeddedGroupStore } from '../../../src/adapters/embedded/group-store.ts';
import { EmbeddedLegalHolds } from '../../../src/adapters/embedded/legal-holds.ts';
import { EmbeddedFeatureStore } from '../../../src/adapters/embedded/store.ts';
import { HoldWatch } from '../../../src/app/worker/hold-watch.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { AccountTurns } from '../../../src/steps/account-turns.ts';
import { UnsettledOutcomes } from '../../../src/unsettled-outcomes.ts';
import { asked, placed } from '../../contract/legal-holds-contract.ts';

const startMs = Date.UTC(2026, 9, 5);
const holdEndMs = startMs + 60_000;
/** More than from one look to the next. */
const aLookMs = 30_000;

/** Accounts that asked to be forgotten, and that something holds for a minute. */
async function watched(...accounts: readonly string[]) {
  const legalHolds = new EmbeddedLegalHolds();
  for (const account of accounts) {
    await legalHolds.add(account, placed(startMs - 2, 'A', holdEndMs), 0);
    await legalHolds.add(account, asked(startMs - 1), 0);
  }
  const watch = new HoldWatch({
    history: {
      store: new EmbeddedFeatureStore({ memoryBytesMax: 8 * 1024 * 1024 }),
      groups: new EmbeddedGroupStore({ membersMax: 100 }),
      legalHolds,
      handle: (work) => work(),
    },
    hasher: new EntityKeyHasher(new Uint8Array(16)),
    turns: new AccountTurns(),
    unsettled: new UnsettledOutcomes(),
    clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
    logger: { info: () => undefined, warn: () => undefined },
  });
  watch.start();
  return { watch, legalHolds };
}

const labels = { topic: 'labels', partition: 0 };
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('the watch over legal holds', () => {
  beforeEach(() => void vi.useFakeTimers({ now: startMs }));
  afterEach(() => void vi.useRealTimers());

  it('forgets who waits once all is decided that was written before the end of the hold', async () => {
    const { watch, legalHolds } = await watched('a');
    watch.telemetry.partitionsAssigned([labels]);
    watch.telemetry.lagMeasured('labels', 0, 0, holdEndMs);
    await pass(120_000);
    expect(await legalHolds.waiting()).toHaveLength(1);
    watch.telemetry.lagMeasured('labels', 0, 0, Date.now());
    await pass(aLookMs);
    expect(await legalHolds.waiting()).toEqual([]);
    await watch.stop();
  });

  it('forgets nobody while a partition stands still with something unread, however long it says nothing', async () => {
    const { watch, legalHolds } = await watched('a');
    watch.telemetry.partitionsAssigned([labels, { topic: 'events', partition: 0 }]);
    watch.telemetry.lagMeasured('labels', 0, 1, startMs);
    watch.telemetry.lagMeasured('events', 0, 0, holdEndMs * 2);
    await pass(3_600_000);
    // The hold that was unread is another to wait for.
    await legalHolds.add('a', placed(startMs + 1_000, 'B'), 0);
    watch.telemetry.lagMeasured('labels', 0, 0, Date.now());
    await pass(aLookMs);
    expect(await legalHolds.waiting()).toHaveLength(1);
    await watch.stop();
  });

  it('forgets nobody of a partition of which nothing is known since it was assigned, and nobody of others', async () => {
    const { watch, legalHolds } = await watched('a');
    watch.telemetry.partitionsAssigned([labels]);
    watch.telemetry.lagMeasured('labels', 0, 0, holdEndMs * 2);
    watch.telemetry.partitionsAssigned([labels]);
    await pass(3_600_000);
    expect(await legalHolds.waiting()).toHaveLength(1);
    watch.telemetry.partitionsAssigned([{ topic: 'labels', partition: 1 }]);
    watch.telemetry.lagMeasured('labels', 1, 0, Date.now());
    await pass(aLookMs);
    expect(await legalHolds.waiting()).toHaveLength(1);
    await watch.stop();
  });

  it.each([
    ['while it forgets', holdEndMs * 2],
    ['while it only tidies', startMs],
  ])('stops with the account that it has in hand %s, however many there are', async (_what, decidedUpToMs) => {
    const { watch, legalHolds } = await watched(...Array.from({ length: 500 }, (_, index) => `acc_${index}`));
    if (decidedUpToMs === startMs) vi.spyOn(legalHolds, 'waiting').mockResolvedValue([]);
    watch.telemetry.partitionsAssigned([labels]);
    watch.telemetry.lagMeasured('labels', 0, 0, decidedUpToMs);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const of = legalHolds.of.bind(legalHolds);
    const asking = vi.spyOn(legalHolds, 'of').mockImplementation(async (account) => {
      await answered;
      return of(account);
    });
    await pass(aLookMs);
    expect(asking).toHaveBeenCalledTimes(1);
    const stopped = watch.stop();
    answer();
    await stopped;
    expect(asking).toHaveBeenCalledTimes(1);
  });
});
