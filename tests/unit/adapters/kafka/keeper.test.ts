import kafkajs from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keeper } from '../../../../src/adapters/kafka/keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function answer(code: number): Error {
  const said = Object.assign(new Error('in words'), { code, type: 'ANY', retriable: true });
  return new kafkajs.KafkaJSProtocolError(said);
}

/** A coordinator that is not lost. */
const calm = { failed: () => undefined, loss: undefined };

describe('the keeper', () => {
  it('sends heartbeats as long as the batch is in work, and none afterwards', async () => {
    let beats = 0;
    {
      using keeper = new Keeper(async () => void (beats += 1), 300, calm);
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
    using keeper = new Keeper(() => Promise.reject(error), 300, calm);
    await vi.advanceTimersByTimeAsync(400);
    expect(keeper.signal.aborted).toBe(ends);
    expect(keeper.signal.reason).toBe(ends ? error : undefined);
  });

  it('ends the batch when the coordinator is lost, with the answer at which kafkajs looks for another', async () => {
    const loss = { code: 'BROKER_UNREACHABLE', message: 'It is gone.' } as const;
    const failures: unknown[] = [];
    const error = new kafkajs.KafkaJSConnectionError('gone');
    const watch = {
      failed: (failure: unknown) => void failures.push(failure),
      get loss() {
        return failures.length < 3 ? undefined : loss;
      },
    };
    using keeper = new Keeper(() => Promise.reject(error), 300, watch);
    await vi.advanceTimersByTimeAsync(300);
    expect(failures).toEqual([error, error, error]);
    await vi.advanceTimersByTimeAsync(100);
    expect(keeper.signal.reason).toMatchObject({ type: 'NOT_COORDINATOR_FOR_GROUP', code: 16, message: 'It is gone.' });
  });
});
