import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Schedule } from '../../../../load-tests/stage/deliveries.ts';
import { OpenLoad } from '../../../../load-tests/stage/open-load.ts';

function loadOf(count: number, rate: number, send: (events: number[]) => Promise<unknown>) {
  const events = Array.from({ length: count }, (_, index) => index);
  const schedule = new Schedule(events.map(String));
  return { schedule, load: new OpenLoad({ events, schedule, rate, send }) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(1);
}

describe('an open load', () => {
  it('sends each event once, in order, and all that was due before it ended', async () => {
    const sent: number[] = [];
    const { schedule, load } = loadOf(100_000, 10_000, (events) => Promise.resolve(void sent.push(...events)));
    await until(() => sent.length > 500);
    await load.end();
    expect(sent.length).toBe(schedule.sent);
    expect(sent).toEqual(Array.from({ length: sent.length }, (_, index) => index));
  });

  it('lets events be due though nothing is taken, each at its own instant', async () => {
    const held = Promise.withResolvers<void>();
    const { schedule, load } = loadOf(100_000, 10_000, () => held.promise);
    await until(() => schedule.sent > 500);
    expect(schedule.dueMs(500) - schedule.dueMs(0)).toBeCloseTo(50, 2);
    held.resolve();
    await load.end();
  });

  it('changes its rate from one event to the next', async () => {
    const { schedule, load } = loadOf(100_000, 1_000, () => Promise.resolve());
    await until(() => schedule.sent > 20);
    load.rate = 20_000;
    const from = schedule.sent + 1;
    await until(() => schedule.sent > from + 100);
    await load.end();
    expect(schedule.dueMs(from + 100) - schedule.dueMs(from)).toBeCloseTo(5, 2);
  });

  it('fails where it cannot send, or has no events left', async () => {
    const refused = loadOf(1_000, 1_000, () => Promise.reject(new Error('no leader'))).load;
    await expect(until(() => attempt(refused)).then(() => refused.end())).rejects.toThrow('no leader');
    const short = loadOf(10, 10_000, () => Promise.resolve()).load;
    await expect(until(() => attempt(short)).then(() => short.end())).rejects.toThrow('All 10 events are sent');
  });
});

/** Whether it has failed. */
function attempt(load: OpenLoad<number>): boolean {
  try {
    load.assertRunning();
    return false;
  } catch {
    return true;
  }
}
