import { describe, expect, it } from 'vitest';
import type { BatchReply, KnownReply } from '../../../src/adapters/transparency-database/client.ts';
import { sendBatch, type StatementFate } from '../../../src/reports/statements/send-statements.ts';
import type { Statement } from '../../../src/reports/statements/statement.ts';

const batch = ['a', 'b', 'c'].map((puid) => ({ puid }) as Statement);
const known = (isKnown: boolean): KnownReply => ({ kind: 'answer', isKnown });

/** Sends a batch to a desk that answers as told, in turn, and then takes everything. */
async function send(replies: readonly BatchReply[], knows: (puid: string) => KnownReply = () => known(false)) {
  const submitted: string[] = [];
  const waits: number[] = [];
  const kept: StatementFate[] = [];
  const left = [...replies];
  await sendBatch(batch, {
    desk: {
      submit: async (statements) => {
        submitted.push(statements.map(({ puid }) => puid).join(''));
        return left.shift() ?? { kind: 'taken', uuids: statements.map(({ puid }) => `u${puid}`) };
      },
      knows: async (puid) => knows(puid),
    },
    keep: async (fates) => void kept.push(...fates),
    sleep: async (waitMs) => void waits.push(waitMs),
    random: () => 0,
  });
  return { submitted, waits, fates: kept.map(({ puid, state }) => `${puid} ${state}`) };
}

describe('a batch of statements', () => {
  it('is sent, and what became of each is kept', async () => {
    expect(await send([])).toEqual({ submitted: ['abc'], waits: [], fates: ['a sent', 'b sent', 'c sent'] });
  });

  it('goes on without those that have faults, since a batch is taken whole or not at all', async () => {
    const { submitted, fates } = await send([{ kind: 'faulty', faults: new Map([[1, '{}']]) }]);
    expect(submitted).toEqual(['abc', 'ac']);
    expect(fates).toEqual(['b refused', 'a sent', 'c sent']);
  });

  it('goes on without those that are there', async () => {
    const { submitted, fates } = await send([{ kind: 'known', puids: ['c'] }], () => known(true));
    expect(submitted).toEqual(['abc', 'ab']);
    expect(fates).toEqual(['c sent', 'a sent', 'b sent']);
  });

  it('does not take for sent what is only on its way: it waits until that came to something or nothing', async () => {
    const { submitted, waits, fates } = await send([{ kind: 'known', puids: ['a'] }]);
    expect(submitted).toEqual(['abc', 'abc']);
    expect(waits).toEqual([31_000]);
    expect(fates).toEqual(['a sent', 'b sent', 'c sent']);
  });

  it('waits as long as it is told, and longer each time where nothing is told', async () => {
    const down: BatchReply = { kind: 'unavailable', problem: 'it answers 500' };
    const { waits } = await send([{ kind: 'busy', waitMs: 7_000 }, down, down]);
    expect(waits).toEqual([7_000, 1_000, 2_000]);
  });

  it('waits longer each time where it is told that no wait is needed, and nothing is taken', async () => {
    const { waits } = await send(Array.from({ length: 3 }, (): BatchReply => ({ kind: 'busy', waitMs: 0 })));
    expect(waits[0]).toBeGreaterThan(0);
    expect(waits[2]).toBeGreaterThan(waits[1]!);
  });

  it('gives up once nothing was taken for a while, and says that it can be run again', async () => {
    const down = Array.from({ length: 20 }, (): BatchReply => ({ kind: 'unavailable', problem: 'it answers 500' }));
    await expect(send(down)).rejects.toMatchObject({ failure: { code: 'STATEMENTS_UNDELIVERED' } });
  });

  it('ends at once where nothing can be taken', async () => {
    await expect(send([{ kind: 'refused', problem: 'it answers 401' }])).rejects.toMatchObject({
      failure: { code: 'STATEMENTS_REFUSED' },
    });
  });

  it('does not go on for ever where faults are found in what was not sent', async () => {
    await expect(send([{ kind: 'faulty', faults: new Map([[7, '{}']]) }])).rejects.toMatchObject({
      failure: { code: 'STATEMENTS_REFUSED' },
    });
  });
});
