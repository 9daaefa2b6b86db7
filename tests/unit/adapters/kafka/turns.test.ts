import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../../src/domain/limits.ts';
import { Turns, type Due } from '../../../../src/adapters/kafka/turns.ts';

const never = new AbortController().signal;

/** Some records, of which more than one turn's are too many at a time unless given. */
function of(timestampMs: number, records = 100): Due {
  return { timestampMs, records };
}

/** Partitions whose slices begin at these times; returns the order in which they had their turns. */
async function orderOf(turns: Turns, partitions: Readonly<Record<string, readonly number[]>>): Promise<string[]> {
  const order: string[] = [];
  const live = async (name: string, slices: readonly number[]): Promise<void> => {
    using turn = turns.enter();
    for (const timestampMs of slices) {
      await turn.begin(of(timestampMs), never);
      order.push(`${name}${timestampMs}`);
      await nextTurn(); // work that waits for something
    }
  };
  await Promise.all(Object.entries(partitions).map(([name, slices]) => live(name, slices)));
  return order;
}

/** Partitions that were seen to have a turn at the same time, of so many with five slices each. */
async function mostAtOnce(turns: Turns, partitions: number, records?: number): Promise<number> {
  let [running, most] = [0, 0];
  const live = async (): Promise<void> => {
    using turn = turns.enter();
    for (let slice = 0; slice < 5; slice += 1) {
      await turn.begin(of(slice, records), never);
      most = Math.max(most, ++running);
      await nextTurn();
      running -= 1;
    }
  };
  await Promise.all(Array.from({ length: partitions }, live));
  return most;
}

describe('the turns of partitions', () => {
  it('go to the oldest records, whichever partition came first', async () => {
    const order = await orderOf(new Turns(1), { a: [10, 40, 50], b: [20, 30, 60], c: [5, 70] });
    expect(order).toEqual(['c5', 'a10', 'b20', 'b30', 'a40', 'a50', 'b60', 'c70']);
  });

  it('are no more at a time than may be', async () => {
    expect(await mostAtOnce(new Turns(2), 4)).toBe(2);
  });

  it('are more at a time of many partitions, so that none waits for the sends of all others one by one', async () => {
    const turns = new Turns(2);
    turns.partitions = 64;
    expect(await mostAtOnce(turns, 64)).toBe(8);
    turns.partitions = 12;
    expect(await mostAtOnce(turns, 12)).toBe(2);
  });

  // Of more than that nobody remembers what was decided, and records that come again would be decided otherwise.
  it('are no more at a time than may be unsettled, however many partitions or few records there are', async () => {
    const turns = new Turns(2, 256);
    turns.partitions = 4_096;
    expect(await mostAtOnce(turns, 80)).toBe(limits.partitionsUnsettledMax);
    expect(await mostAtOnce(turns, 80, 1)).toBe(limits.partitionsUnsettledMax);
  });

  // A record or two of each of eight partitions, two partitions at a time, cost four waits for the loop, each.
  it('are more at a time of few records, as many as one batch has', async () => {
    expect(await mostAtOnce(new Turns(2, 256), 8, 100)).toBe(2);
    expect(await mostAtOnce(new Turns(2, 256), 8, 64)).toBe(4);
    expect(await mostAtOnce(new Turns(2, 256), 8, 256)).toBe(2);
    const turns = new Turns(2, 256);
    for (let round = 0; round < 8; round += 1) expect(await mostAtOnce(turns, 8, 20)).toBe(8);
  });

  // Two waited for the brokers, which took milliseconds, and nothing was computed meanwhile.
  it('go to others while those who had them rest, and are no more at a time for that', async () => {
    const turns = new Turns(1);
    const decided: string[] = [];
    const sent = Promise.withResolvers<void>();
    let [running, most] = [0, 0];
    const live = async (name: string): Promise<void> => {
      using turn = turns.enter();
      await turn.begin(of(1), never);
      most = Math.max(most, ++running);
      await nextTurn();
      running -= 1;
      turn.rest();
      turn.rest();
      decided.push(name);
      await sent.promise;
    };
    const lives = Promise.all(['a', 'b', 'c'].map(live));
    await expect.poll(() => decided).toEqual(['a', 'b', 'c']);
    expect(most).toBe(1);
    sent.resolve();
    await lives;
    expect(await mostAtOnce(turns, 4)).toBe(1);
  });

  // In a catch-up the partition whose broker answered soonest was read far ahead of all others, and shared addresses were counted late.
  it('wait for what was fetched of who rests, where that is older, and go on where it is not', async () => {
    const turns = new Turns(1);
    const [resting, older, newer] = [turns.enter(), turns.enter(), turns.enter()];
    await resting.begin({ ...of(1), nextMs: 5 }, never);
    resting.rest();
    const begun: string[] = [];
    const live = async (turn: typeof older, name: string, timestampMs: number): Promise<void> => {
      await turn.begin(of(timestampMs), never);
      begun.push(name);
      turn[Symbol.dispose]();
    };
    const lives = [live(newer, 'newer', 6), live(older, 'older', 4)];
    await expect.poll(() => begun).toEqual(['older']);
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    expect(begun).toEqual(['older']);
    await resting.begin(of(5), never);
    expect(begun).toEqual(['older']);
    resting[Symbol.dispose]();
    await Promise.all(lives);
    expect(begun).toEqual(['older', 'newer']);
  });

  it('wait for nothing of who rests and could not send: it may be held for hours', async () => {
    const turns = new Turns(1);
    using held = turns.enter();
    using newer = turns.enter();
    await held.begin({ ...of(1), nextMs: 5 }, never);
    const refused = Promise.withResolvers<void>();
    const taken = held.take(never, async (rest) => {
      rest();
      await refused.promise;
    });
    let hasBegun = false;
    const begun = newer.begin(of(6), never).then(() => (hasBegun = true));
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    expect(hasBegun).toBe(false);
    refused.reject(new Error('refused'));
    await expect(taken).rejects.toThrow('refused');
    await begun;
  });

  it('are waited for where too many rest', async () => {
    const turns = new Turns(2);
    const resting = Array.from({ length: limits.partitionsUnsettledMax }, () => turns.enter());
    for (const turn of resting) {
      await turn.begin(of(1), never);
      turn.rest();
    }
    using waiting = turns.enter();
    let hasBegun = false;
    const begun = waiting.begin(of(2), never).then(() => (hasBegun = true));
    await nextTurn();
    await nextTurn();
    expect(hasBegun).toBe(false);
    resting[0]![Symbol.dispose]();
    await begun;
    for (const turn of resting) turn[Symbol.dispose]();
  });

  // Each decided its batch anew at each try, all at the same time; where they wait behind who waits for a place, nobody goes on.
  it('come again to those who rest and decide once more, one by one, though no place is free and others wait with older records', async () => {
    const turns = new Turns(1);
    const [refused, resting] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let [running, most, atRest, done] = [0, 0, 0, 0];
    const live = async (): Promise<void> => {
      using turn = turns.enter();
      await turn.begin(of(2), never);
      await turn.take(never, async (rest) => rest());
      if (++atRest === limits.partitionsUnsettledMax) resting.resolve();
      await refused.promise;
      await turn.take(never, async () => {
        most = Math.max(most, ++running);
        await nextTurn();
        running -= 1;
      });
      done += 1;
    };
    const lives = Promise.all(Array.from({ length: limits.partitionsUnsettledMax }, live));
    await resting.promise;
    const older = turns.enter();
    const begun = older.begin(of(1), never).then(() => {
      older[Symbol.dispose]();
      return done;
    });
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    refused.resolve();
    await lives;
    expect(most).toBe(1);
    expect(await begun).toBeGreaterThan(0);
  });

  it('are not taken again by who is told to give up while it waits for one', async () => {
    const turns = new Turns(1);
    using resting = turns.enter();
    await resting.begin(of(1), never);
    resting.rest();
    using busy = turns.enter();
    await busy.begin(of(1), never);
    const giveUp = new AbortController();
    const again = resting.take(giveUp.signal, () => Promise.reject(new Error('nothing is to be done any more')));
    giveUp.abort(new Error('the partition is another member’s'));
    await expect(again).rejects.toThrow('the partition is another member’s');
  });

  it('go to those who wait already when there are more of them', async () => {
    const turns = new Turns(1);
    using busy = turns.enter();
    await busy.begin(of(1), never);
    using waiting = turns.enter();
    const begun = waiting.begin(of(2), never);
    await nextTurn(); // nobody may begin, and nobody looks again
    await nextTurn();
    turns.partitions = 16;
    await expect(begun).resolves.toBeUndefined();
  });

  it('come first to records without a time', async () => {
    expect(await orderOf(new Turns(1), { a: [1, 2], b: [NaN] })).toEqual(['bNaN', 'a1', 'a2']);
  });

  it('are not waited for by who is told to give up', async () => {
    const turns = new Turns(1);
    using busy = turns.enter();
    await busy.begin(of(1), never);
    const giveUp = new AbortController();
    using waiting = turns.enter();
    const begun = waiting.begin(of(2), giveUp.signal);
    giveUp.abort();
    await expect(begun).resolves.toBeUndefined();
  });

  it('go on after one gave up', async () => {
    const turns = new Turns(1);
    {
      using busy = turns.enter();
      await busy.begin(of(1), never);
      using waiting = turns.enter();
      await waiting.begin(of(2), AbortSignal.abort());
    }
    expect(await orderOf(turns, { a: [3] })).toEqual(['a3']);
  });
});
