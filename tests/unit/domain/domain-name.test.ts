import { describe, expect, it } from 'vitest';
import { readDomainName } from '../../../src/domain/domain-name.ts';

describe('readDomainName', () => {
  it.each([
    ['Gmail.COM', 'gmail.com'],
    ['gmail.com.', 'gmail.com'],
    ['münchen.example', 'xn--mnchen-3ya.example'],
    ['MÜNCHEN.example', 'xn--mnchen-3ya.example'],
    ['mu\u0308nchen.example', 'xn--mnchen-3ya.example'],
    ['XN--MNCHEN-3YA.example', 'xn--mnchen-3ya.example'],
    ['почта.рф', 'xn--80a1acny.xn--p1ai'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['a_b.example', 'a_b.example'],
  ])('reads %s as %s', (text, name) => {
    expect(readDomainName(text)).toBe(name);
  });

  it.each([
    '',
    '.',
    '..',
    'com',
    'a..b',
    '.a.b',
    'a.b..',
    'a b.com',
    'a@b.com',
    '1.2.3.4',
    'x'.repeat(300),
    'xn--\u0080.kz',
  ])('does not take %j for a domain', (text) => {
    expect(readDomainName(text)).toBeUndefined();
  });
});
