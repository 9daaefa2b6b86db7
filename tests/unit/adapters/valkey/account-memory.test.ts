import { describe, expect, it } from 'vitest';
import { AccountMemory, memoryWordsMax } from '../../../../src/adapters/valkey/account-memory.ts';
import { standingRecordWords, writeStanding } from '../../../../src/adapters/valkey/record.ts';
import { actions } from '../../../../src/domain/decision.ts';
import { recentEventsMax } from '../../../../src/features/state.ts';

describe('the memory of an account', () => {
  it('knows the last events and forgets the oldest first', () => {
    const memory = new AccountMemory();
    for (let key = 1; key <= recentEventsMax; key++) expect(memory.seen(key)).toBe(false);
    expect(memory.seen(1)).toBe(true);
    expect(memory.seen(recentEventsMax + 1)).toBe(false);
    expect([memory.seen(2), memory.seen(1)]).toEqual([true, false]);
  });

  it.each(actions)('gives a standing back as it was given: %s', (action) => {
    const standing = { action, decisionId: `dec_${'00ff'.repeat(8)}`, sinceMs: 1_790_000_000_000.25 };
    const words = new Uint32Array(standingRecordWords);
    expect(writeStanding(words, 0, standing)).toBe(standingRecordWords);
    const memory = new AccountMemory();
    memory.settle(words, 1, actions.indexOf(action) + 1);
    expect(memory.standing()).toEqual(standing);
  });

  it('is the same after it was written and read', () => {
    const memory = new AccountMemory();
    memory.relabel(1, 70);
    memory.relabel(2, 71);
    memory.join(Uint32Array.of(9, 9, 3, 11, 12, 5, 21, 22), 2, 8);
    const standing = { action: 'review', decisionId: `dec_${'a1'.repeat(16)}`, sinceMs: 5 } as const;
    const record = new Uint32Array(standingRecordWords);
    writeStanding(record, 0, standing);
    memory.settle(record, 1, actions.indexOf('review') + 1);
    for (let key = 1; key <= 20; key++) memory.seen(key);
    const words = new Uint32Array(memoryWordsMax);
    const end = memory.save(words, 0);
    const other = new AccountMemory();
    expect(other.load(words, 0)).toBe(end);
    expect([other.label, other.linkCount, Array.from(other.links).slice(0, 6), other.standing()]).toEqual([
      2,
      2,
      [3, 11, 12, 5, 21, 22],
      standing,
    ]);
    expect([other.formerLabel, other.isLabelledBy(71), other.isLabelledBy(70)]).toEqual([1, true, false]);
    expect([other.seen(12), other.seen(13)]).toEqual([false, false]);
  });

  it('is empty when it is cleared', () => {
    const memory = new AccountMemory();
    memory.seen(1);
    memory.relabel(1, 5);
    memory.clear();
    expect([memory.seen(1), memory.label, memory.isLabelledBy(5), memory.standing(), memory.linkCount]).toEqual([
      false,
      0,
      false,
      undefined,
      0,
    ]);
  });
});
