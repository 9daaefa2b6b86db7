import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../src/simulation/event-queue.ts';
import type { PlannedEvent } from '../../../src/simulation/life.ts';
import { countryOf } from '../../../src/simulation/population/countries.ts';

const account = { id: 'acc_1', createdMs: 0, country: countryOf('NL'), joins: true };

function eventAt(timeMs: number, tag = 0): PlannedEvent {
  return { timeMs, account: { ...account, id: `acc_${String(tag)}` }, type: 'account.erasure_requested', data: {} };
}

describe('EventQueue', () => {
  it('gives back what was put in, by time, and in the order of arrival at the same time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), (times) => {
        const queue = new EventQueue();
        const events = times.map((timeMs, tag) => eventAt(timeMs, tag));
        for (const event of events) queue.push(event);
        const popped = Array.from({ length: queue.size }, () => queue.pop());
        // Array sorting is stable, and each event has an account of its own.
        expect(popped).toEqual(events.toSorted((a, b) => a.timeMs - b.timeMs));
      }),
    );
  });

  it('stays ordered while putting in and taking out take turns', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat({ max: 50 }), fc.constant('pop' as const))), (steps) => {
        const queue = new EventQueue();
        const model: number[] = [];
        const popped: (number | undefined)[] = [];
        const expected: (number | undefined)[] = [];
        for (const step of steps) {
          if (step === 'pop') {
            popped.push(queue.peek()?.timeMs, queue.pop()?.timeMs);
            const least = model.toSorted((a, b) => a - b)[0];
            expected.push(least, least);
            if (least !== undefined) model.splice(model.indexOf(least), 1);
          } else {
            model.push(step);
            queue.push(eventAt(step));
          }
        }
        expect(popped).toEqual(expected);
        expect(queue.size).toBe(model.length);
      }),
    );
  });
});
