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

describe('SlabBlocks', () => {
  it('counts nothing in a block that was given back and taken again', () => {
    const blocks = new SlabBlocks();
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
    const blocks = new SlabBlocks();
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
    const blocks = new SlabBlocks();
    blocks.release(noBlock);
    const counters = [new Counter(blocks), new Counter(blocks)];
    for (const counter of counters) counter.add(1);
    expect(counters[0]!.handle).not.toBe(counters[1]!.handle);
  });

  it('keeps all counters apart when it grows', () => {
    const blocks = new SlabBlocks();
    const counters = Array.from({ length: 500 }, () => new Counter(blocks));
    for (let element = 1; element <= 40; element++) {
      for (const [index, counter] of counters.entries())
        if (element <= index % 33) counter.add(element * 1_000 + index);
    }
    expect(counters.map((counter) => counter.count())).toEqual(counters.map((_, index) => index % 33));
  });
});
