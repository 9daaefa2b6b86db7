import { describe, expect, it } from 'vitest';
import { SlabBlocks } from '../../../../src/adapters/embedded/distinct-blocks.ts';
import { countDistinct, secondOf } from '../../../../src/history/distinct-counts.ts';
import { noBlock } from '../../../../src/history/kind-history.ts';
import { Random } from '../../../../src/simulation/random.ts';

const startS = secondOf(Date.UTC(2026, 9, 5, 12));
const dayS = 86_400;

/** One counter over a day. */
class Counter {
  handle = noBlock;
  readonly blocks: SlabBlocks;

  constructor(blocks: SlabBlocks) {
    this.blocks = blocks;
  }

  add(element: number): void {
    this.handle = this.blocks.add(this.handle, element, startS, dayS);
  }

  addMany(count: number, random: Random): void {
    for (let index = 0; index < count; index++) this.add(random.uint32() || 1);
  }

  count(): number {
    const { handle, blocks } = this;
    if (handle === noBlock) return 0;
    return countDistinct(blocks.wordsOf(handle), blocks.placeOf(handle), startS, dayS, dayS);
  }
}

/** Blocks of which the last one alone is given back. */
function noMoves(): SlabBlocks {
  return new SlabBlocks(64 * 1024, () => expect.unreachable('no block moves'));
}

describe('SlabBlocks', () => {
  it('counts nothing in a block that was given back and taken again', () => {
    const blocks = noMoves();
    const former = new Counter(blocks);
    former.addMany(1_000, new Random(108));
    const { handle } = former;
    blocks.release(handle);
    const next = new Counter(blocks);
    for (let element = 1; element <= 5; element++) next.add(element * 0x0400_0001);
    expect(next.handle).toBe(handle);
    expect(next.count()).toBe(5);
  });

  it('uses the small block of a counter that moved into a large one again', () => {
    const blocks = noMoves();
    const moving = new Counter(blocks);
    moving.add(1);
    const small = moving.handle;
    for (let element = 2; element <= 5; element++) moving.add(element);
    const next = new Counter(blocks);
    next.add(9);
    expect(moving.handle).not.toBe(small);
    expect(next.handle).toBe(small);
    expect(moving.count()).toBe(5);
    expect(next.count()).toBe(1);
  });

  it('takes the release of no handle for nothing', () => {
    const blocks = noMoves();
    blocks.release(noBlock);
    const counters = [new Counter(blocks), new Counter(blocks)];
    for (const counter of counters) counter.add(1);
    expect(counters[0]!.handle).not.toBe(counters[1]!.handle);
  });

  it('moves the last block into the place of one that is given back, and tells its owner', () => {
    const counters: Counter[] = [];
    const blocks: SlabBlocks = new SlabBlocks(64 * 1024, (kind, slot, from, to) => {
      expect(kind).toBe(slot % 5);
      expect(counters[slot]!.handle).toBe(from);
      counters[slot]!.handle = to;
    });
    const random = new Random(7);
    for (let slot = 0; slot < 400; slot++) {
      counters.push(new Counter(blocks));
      blocks.serve(slot % 5, slot);
      // Some stay small, some move into a large block, and leave a small one behind.
      for (let element = 1; element <= 1 + (slot % 9); element++) counters[slot]!.add(element * 1_000 + slot);
    }
    const bytesAtMost = blocks.bytes;
    const left = new Set(counters.keys());
    while (left.size > 0) {
      const slot = [...left][random.integer(0, left.size - 1)]!;
      left.delete(slot);
      const { handle } = counters[slot]!;
      counters[slot]!.handle = noBlock;
      blocks.release(handle);
      for (const other of [...left].slice(0, 20)) expect(counters[other]!.count()).toBe(1 + (other % 9));
    }
    expect(bytesAtMost).toBeGreaterThan(0);
    expect(blocks.bytes).toBe(0);
    expect(blocks.slabs.map(({ end }) => end)).toEqual([0, 0]);
  });
});
