import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Queues } from '../../../../src/adapters/embedded/queues.ts';
import { Slab } from '../../../../src/adapters/embedded/slab.ts';

const queueCount = 3;

function emptyQueues() {
  const slab = new Slab(64 * 1024);
  return { slab, queues: new Queues(slab, Queues.reserveLinks(slab), queueCount) };
}

const commands = fc.array(
  fc.record({
    do: fc.constantFrom('place', 'place', 'placeAgain', 'removeFirst', 'removeAny'),
    queue: fc.nat(queueCount - 1),
    pick: fc.nat(1000),
  }),
  { maxLength: 150 },
);

/** Does what is drawn; answers what an array for each queue would hold, the one placed first in front. */
function apply(drawn: readonly { do: string; queue: number; pick: number }[]) {
  const held = emptyQueues();
  const { slab, queues } = held;
  const plain: number[][] = Array.from({ length: queueCount }, () => []);
  /** A record that is given back leaves no gap: the last one moves. */
  const giveBack = (slot: number): void => {
    const last = slab.end - 1;
    const queue = plain.findIndex((slots) => slots.includes(last));
    if (slot !== last) {
      slab.copy(last, slot);
      queues.moved(slot, queue);
      plain[queue]![plain[queue]!.indexOf(last)] = slot;
    }
    slab.releaseLast();
  };
  for (const { do: what, queue, pick } of drawn) {
    const slots = plain[queue]!;
    if (what === 'place') {
      const slot = slab.take();
      queues.place(slot, queue);
      slots.push(slot);
    } else if (slots.length > 0) {
      const [slot] = slots.splice(what === 'removeFirst' ? 0 : pick % slots.length, 1) as [number];
      if (what === 'removeFirst') expect(queues.first(queue)).toBe(slot);
      queues.remove(slot, queue);
      if (what === 'placeAgain') {
        const other = (queue + 1) % queueCount;
        queues.place(slot, other);
        plain[other]!.push(slot);
      } else giveBack(slot);
    }
    for (const [index, each] of plain.entries()) expect(queues.first(index)).toBe(each[0] ?? -1);
  }
  return { ...held, plain };
}

function drained(queues: Queues): readonly (readonly number[])[] {
  return Array.from({ length: queueCount }, (_, queue) => {
    const slots: number[] = [];
    for (let slot = queues.first(queue); slot >= 0; slot = queues.first(queue)) {
      slots.push(slot);
      queues.remove(slot, queue);
    }
    return slots;
  });
}

describe('Queues', () => {
  it('keep the order in which slots were placed, whatever moves and goes', () => {
    fc.assert(
      fc.property(commands, (drawn) => {
        const { queues, plain } = apply(drawn);
        expect(drained(queues)).toEqual(plain);
      }),
    );
  });

  it('are made the same anew of what records say', () => {
    fc.assert(
      fc.property(commands, (drawn) => {
        const { slab, queues, plain } = apply(drawn);
        const { placements } = queues;
        drained(queues);
        const slots = Uint32Array.from({ length: slab.end }, (_, slot) => slot);
        queues.relink(slots, (slot) => plain.findIndex((each) => each.includes(slot)), placements);
        expect(queues.placements).toBe(placements);
        expect(drained(queues)).toEqual(plain);
      }),
    );
  });
});
