import { describe, expect, it } from 'vitest';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';

const referenceKey = Uint8Array.from({ length: 16 }, (_, index) => index);
const message = Uint8Array.from({ length: 64 }, (_, index) => index);

function hash(size: number): string {
  const hasher = new EntityKeyHasher(referenceKey);
  hasher.hashBytes(message, size);
  return hasher.high.toString(16).padStart(8, '0') + hasher.low.toString(16).padStart(8, '0');
}

function hashText(kind: number, text: string, key = referenceKey): string {
  const hasher = new EntityKeyHasher(key);
  hasher.hashText(kind, text);
  return `${hasher.high}:${hasher.low}`;
}

describe('EntityKeyHasher', () => {
  // The first 0, 1, 7, 8, 15 and 63 bytes of 00 01 02 …, from the reference implementation's vectors of SipHash-2-4.
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
    [63, '958a324ceb064572'],
  ])('gives the reference hash of %i bytes', (size, expected) => {
    expect(hash(size)).toBe(expected);
  });

  it('tells equal texts of two kinds apart', () => {
    expect(hashText(1, '192.0.2.7')).not.toBe(hashText(2, '192.0.2.7'));
  });

  it('depends on the key', () => {
    expect(hashText(1, '192.0.2.7')).not.toBe(hashText(1, '192.0.2.7', new Uint8Array(16)));
  });

  it('hashes text outside ASCII by its UTF-8 form', () => {
    const hasher = new EntityKeyHasher(referenceKey);
    const bytes = new TextEncoder().encode('\u0007Айгерим');
    hasher.hashBytes(bytes, bytes.length);
    expect(hashText(7, 'Айгерим')).toBe(`${hasher.high}:${hasher.low}`);
  });

  it('refuses a key that is not 16 bytes', () => {
    expect(() => new EntityKeyHasher(new Uint8Array(8))).toThrow(/16 bytes/);
  });
});
