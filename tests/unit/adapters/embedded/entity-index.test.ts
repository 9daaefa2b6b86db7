import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityIndex } from '../../../../src/adapters/embedded/entity-index.ts';
import { Slab } from '../../../../src/adapters/embedded/slab.ts';

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

function lowOf(key: number): number {
  return (key % 7) * 65_536 + Math.floor(key / 7) * 3;
}

describe('EntityIndex', () => {
  it('finds, forgets and orders entities as a map with a list of touches does', () => {
    fc.assert(
      fc.property(commands, (drawn) => {
        const index = new EntityIndex(new Slab());
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
    const index = new EntityIndex(new Slab());
    const slots = Array.from({ length: 300 }, (_, key) => index.add(...keyOf(key)));
    expect(new Set(slots).size).toBe(300);
  });

  // Table sizes around the doublings, and low halves that share their last bits, so that buckets are split while they are chains.
  it.each([1, 255, 256, 257, 511, 512, 513, 5_000])('finds all of %i entities, and none else', (count) => {
    const index = new EntityIndex(new Slab());
    const slots = Array.from({ length: count }, (_, key) => index.add(key, lowOf(key)));
    expect(slots.map((_, key) => index.find(key, lowOf(key)))).toEqual(slots);
    expect(slots.map((_, key) => index.find(key + count, lowOf(key)))).toEqual(slots.map(() => -1));
  });

  it('keeps the order of touches when it grows', () => {
    const index = new EntityIndex(new Slab());
    const slots = Array.from({ length: 3_000 }, (_, key) => index.add(0, key));
    index.touch(slots[0]!);
    const order = slots.map(() => {
      const slot = index.oldest();
      index.remove(slot);
      return slot;
    });
    expect(order).toEqual([...slots.slice(1), slots[0]]);
  });

  it('uses the slots of forgotten entities again', () => {
    const slab = new Slab();
    const index = new EntityIndex(slab);
    for (let key = 0; key < 1_000; key++) index.add(1, key);
    for (let key = 1_000; key < 5_000; key++) {
      const slot = index.oldest();
      index.remove(slot);
      expect(index.add(1, key)).toBe(slot);
    }
    expect(slab.end).toBe(1_000);
    expect(index.size).toBe(1_000);
  });

  it('makes the same list anew of what records say', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 100 }), (touched) => {
        const slab = new Slab();
        const index = new EntityIndex(slab);
        for (const key of touched) {
          const slot = index.find(0, key);
          if (slot < 0) index.add(0, key);
          else index.touch(slot);
        }
        const otherSlab = new Slab();
        const other = new EntityIndex(otherSlab);
        for (let slot = slab.end - 1; slot >= 0; slot--) {
          const start = slab.startOf(slot);
          const record = slab.chunkOf(slot).words.subarray(start + index.keyPlace, start + slab.recordWords);
          const copy = otherSlab.take();
          otherSlab.chunkOf(copy).words.set(record, otherSlab.startOf(copy) + other.keyPlace);
          other.adopt(copy);
        }
        other.relink(index.touches);
        expect(other.touches).toBe(index.touches);
        expect(keysByAge(other, otherSlab)).toEqual(keysByAge(index, slab));
      }),
    );
  });

  it('does not take a look-up for a touch', () => {
    const index = new EntityIndex(new Slab());
    const oldest = index.add(0, 1);
    index.add(0, 2);
    index.find(0, 1);
    expect(index.oldest()).toBe(oldest);
  });

  it.each([
    ['the high half', 0xffff_ffff, 0],
    ['the low half', 0, 0xffff_ffff],
  ])('tells keys apart by %s', (_, high, low) => {
    const index = new EntityIndex(new Slab());
    const slot = index.add(high, low);
    expect(index.find(high, low)).toBe(slot);
    expect(index.find(low, high)).toBe(-1);
    expect(index.find(0, 0)).toBe(-1);
  });
});

/** Empties an index; answers the low halves of the keys, the one touched longest ago first. */
function keysByAge(index: EntityIndex, slab: Slab): number[] {
  const keys: number[] = [];
  for (let slot = index.oldest(); slot >= 0; slot = index.oldest()) {
    keys.push(slab.chunkOf(slot).words[slab.startOf(slot) + index.keyPlace + 1]!);
    index.remove(slot);
  }
  return keys;
}
