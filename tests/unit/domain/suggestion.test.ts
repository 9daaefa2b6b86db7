import { describe, expect, it } from 'vitest';
import { suggestion } from '../../../src/domain/similar.ts';

const names = ['form_ms', 'captcha_ms', 'device_accounts_24h', 'device_accounts_7d'];

describe('the suggestion for a misspelt name', () => {
  it.each([
    ['fom_ms', 'form_ms'],
    ['form_msec', 'form_ms'],
    ['device_acounts_24h', 'device_accounts_24h'],
    ['device_account_7d', 'device_accounts_7d'],
  ])('of %s is %s', (misspelt, expected) => {
    expect(suggestion(misspelt, names)).toBe(` Did you mean ${expected}?`);
  });

  it.each(['temperature', 'x', ''])('of %j is nothing', (misspelt) => {
    expect(suggestion(misspelt, names)).toBe('');
  });
});
