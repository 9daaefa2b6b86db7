import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityIndex } from '../../../../src/adapters/embedded/entity-index.ts';

type Command = { readonly do: 'add' | 'touch' | 'remove' | 'removeOldest'; readonly key: number };

/** Few keys, of which many share a bucket: the low half alone chooses it. */
function keyOf(number: number): readonly [high: number, low: number] {
  return [number % 3, 256 * Math.floor(number / 6) + (number % 6)];
}

const commands = fc.array(
  fc.record<Command>({
    do: fc.constantFrom('add', 'add', 'touch', 'touch', 'remove', 'removeOldest'),
    key: fc.nat(60),
  }),
  { maxLength: 200 },
);

describe('EntityIndex', () => {
  it('finds, forgets and orders entities as a map with a list of touches does', () => {
    fc.assert(
      fc.property(commands, (drawn) => {
        const index = new EntityIndex();
        /** Key to slot, in the order of touches. */
        const plain = new Map<number, number>();
        for (const { do: what, key } of drawn) {
          const slot = plain.get(key);
          if (what === 'add' && slot === undefined) {
            plain.set(key, index.add(...keyOf(key)));
          } else if (what === 'touch' && slot !== undefined) {
            index.touch(slot);
            plain.delete(key);
            plain.set(key, slot);
          } else if (what === 'remove' && slot !== undefined) {
            index.remove(slot);
            plain.delete(key);
          } else if (what === 'removeOldest' && plain.size > 0) {
            index.remove(index.oldest());
            plain.delete(plain.keys().next().value!);
          }
          expect(index.size).toBe(plain.size);
          expect(index.oldest()).toBe(plain.values().next().value ?? -1);
        }
        for (let key = 0; key <= 60; key++) expect(index.find(...keyOf(key))).toBe(plain.get(key) ?? -1);
      }),
    );
  });

  it('gives each entity a slot of its own', () => {
    const index = new EntityIndex();
    const slots = Array.from({ length: 300 }, (_, key) => index.add(...keyOf(key)));
    expect(new Set(slots).size).toBe(300);
  });

  it('keeps all entities and their order when it grows', () => {
    const index = new EntityIndex();
    const first = index.capacity;
    const slots = Array.from({ length: first * 4 + 1 }, (_, key) => index.add(0, key));
    index.touch(slots[0]!);
    expect(index.capacity).toBe(first * 8);
    expect(slots.map((_, key) => index.find(0, key))).toEqual(slots);
    const order = slots.map(() => {
      const slot = index.oldest();
      index.remove(slot);
      return slot;
    });
    expect(order).toEqual([...slots.slice(1), slots[0]]);
  });

  it('uses the slots of forgotten entities again, and does not grow for them', () => {
    const index = new EntityIndex();
    const { capacity } = index;
    for (let key = 0; key < capacity; key++) index.add(1, key);
    for (let key = capacity; key < capacity * 5; key++) {
      const slot = index.oldest();
      index.remove(slot);
      expect(index.add(1, key)).toBe(slot);
    }
    expect(index.capacity).toBe(capacity);
    expect(index.size).toBe(capacity);
  });

  it('does not take a look-up for a touch', () => {
    const index = new EntityIndex();
    const oldest = index.add(0, 1);
    index.add(0, 2);
    index.find(0, 1);
    expect(index.oldest()).toBe(oldest);
  });

  it.each([
    ['the high half', 0xffff_ffff, 0],
    ['the low half', 0, 0xffff_ffff],
  ])('tells keys apart by %s', (_, high, low) => {
    const index = new EntityIndex();
    const slot = index.add(high, low);
    expect(index.find(high, low)).toBe(slot);
    expect(index.find(low, high)).toBe(-1);
    expect(index.find(0, 0)).toBe(-1);
  });
});
