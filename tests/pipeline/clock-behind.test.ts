import { describe, expect, it } from 'vitest';
import type { IncomingRecord } from '../../src/ports.ts';
import { ClockWatch } from '../../src/steps/clock-watch.ts';
import { clockBounds } from '../../src/steps/time-bounds.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { batchesOf, nowMs, recordOf, World } from './world.ts';

/**
 * The machine's own clock was an hour slow: 15,011 of 15,011 events became dead letters, dated ahead of it, while the processor was
 * ready and the runbook blamed their producer.
 */

const hourMs = 3_600_000;
/** Signups that happen now, one a second, by a right clock. */
const happening = (count: number): IncomingRecord[] =>
  Array.from({ length: count }, (_, offset) => happens(offset, nowMs + offset * 1_000));

function happens(offset: number, timeMs: number): IncomingRecord {
  const event = { ...exampleEvents['account.signup'], id: `e${offset}`, time: new Date(timeMs).toISOString() };
  return { ...recordOf(Buffer.from(JSON.stringify(event)), offset), timestampMs: timeMs };
}

function worldAt(clockMs: () => number): World {
  return new World({
    clockMs,
    clockWatch: new ClockWatch(),
    timeBounds: clockBounds(clockMs, 7 * 24 * hourMs),
    emit: 'all',
  });
}

describe('a clock that is slow', () => {
  it('holds what happens, makes no dead letter of it, and decides it when the clock is set', async () => {
    let clockMs = nowMs - hourMs;
    const world = worldAt(() => clockMs);
    const [batch] = batchesOf(happening(40));
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(world.take(batch!)).rejects.toMatchObject({ failure: { code: 'CLOCK_BEHIND' } });
    }
    clockMs = nowMs + hourMs;
    await world.take(batch!);
    expect(world.sent.deadLetters).toEqual([]);
    expect(world.sent.decisions).toHaveLength(40);
  });

  it('holds the first and only event, too', async () => {
    const world = worldAt(() => nowMs - hourMs);
    const [batch] = batchesOf(happening(1));
    await expect(world.take(batch!)).rejects.toMatchObject({
      failure: { code: 'CLOCK_BEHIND', message: expect.stringContaining('3600 s ahead') as string },
    });
  });

  it('does not hold what was written before it', async () => {
    const world = worldAt(() => nowMs - hourMs);
    const backlog = Array.from({ length: 20 }, (_, offset) => happens(offset, nowMs - 2 * hourMs));
    await world.takeAll(batchesOf(backlog));
    expect(world.sent.decisions).toHaveLength(20);
  });
});
