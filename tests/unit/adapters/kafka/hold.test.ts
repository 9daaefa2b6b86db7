import { describe, expect, it } from 'vitest';
import { HoldBoard } from '../../../../src/holds.ts';
import { holdUntilDone, type HoldOptions } from '../../../../src/adapters/kafka/hold.ts';

interface Scene {
  readonly options: HoldOptions;
  readonly told: string[];
  readonly turns: () => number;
  readonly stop: AbortController;
}

function scene(overrides: Partial<HoldOptions> = {}): Scene {
  const told: string[] = [];
  const stop = new AbortController();
  let nowMs = 0;
  let turns = 0;
  const options: HoldOptions = {
    backoff: { initialMs: 1, maxMs: 2 },
    holds: new HoldBoard(
      { nowMs: () => 0, monotonicMs: () => (nowMs += 100) },
      {
        held: (step, { code }, attempt) => told.push(`held ${step} ${code} ${attempt}`),
        released: (step, heldMs) => told.push(`released ${step} after ${heldMs}`),
      },
    ),
    progress: () => (turns += 1),
    signal: stop.signal,
    judge: (error) =>
      error instanceof RangeError
        ? { step: 'send', failure: { code: 'SEND_FAILED', message: error.message } }
        : undefined,
    ...overrides,
  };
  return { options, told, turns: () => turns, stop };
}

/** Fails so many times, then answers. */
function failing(times: number, error: Error = new RangeError('away')): () => Promise<string> {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw error;
    return 'done';
  };
}

describe('a hold', () => {
  it('tells nothing of what works at once', async () => {
    const { options, told } = scene();
    expect(await holdUntilDone(failing(0), options)).toBe('done');
    expect(told).toEqual([]);
  });

  it('tries until it works, tells of each try, and of the release once', async () => {
    const { options, told, turns } = scene();
    expect(await holdUntilDone(failing(3), options)).toBe('done');
    expect(told).toEqual([
      'held send SEND_FAILED 1',
      'held send SEND_FAILED 2',
      'held send SEND_FAILED 3',
      'released send after 100',
    ]);
    expect(turns()).toBe(4);
  });

  it('ends with an error that is hopeless, and is released then too', async () => {
    let attempts = 0;
    const { options, told } = scene();
    const attempt = async (): Promise<never> => {
      attempts += 1;
      throw attempts < 3 ? new RangeError('away') : new TypeError('hopeless');
    };
    await expect(holdUntilDone(attempt, options)).rejects.toThrow('hopeless');
    expect(told.at(-1)).toMatch(/^released/);
  });

  it('ends when it is told to, with the reason, and is released', async () => {
    const { options, told, stop } = scene({ backoff: { initialMs: 60_000, maxMs: 60_000 } });
    const held = holdUntilDone(failing(Infinity), options);
    setTimeout(() => stop.abort(new Error('elsewhere')), 5);
    await expect(held).rejects.toThrow('elsewhere');
    expect(told).toEqual(['held send SEND_FAILED 1', 'released send after 100']);
  });

  it('tries once even when it was told to end before', async () => {
    const { options, stop } = scene();
    stop.abort(new Error('elsewhere'));
    expect(await holdUntilDone(failing(0), options)).toBe('done');
    await expect(holdUntilDone(failing(1), options)).rejects.toThrow('elsewhere');
  });
});
