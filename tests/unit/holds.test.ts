import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/domain/failure.ts';
import { HoldBoard } from '../../src/holds.ts';

const failure: Failure = { code: 'STORE_UNAVAILABLE', message: 'no answer.' };

function board() {
  const told: unknown[] = [];
  const clock = { ms: 0, nowMs: () => 0, monotonicMs: () => clock.ms };
  const telemetry = {
    held: (...args: readonly unknown[]) => void told.push(['held', ...args]),
    released: (...args: readonly unknown[]) => void told.push(['released', ...args]),
  };
  let changes = 0;
  const holds = new HoldBoard(clock, telemetry, () => void changes++);
  return { holds, clock, told, changes: () => changes };
}

describe('HoldBoard', () => {
  it('says who waits, since when and for what, until the end', () => {
    const { holds, clock } = board();
    const place = { step: 'store', topic: 'account-events', partition: 3 } as const;
    clock.ms = 7;
    const hold = holds.begin(place);
    expect(holds.current()).toEqual([{ ...place, sinceMs: 7, failure: null }]);
    hold.tried(failure, 10);
    expect(holds.current()).toEqual([{ ...place, sinceMs: 7, failure }]);
    hold.end();
    expect(holds.current()).toEqual([]);
  });

  it('tells of each try by its number, and of the end once', () => {
    const { holds, clock, told } = board();
    const hold = holds.begin({ step: 'send' });
    hold.tried(failure, 10);
    hold.tried(failure, 20);
    clock.ms = 100;
    hold.end();
    hold.end();
    expect(told).toEqual([
      ['held', 'send', failure, 1, 10, { step: 'send' }],
      ['held', 'send', failure, 2, 20, { step: 'send' }],
      ['released', 'send', 100, { step: 'send' }],
    ]);
  });

  it('tells when the first hold begins and when the last one ends', () => {
    const { holds, changes } = board();
    const [first, second] = [holds.begin({ step: 'send' }), holds.begin({ step: 'store' })];
    expect(changes()).toBe(1);
    first.end();
    expect(changes()).toBe(1);
    second.end();
    expect(changes()).toBe(2);
  });
});
