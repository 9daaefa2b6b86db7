import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slab } from '../../../../src/adapters/embedded/slab.ts';
import type { Field } from '../../../../src/history/record.ts';

const chunkBytes = 1024 * 1024;
const holesMax = 32;

/** Values of one size in a record. */
function valuesOf(slab: Slab, slot: number, size: Field['size']) {
  const { bytes, halves, words, doubles } = slab.chunkOf(slot);
  const view = { 1: bytes, 2: halves, 4: words, 8: doubles }[size];
  return { view, start: (slab.startOf(slot) * 4) / size };
}

/** What is written at a position of a field. */
function valueOf(slot: number, index: number, position: number): number {
  return (slot * 31 + index * 7 + position) % 251;
}

describe('Slab', () => {
  it('keeps all fields of all records apart, whatever their sizes', () => {
    const field = fc.record({ count: fc.integer({ min: 0, max: 5 }), size: fc.constantFrom(1 as const, 2, 4, 8) });
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        (fields, records) => {
          fc.pre(fields.some(({ count }) => count > 0));
          const slab = new Slab(chunkBytes);
          const places = fields.map(({ count, size }, index) => slab.reserve(`field ${index}`, count, size));
          const slots = Array.from({ length: records }, () => slab.take());
          const each = (visit: (view: ArrayLike<number>, at: number, value: number) => void): void => {
            for (const slot of slots) {
              for (const [index, { count, size }] of fields.entries()) {
                const { view, start } = valuesOf(slab, slot, size);
                for (let position = 0; position < count; position++)
                  visit(view, start + places[index]! + position, valueOf(slot, index, position));
              }
            }
          };
          each((view, at, value) => ((view as number[])[at] = value));
          each((view, at, value) => expect(view[at]).toBe(value));
        },
      ),
    );
  });

  it('keeps records where they are when it grows over many chunks', () => {
    const slab = new Slab(chunkBytes);
    const place = slab.reserve('number', 60_000, 4);
    const slots = Array.from({ length: 40 }, () => slab.take());
    for (const slot of slots) slab.chunkOf(slot).words[slab.startOf(slot) + place + 59_999] = slot + 1;
    expect(slots.map((slot) => slab.chunkOf(slot).words[slab.startOf(slot) + place + 59_999])).toEqual(
      slots.map((slot) => slot + 1),
    );
    expect(new Set(slots.map((slot) => slab.chunkOf(slot))).size).toBe(10);
  });

  it('gives the last slot out again, cleared', () => {
    const slab = new Slab(chunkBytes);
    const place = slab.reserve('number', 1, 4);
    const [first, second] = [slab.take(), slab.take()];
    for (const slot of [first, second]) slab.chunkOf(slot).words[slab.startOf(slot) + place] = 7 + slot;
    slab.copy(second, first);
    slab.releaseLast();
    expect(slab.chunkOf(first).words[slab.startOf(first) + place]).toBe(8);
    expect(slab.take()).toBe(second);
    expect(slab.chunkOf(second).words[slab.startOf(second) + place]).toBe(0);
  });

  it('gives holes out first, the newest before others, cleared', () => {
    const slab = new Slab(chunkBytes, 2);
    const place = slab.reserve('number', 1, 4);
    const slots = Array.from({ length: 5 }, () => slab.take());
    for (const slot of slots) slab.wordsOf(slot)[slab.startOf(slot) + place] = 7;
    expect([0, 4, 2, 3].map((slot) => slab.leave(slot))).toEqual([true, false, true, false]);
    expect(slab.take()).toBe(2);
    expect(slab.take()).toBe(0);
    expect(slab.take()).toBe(5);
    for (const slot of [0, 2]) expect(slab.wordsOf(slot)[slab.startOf(slot) + place]).toBe(0);
  });

  it('gives holes back with the slots behind them', () => {
    const slab = new Slab(chunkBytes, 3);
    slab.reserve('number', 1, 4);
    for (let taken = 0; taken < 6; taken++) slab.take();
    for (const slot of [1, 4, 3]) slab.leave(slot);
    slab.releaseLast();
    expect(slab.end).toBe(3);
    expect([slab.take(), slab.take()]).toEqual([1, 3]);
  });

  it('allocates no more than the stated slack beyond its records, when it grows and when it shrinks', () => {
    const step = fc.record({ taken: fc.nat(400), left: fc.nat(holesMax), given: fc.nat(400) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(step, { minLength: 1, maxLength: 20 }), (words, steps) => {
        const slab = new Slab(4096, holesMax);
        slab.reserve('numbers', words, 4);
        const slots = new Set<number>();
        for (const { taken, left, given } of steps) {
          for (let count = 0; count < taken; count++) slots.add(slab.take());
          for (const slot of [...slots].toSorted((one, other) => other - one).slice(0, left))
            if (slab.leave(slot)) slots.delete(slot);
          for (let count = 0; count < given && slab.end > 0; count++) {
            slots.delete(slab.end - 1);
            slab.releaseLast();
          }
          expect(slab.allocatedBytes).toBeGreaterThanOrEqual(slots.size * slab.recordBytes);
          expect(slab.allocatedBytes).toBeLessThanOrEqual(slots.size * slab.recordBytes + slab.slackBytesMax);
        }
      }),
    );
  });

  it('takes no more fields once there are records', () => {
    const slab = new Slab(chunkBytes);
    slab.reserve('number', 1, 4);
    slab.take();
    expect(() => slab.reserve('another', 1, 4)).toThrow(/before records/);
  });
});
