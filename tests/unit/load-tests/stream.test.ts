import { describe, expect, it } from 'vitest';
import { makeEvents } from '../../../load-tests/load/stream.ts';
import { limits } from '../../../src/domain/limits.ts';
import { decodeEvent } from '../../../src/wire/decode-event.ts';

const endMs = Date.UTC(2027, 2, 14, 15, 9, 26, 535);
const events = makeEvents({ count: 300, seed: 7, endMs });

function decoded(list: typeof events) {
  return list.map(({ key, value }, offset) => {
    const result = decodeEvent({ offset, key, value, headers: [], timestampMs: 0 });
    if (!result.ok) throw new Error(result.failure.message);
    return result.value;
  });
}

describe('makeEvents', () => {
  it('gives as many events as are asked for, which the decoder takes', () => {
    expect(decoded(events)).toHaveLength(300);
  });

  it('gives each an id of its own, and the account as its key', () => {
    expect(new Set(events.map(({ id }) => id)).size).toBe(300);
    expect(events.map(({ id, key }) => ({ id, subject: key.toString() }))).toEqual(
      decoded(events).map(({ id, subject }) => ({ id, subject })),
    );
  });

  it('lets the last one happen at the end, and all of them within the windows', () => {
    const times = decoded(events).map(({ timeMs }) => timeMs);
    expect(times.at(-1)).toBe(endMs);
    expect(times).toEqual(times.toSorted((first, second) => first - second));
    expect(endMs - times[0]!).toBeLessThan(limits.eventBehindMsMax);
  });

  it('gives the same stream at another time, shifted', () => {
    const laterMs = endMs + 86_400_000;
    const later = makeEvents({ count: 300, seed: 7, endMs: laterMs });
    const shifted = decoded(events).map((event) => ({ ...event, timeMs: event.timeMs + 86_400_000 }));
    expect(decoded(later)).toEqual(shifted);
  });
});
