import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { codePoint } from '../../code-point.ts';

const referenceKey = Uint8Array.from({ length: 16 }, (_, index) => index);
const message = Uint8Array.from({ length: 64 }, (_, index) => index);

function hash(size: number): string {
  const hasher = new EntityKeyHasher(referenceKey);
  hasher.hashBytes(message.subarray(0, size));
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

  it('gives what SipHash is by definition, whatever the text and the key, one after the other', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.array(fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: codePoint, maxLength: 60 }))),
        (key, texts) => {
          for (const text of texts) {
            const expected = sipHash(key, Buffer.concat([Buffer.from([5]), Buffer.from(text)]));
            expect(hashText(5, text, key)).toBe(`${expected >> 32n}:${expected & 0xffffffffn}`);
          }
        },
      ),
      { numRuns: 25 },
    );
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
    hasher.hashBytes(bytes);
    expect(hashText(7, 'Айгерим')).toBe(`${hasher.high}:${hasher.low}`);
  });

  it('refuses a key that is not 16 bytes', () => {
    expect(() => new EntityKeyHasher(new Uint8Array(8))).toThrow(/16 bytes/);
  });
});

const word = (bytes: Uint8Array): bigint => Buffer.from(bytes).readBigUInt64LE();
const left = (value: bigint, bits: bigint): bigint => BigInt.asUintN(64, (value << bits) | (value >> (64n - bits)));

/** SipHash-2-4 as its authors write it down. */
function sipHash(key: Uint8Array, text: Buffer): bigint {
  const [k0, k1] = [word(key.subarray(0, 8)), word(key.subarray(8))];
  let [v0, v1, v2, v3] = [
    0x736f6d6570736575n ^ k0,
    0x646f72616e646f6dn ^ k1,
    0x6c7967656e657261n ^ k0,
    0x7465646279746573n ^ k1,
  ];
  const round = (): void => {
    v0 = BigInt.asUintN(64, v0 + v1);
    v1 = left(v1, 13n) ^ v0;
    v0 = left(v0, 32n);
    v2 = BigInt.asUintN(64, v2 + v3);
    v3 = left(v3, 16n) ^ v2;
    v0 = BigInt.asUintN(64, v0 + v3);
    v3 = left(v3, 21n) ^ v0;
    v2 = BigInt.asUintN(64, v2 + v1);
    v1 = left(v1, 17n) ^ v2;
    v2 = left(v2, 32n);
  };
  const padded = Buffer.alloc(text.length - (text.length % 8) + 8);
  text.copy(padded);
  padded[padded.length - 1] = text.length;
  for (let at = 0; at < padded.length; at += 8) {
    const m = word(padded.subarray(at, at + 8));
    v3 ^= m;
    round();
    round();
    v0 ^= m;
  }
  v2 ^= 0xffn;
  for (let sealing = 0; sealing < 4; sealing++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}
