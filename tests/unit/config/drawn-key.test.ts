import { describe, expect, it } from 'vitest';
import { looksDrawn } from '../../../src/config/drawn-key.ts';
import { Random } from '../../../src/simulation/random.ts';

const hex = (text: string): string => Buffer.from(text).toString('hex');

describe('a key', () => {
  // The first ones were taken without a word: the key of SipHash's own test vectors among them.
  it.each([
    '000102030405060708090a0b0c0d0e0f',
    '00112233445566778899aabbccddeeff',
    'ffeeddccbbaa99887766554433221100',
    '0f0e0d0c0b0a09080706050403020100',
    'fedcba9876543210fedcba9876543210',
    '0123456789abcdef0123456789abcdee',
    '102132435465768798a9bacbdcedfe0f',
    hex('my-secret-key-01'),
    hex('correct horse battery staple 123'),
    'a1b2c3d4e5f60718'.repeat(2),
    'd41a8c0e97b25f36803ce1f749ab5d62'.repeat(2),
    '0'.repeat(32),
    'F'.repeat(64),
    `1${'0'.repeat(30)}2`,
    'deadbeef'.repeat(8),
  ])('that somebody made up is told from one that was drawn: %s', (key) => {
    expect(looksDrawn(key)).toBe(false);
  });

  it.each(['d41a8c0e97b25f36803ce1f749ab5d62', 'D41A8C0E97B25F36803CE1F749AB5D62'])('that was drawn: %s', (key) => {
    expect(looksDrawn(key)).toBe(true);
  });

  it('that is drawn hardly ever looks made up', () => {
    const random = new Random(7);
    const drawn = (words: number): string =>
      Array.from({ length: words }, () => random.uint32().toString(16).padStart(8, '0')).join('');
    const keys = Array.from({ length: 20_000 }, (_, index) => drawn(index % 2 === 0 ? 4 : 8));
    expect(keys.filter((key) => !looksDrawn(key))).toEqual([]);
  });
});
