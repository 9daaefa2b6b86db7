import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { KnownKeys } from '../../../src/net/known-keys.ts';

const value = new Uint8Array(1);

describe('the keys of a log', () => {
  it('are no more than are kept: one too many is refused, and taken once another is gone', () => {
    const taken: string[] = [];
    const refused: number[] = [];
    const keys = new KnownKeys({ take: ({ key }) => taken.push(key), refused: (_, offset) => refused.push(offset) });
    for (let index = 0; index <= limits.changeKeysMax; index++) keys.take({ key: `k${index}`, value, offset: index });
    expect([keys.size, taken.length, refused]).toEqual([
      limits.changeKeysMax,
      limits.changeKeysMax,
      [limits.changeKeysMax],
    ]);
    keys.take({ key: 'k7', value, offset: 1 }); // a known one may change
    keys.take({ key: 'k0', value: null, offset: 2 });
    keys.take({ key: 'another', value, offset: 3 });
    expect(taken.at(-1)).toBe('another');
  });

  it('that are gone are those of the part that was read anew, and of no other', () => {
    const gone: string[] = [];
    const keys = new KnownKeys({ take: ({ key, value: held }) => held === null && gone.push(key), refused: () => 0 });
    for (const [key, part] of [
      ['a', 0],
      ['b', 0],
      ['c', 1],
    ] as const)
      keys.take({ key, value, offset: 0 }, part);
    keys.readAnew(0);
    keys.take({ key: 'b', value, offset: 1 }, 0);
    keys.readToEnd(2, 0);
    expect(gone).toEqual(['a']);
  });

  it('stay where a log that was made anew has them in another part', () => {
    const gone: string[] = [];
    const keys = new KnownKeys({ take: ({ key, value: held }) => held === null && gone.push(key), refused: () => 0 });
    keys.take({ key: 'a', value, offset: 0 }, 0);
    keys.readAnew(0);
    keys.take({ key: 'a', value, offset: 0 }, 1);
    keys.readToEnd(0, 0);
    expect([gone, keys.size]).toEqual([[], 1]);
  });

  it('that are no text, or none, are refused', () => {
    const refused: string[] = [];
    const keys = new KnownKeys({ take: () => expect.fail(), refused: ({ message }) => refused.push(message) });
    keys.take({ key: null, value, offset: 0 });
    keys.take({ key: Uint8Array.of(0xff, 0xfe), value, offset: 1 });
    expect(refused).toEqual(['The record has no key.', 'The key is not UTF-8.']);
  });

  it('that nobody knew are not told as gone', () => {
    const keys = new KnownKeys({ take: () => expect.fail(), refused: () => expect.fail() });
    keys.take({ key: 'a', value: null, offset: 0 });
    expect(keys.size).toBe(0);
  });
});
