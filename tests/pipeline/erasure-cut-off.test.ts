import { describe, expect, it } from 'vitest';
import { EmbeddedLegalHolds } from '../../src/adapters/embedded/legal-holds.ts';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { FailureError } from '../../src/domain/failure.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import { entityKinds } from '../../src/features/state.ts';
import type { GroupFinder } from '../../src/group-ports.ts';
import { hold, lift, request, wordRecord, type Written } from '../contract/archive-records.ts';
import { World, nowMs } from './world.ts';

const hourMs = 3_600_000;
const at = (hour: number): number => nowMs - (100 - hour) * hourMs;
const fake = (account: string, atMs: number): Written =>
  wordRecord('account.labelled', account, atMs, { label: 'fake', by: 'review' });

function batchOf(firstOffset: number, ...written: readonly Written[]) {
  const records = written.map(({ key, value, timestampMs }, index) => ({
    offset: firstOffset + index,
    key: Buffer.from(key),
    value: Buffer.from(value!),
    headers: [],
    timestampMs,
  }));
  return { topic: 'account-labels', partition: 0, records };
}

const asked = batchOf(0, hold('a', at(1), 'A'), request('a', at(2)));
const ended = batchOf(2, fake('a', at(3)), lift('a', at(4), 'A'));
const accountKind = entityKinds.indexOf('account');

/** A history that outlives the process, with somebody who waits to be forgotten, whom a person blocks in the batch by which the hold ends. */
async function waiting() {
  const history = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
  const legalHolds = new EmbeddedLegalHolds();
  /** Of each call that came to an end, the rows of it at which an account goes. */
  const forgotten: number[][] = [];
  let isKilled = false;
  const groups: GroupFinder = {
    find: ({ rows, observations }) => {
      if (isKilled) return Promise.reject(new Error('killed'));
      forgotten.push(rows.filter((row) => observations.erases[row] === 1));
      return Promise.resolve({ verdicts: [], delivered: () => Promise.resolve() });
    },
  };
  const world = (): World => new World({ history, legalHolds, groups, dating: 'clock' });
  const first = world();
  await first.take(asked);
  expect(await legalHolds.waiting()).toHaveLength(1);
  return { first, world, legalHolds, forgotten, history, kill: (is: boolean) => (isKilled = is) };
}

/** Looked for by an event that is too old to change anything. */
async function standingOf(history: EmbeddedFeatureStore, account: string): Promise<unknown> {
  const hasher = new EntityKeyHasher(Buffer.from('0123456789abcdef'));
  const batch = emptyObservations('looks', 0, 1);
  hasher.hashText(accountKind, account);
  batch.keys.set([hasher.high, hasher.low], accountKind * 2);
  batch.timesMs[0] = 1;
  const snapshots = await history.observe(batch);
  snapshots.release();
  return snapshots.standings[0];
}

describe('an erasure that was cut off', () => {
  it('does not block again, when its batch comes again, whom it has forgotten', async () => {
    const { first, legalHolds, history } = await waiting();
    let refusals = 1;
    first.beforeSend = () => {
      if (refusals-- > 0) throw new FailureError({ code: 'SEND_FAILED', message: 'away.' });
    };
    await expect(first.take(ended)).rejects.toThrow('away');
    await first.take(ended);
    expect(await standingOf(history, 'a')).toBeUndefined();
    expect(await legalHolds.accounts()).toEqual([]);
  });

  it('is whole once the batch has come again, where the process was killed between history and groups', async () => {
    const { first, world, legalHolds, forgotten, kill } = await waiting();
    kill(true);
    await expect(first.take(ended)).rejects.toThrow('killed');
    kill(false);
    await world().take(ended);
    expect(forgotten.at(-1)).toEqual([1]);
    expect(await legalHolds.accounts()).toEqual([]);
  });
});
