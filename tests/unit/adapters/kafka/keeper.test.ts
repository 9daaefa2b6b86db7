import kafkajs from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keeper } from '../../../../src/adapters/kafka/keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function answer(code: number): Error {
  const said = Object.assign(new Error('in words'), { code, type: 'ANY', retriable: true });
  return new kafkajs.KafkaJSProtocolError(said);
}

describe('the keeper', () => {
  it('sends heartbeats as long as the batch is in work, and none afterwards', async () => {
    let beats = 0;
    {
      using keeper = new Keeper(async () => void (beats += 1), 300);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(keeper.signal.aborted).toBe(false);
      expect(beats).toBe(10);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(beats).toBe(10);
  });

  it.each([
    ['a rebalance', answer(27), true],
    ['a coordinator that moved', answer(16), true],
    ['a member that is not known', answer(25), true],
    ['a coordinator that loads', answer(14), false],
    ['a coordinator that is not there yet', answer(15), false],
    ['a connection that failed', new kafkajs.KafkaJSConnectionError('gone'), false],
  ])('on %s', async (_what, error, ends) => {
    using keeper = new Keeper(() => Promise.reject(error), 300);
    await vi.advanceTimersByTimeAsync(400);
    expect(keeper.signal.aborted).toBe(ends);
    expect(keeper.signal.reason).toBe(ends ? error : undefined);
  });
});
