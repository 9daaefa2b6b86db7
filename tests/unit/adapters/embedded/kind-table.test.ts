import { expect, it } from 'vitest';
import { Budget } from '../../../../src/adapters/embedded/budget.ts';
import { SlabBlocks } from '../../../../src/adapters/embedded/distinct-blocks.ts';
import { KindTable } from '../../../../src/adapters/embedded/kind-table.ts';
import { kindLayouts } from '../../../../src/features/state.ts';

const chunkBytes = 64 * 1024;

it('lets nobody remove the blank record, nor an entity that is not there: another would be in its place', () => {
  const blocks = new SlabBlocks(chunkBytes, () => undefined);
  const table = new KindTable(kindLayouts[0]!, blocks, new Budget(), chunkBytes);
  const slot = table.add(7, 8);
  for (const none of [table.blank(), -1, slot + 1]) expect(() => table.remove(none)).toThrow('what goes is held');
  expect(table.index.find(7, 8)).toBe(slot);
  table.remove(slot);
  expect(table.index.find(7, 8)).toBe(-1);
});
