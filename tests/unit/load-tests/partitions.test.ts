import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { linesOf, partitionedBatches } from '../../../load-tests/bench/partitions.ts';
import { batchSize } from '../../../load-tests/bench/sample.ts';

const line = (account: number, event: number) => Buffer.from(`{"id":"${event}","subject":"acc_${account}"}`);

it('reads the lines of a file, however the reads fall', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-lines-'));
  try {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index} ${'é'.repeat(index % 301)}`);
    await writeFile(join(folder, 'lines'), lines.join('\n'));
    expect(Array.from(linesOf(join(folder, 'lines')), String)).toEqual(lines);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('an account has one partition, batches are full, and offsets go up one by one', () => {
  const lines = Array.from({ length: 20_000 }, (_, event) => line(event % 500, event));
  const partitionOf = new Map<string, number>();
  const ends = new Map<number, number>();
  let events = 0;
  for (const { partition, records } of partitionedBatches(lines, 8)) {
    expect(records).toHaveLength(batchSize);
    for (const { offset, value } of records) {
      const { subject } = JSON.parse(String(Buffer.from(value!))) as { subject: string };
      expect(partitionOf.get(subject) ?? partition).toBe(partition);
      partitionOf.set(subject, partition);
      expect(offset).toBe(ends.get(partition) ?? 0);
      ends.set(partition, offset + 1);
      events++;
    }
  }
  expect(ends.size).toBe(8);
  expect(events).toBeGreaterThan(20_000 - 8 * batchSize);
});
