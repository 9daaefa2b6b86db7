import { describe, expect, it } from 'vitest';
import { misplacementOf } from '../../../src/steps/record-key.ts';

describe('misplacementOf', () => {
  it.each<[string, Uint8Array | null, string, ReturnType<typeof misplacementOf>]>([
    ['the account', Buffer.from('acc_1'), 'acc_1', undefined],
    ['the account in letters beyond ASCII', Buffer.from('әйгерім'), 'әйгерім', undefined],
    ['no key', null, 'acc_1', 'no_key'],
    ['an empty key', Buffer.alloc(0), 'acc_1', 'no_key'],
    ['another account of the same length', Buffer.from('acc_2'), 'acc_1', 'other_key'],
    ['the account in quotes', Buffer.from('"acc_1"'), 'acc_1', 'other_key'],
    ['Latin-1 bytes that look like the account', Buffer.from('é', 'latin1'), 'é', 'other_key'],
  ])('%s', (_, key, subject, expected) => {
    expect(misplacementOf(key, subject)).toBe(expected);
  });
});
