import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityIndex, indexBytesPerEntity } from '../../../../src/adapters/embedded/entity-index.ts';
import { Random } from '../../../../src/simulation/random.ts';
import { Slab } from '../../../../src/adapters/embedded/slab.ts';

const chunkBytes = 64 * 1024;

type Command = { readonly do: 'add' | 'remove'; readonly key: number };

/** Few keys, of which many are looked for from one place on. */
function keyOf(number: number): readonly [high: number, low: number] {
  return [number % 3, 256 * Math.floor(number / 6) + (number % 6)];
}

const commands = fc.array(fc.record<Command>({ do: fc.constantFrom('add', 'add', 'remove'), key: fc.nat(60) }), {
  maxLength: 200,
});

function lowOf(key: number): number {
  return (key % 7) * 65_536 + Math.floor(key / 7) * 3;
}

function emptyIndex(slotBits?: number) {
  const slab = new Slab(chunkBytes);
  return { slab, index: new EntityIndex(slab, chunkBytes, slotBits) };
}

/** Forgets the entity in a slot, as a table does: the last one moves there. */
function forget({ slab, index }: ReturnType<typeof emptyIndex>, slot: number): void {
  index.remove(slot);
  const last = slab.end - 1;
  if (slot !== last) {
    index.move(last, slot);
    slab.copy(last, slot);
  }
  slab.releaseLast();
}

describe('EntityIndex', () => {
  it('finds and forgets entities as a map does, while others move', () => {
    fc.assert(
      fc.property(commands, (drawn) => {
        const held = emptyIndex();
        /** Key of each slot. */
        const plain: number[] = [];
        for (const { do: what, key } of drawn) {
          const slot = plain.indexOf(key);
          if (what === 'add' && slot < 0) {
            expect(held.index.add(...keyOf(key))).toBe(plain.push(key) - 1);
          } else if (what === 'remove' && slot >= 0) {
            forget(held, slot);
            const last = plain.pop()!;
            if (slot < plain.length) plain[slot] = last;
          }
          expect(held.index.size).toBe(plain.length);
        }
        for (let key = 0; key <= 60; key++) expect(held.index.find(...keyOf(key))).toBe(plain.indexOf(key));
      }),
    );
  });

  it('gives each entity a slot of its own', () => {
    const { index } = emptyIndex();
    const slots = Array.from({ length: 300 }, (_, key) => index.add(...keyOf(key)));
    expect(new Set(slots).size).toBe(300);
  });

  // Around the sizes at which segments are split, and low halves that lie near each other.
  it.each([1, 207, 208, 209, 416, 417, 5_000])('finds all of %i entities, and none else', (count) => {
    const { index } = emptyIndex();
    const slots = Array.from({ length: count }, (_, key) => index.add(key, lowOf(key)));
    expect(slots.map((_, key) => index.find(key, lowOf(key)))).toEqual(slots);
    expect(slots.map((_, key) => index.find(key + count, lowOf(key)))).toEqual(slots.map(() => -1));
  });

  it.each([0, 1, 176, 177, 1_000])('finds the %i entities that are left of 5,000', (left) => {
    const held = emptyIndex();
    for (let key = 0; key < 5_000; key++) held.index.add(key, lowOf(key));
    for (let key = 4_999; key >= left; key--) forget(held, held.index.find(key, lowOf(key)));
    for (let key = 0; key < 5_000; key++) expect(held.index.find(key, lowOf(key))).toBe(key < left ? key : -1);
  });

  it('takes as much as it has entities, and gives back what it took for others', () => {
    const held = emptyIndex();
    const { index } = held;
    const expectBounded = (): void =>
      expect(index.allocatedBytes).toBeLessThanOrEqual(index.size * indexBytesPerEntity + index.slackBytesMax);
    const atFirst = index.allocatedBytes;
    for (let key = 0; key < 30_000; key++) index.add(1, key);
    expectBounded();
    expect(index.allocatedBytes).toBeGreaterThan(10 * atFirst);
    while (index.size > 0) {
      forget(held, 0);
      if (index.size % 100 === 0) expectBounded();
    }
    expectBounded();
  });

  // A place of which the entity went ends no search, and is used again; where nearly all are such, the segment is made anew.
  it('finds all, and ends its search for what is not held, while entities come and go without end', () => {
    const held = emptyIndex();
    const random = new Random(11);
    const plain: (readonly [number, number])[] = [];
    for (let round = 0; round < 5_000; round++) {
      if (plain.length === 150) {
        const slot = random.integer(0, plain.length - 1);
        forget(held, slot);
        const last = plain.pop()!;
        if (slot < plain.length) plain[slot] = last;
      }
      const key = [random.uint32(), random.uint32()] as const;
      expect(held.index.find(...key)).toBe(-1);
      expect(held.index.add(...key)).toBe(plain.push(key) - 1);
    }
    for (const [slot, key] of plain.entries()) expect(held.index.find(...key)).toBe(slot);
    expect(held.index.allocatedBytes).toBe(emptyIndex().index.allocatedBytes);
  });

  it('finds all when slots outgrow their bits, those that went among them', () => {
    const held = emptyIndex(4);
    const keys = Array.from({ length: 5_000 }, (_, key) => [Math.imul(key, 0x9e37_79b1) >>> 0, key * 7] as const);
    for (const key of keys) held.index.add(...key);
    forget(held, 3);
    expect(keys.map((key) => held.index.find(...key))).toEqual(
      keys.map((_, key) => (key === 3 ? -1 : key === 4_999 ? 3 : key)),
    );
  });

  it('reads no record of another key whose tag differs, and every one whose tag is the same', () => {
    const { index } = emptyIndex();
    const slots = [0x1200_0005, 0x3400_0005, 0x1200_0105].map((high) => index.add(high, 9));
    expect([0x1200_0005, 0x3400_0005, 0x1200_0105].map((high) => index.find(high, 9))).toEqual(slots);
    expect(index.find(0x1200_0205, 9)).toBe(-1);
  });

  it.each([
    ['the high half', 0xffff_ffff, 0],
    ['the low half', 0, 0xffff_ffff],
  ])('tells keys apart by %s', (_, high, low) => {
    const { index } = emptyIndex();
    const slot = index.add(high, low);
    expect(index.find(high, low)).toBe(slot);
    expect(index.find(low, high)).toBe(-1);
    expect(index.find(0, 0)).toBe(-1);
  });
});
