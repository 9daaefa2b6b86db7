import { expect, it } from 'vitest';
import { StreamTime } from '../../../src/steps/stream-time.ts';

const nowMs = 1_000_000;
const [first, second] = [
  { topic: 't', partition: 0 },
  { topic: 't', partition: 1 },
];

it('what was read reaches as far as the slowest partition, and no further than the clock', () => {
  const time = new StreamTime();
  time.assigned([first, second]);
  time.decided('t', 0, 20);
  time.decided('t', 1, 500);
  expect(time.reachedMs(nowMs)).toBe(20);
  time.decided('t', 0, nowMs * 9);
  expect(time.reachedMs(nowMs)).toBe(500);
  time.decided('t', 1, nowMs * 9);
  expect(time.reachedMs(nowMs)).toBe(nowMs);
});

it('a partition that is silent is not taken for one that was read to its end', () => {
  const time = new StreamTime();
  expect(time.reachedMs(nowMs)).toBe(-Infinity);
  time.assigned([first, second]);
  time.decided('t', 0, 900_000);
  expect(time.reachedMs(nowMs)).toBe(-Infinity);
  time.decided('t', 1, 300);
  // Its batch waits for a send, or a damaged one is held: nobody says how far it is.
  time.decided('t', 1, undefined);
  expect(time.reachedMs(nowMs * 2)).toBe(300);
});

it('what was known of a partition does not hold once it is assigned again, and says nothing of one that went', () => {
  const time = new StreamTime();
  time.assigned([first, second]);
  time.decided('t', 0, 700);
  time.decided('t', 1, 300);
  time.assigned([first]);
  expect(time.reachedMs(nowMs)).toBe(-Infinity);
  time.decided('t', 1, 300);
  time.decided('t', 0, 800);
  expect(time.reachedMs(nowMs)).toBe(800);
  expect([0, 1].map((partition) => time.has(partition))).toEqual([true, false]);
});
