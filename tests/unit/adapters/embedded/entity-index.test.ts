import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityIndex, indexBytesPerEntity } from '../../../../src/adapters/embedded/entity-index.ts';
import { Slab } from '../../../../src/adapters/embedded/slab.ts';

const chunkBytes = 64 * 1024;

type Command = { readonly do: 'add' | 'remove'; readonly key: number };

/** Few keys, of which many share a bucket: the low half alone chooses it. */
function keyOf(number: number): readonly [high: number, low: number] {
  return [number % 3, 256 * Math.floor(number / 6) + (number % 6)];
}

const commands = fc.array(fc.record<Command>({ do: fc.constantFrom('add', 'add', 'remove'), key: fc.nat(60) }), {
  maxLength: 200,
});

function lowOf(key: number): number {
  return (key % 7) * 65_536 + Math.floor(key / 7) * 3;
}

function emptyIndex() {
  const slab = new Slab(chunkBytes);
  return { slab, index: new EntityIndex(slab, chunkBytes) };
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

  // Table sizes around the doublings, and low halves that share their last bits, so that buckets are split while they are chains.
  it.each([1, 255, 256, 257, 511, 512, 513, 5_000])('finds all of %i entities, and none else', (count) => {
    const { index } = emptyIndex();
    const slots = Array.from({ length: count }, (_, key) => index.add(key, lowOf(key)));
    expect(slots.map((_, key) => index.find(key, lowOf(key)))).toEqual(slots);
    expect(slots.map((_, key) => index.find(key + count, lowOf(key)))).toEqual(slots.map(() => -1));
  });

  it.each([0, 1, 255, 256, 257, 1_000])('finds the %i entities that are left of 5,000', (left) => {
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
    expect(index.allocatedBytes).toBe(atFirst);
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
