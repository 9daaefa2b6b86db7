import { describe, expect, it } from 'vitest';
import { Deliveries, Schedule } from '../../../../load-tests/stage/deliveries.ts';

/** Four events, due at 100, 200, 300 and 400 ms; a fifth is not sent. */
function scene() {
  const schedule = new Schedule(['a', 'b', 'c', 'd', 'e']);
  for (const dueMs of [100, 200, 300, 400]) schedule.add(dueMs);
  const deliveries = new Deliveries(schedule);
  const receive = (eventId: string, atMs: number, said = 'allow', place = `0:${eventId}`): void =>
    deliveries.receive({ eventId, outputId: `dec_${eventId}`, place, said }, atMs);
  return { schedule, deliveries, receive };
}

describe('what came out, held against what was due', () => {
  it('knows what is lost and what is unknown', () => {
    const { deliveries, receive } = scene();
    receive('a', 110);
    receive('c', 340);
    receive('e', 500); // not sent
    receive('nobody', 500);
    expect(deliveries.fates).toMatchObject({ sent: 4, lost: 2, unknown: 2, repeated: 0 });
  });

  it('tells the same again from another action, and both from an event that was sent twice', () => {
    const { deliveries, receive } = scene();
    receive('a', 110);
    receive('a', 150);
    receive('a', 160, 'block');
    receive('a', 170, 'allow', '1:7');
    expect(deliveries.fates).toMatchObject({ lost: 3, repeated: 2, conflicting: 1, sentTwice: 1 });
  });

  it('counts lag by the oldest event without an output, whatever came after it', () => {
    const { deliveries, receive } = scene();
    expect(deliveries.oldestAgeMs(450)).toBe(350);
    receive('b', 451);
    receive('c', 452);
    expect(deliveries.oldestAgeMs(460)).toBe(360);
    receive('a', 461);
    expect(deliveries.oldestAgeMs(470)).toBe(70);
    receive('d', 471);
    expect(deliveries.oldestAgeMs(480)).toBe(0);
  });

  it('counts a delay from when an event was due, in the span in which it was', () => {
    const { deliveries, receive } = scene();
    receive('a', 110);
    receive('b', 260);
    receive('c', 1_300);
    expect(deliveries.delaysMs(0, 300)).toEqual({ p50: 60, p99: 60, max: 60 });
    expect(deliveries.delaysMs(300, 400)).toEqual({ p50: 1_000, p99: 1_000, max: 1_000 });
    expect(deliveries.delaysMs(0, 1_000, (index) => index === 0)?.max).toBe(10);
    expect(deliveries.delaysMs(400, 500)).toBeNull();
    expect(deliveries.delaysMs(500, 900)).toBeNull();
  });
});
