import { expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { BufferPool } from '../../../src/features/buffer-pool.ts';

const batchesMax = limits.partitionsUnsettledMax;

function giveAll(pool: BufferPool, bytes: number, count: number): ReadonlySet<ArrayBufferLike> {
  const buffers = Array.from({ length: count }, () => new ArrayBuffer(bytes));
  for (const buffer of buffers) pool.give(buffer);
  return new Set(buffers);
}

// Sixteen were kept, and four times as many batches wait for their sends where brokers are slow.
it('all that batches under way have used are used again', () => {
  const pool = new BufferPool();
  const given = giveAll(pool, 1_000, batchesMax);
  const taken = Array.from({ length: batchesMax }, () => pool.take(1_000));
  expect(new Set(taken)).toEqual(given);
  expect(taken.every((buffer) => given.has(buffer))).toBe(true);
});

// What a batch of one record had used was on top, and was thrown away by the next batch of many.
it('a small one is neither lent where a large one is wanted, nor lost for that, nor is a large one lent for it', () => {
  const pool = new BufferPool();
  const [large, small] = [new ArrayBuffer(1_000), new ArrayBuffer(10)];
  pool.give(large);
  pool.give(small);
  expect(pool.take(5)).toBe(small);
  pool.give(small);
  expect(pool.take(500)).toBe(large);
  expect(pool.take(10)).toBe(small);
});

it('small ones make room for large ones', () => {
  const pool = new BufferPool();
  giveAll(pool, 10, batchesMax);
  const large = giveAll(pool, 1_000, batchesMax);
  giveAll(pool, 10, batchesMax);
  for (let count = 0; count < batchesMax; count += 1) expect(large.has(pool.take(10))).toBe(true);
  expect(pool.take(10).byteLength).toBe(10);
});
