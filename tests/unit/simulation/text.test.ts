import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import { nearDuplicate } from '../../../src/simulation/text.ts';

function bitsApart(first: string, second: string): number {
  return (BigInt(`0x${first}`) ^ BigInt(`0x${second}`)).toString(2).replaceAll('0', '').length;
}

describe('nearDuplicate', () => {
  it('is a hash at most as many bits away as asked for', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 8 }), (seed, bitsTurned) => {
        const random = new Random(seed);
        const hash = random.hex(16);
        const near = nearDuplicate(hash, bitsTurned, random);
        expect(near).toMatch(/^[0-9a-f]{16}$/);
        expect(bitsApart(hash, near)).toBeLessThanOrEqual(bitsTurned);
      }),
    );
  });
});
