import { describe, expect, it } from 'vitest';
import { parseEmailAddress } from '../../../src/features/email-address.ts';

describe('parseEmailAddress', () => {
  it.each([
    ['Aigerim.S@Example.kz', 'aigerim.s', 'example.kz', 'aigerim.s@example.kz', false],
    ['aigerim+shop@example.kz', 'aigerim+shop', 'example.kz', 'aigerim@example.kz', true],
    ['a.i.gerim@gmail.com', 'a.i.gerim', 'gmail.com', 'aigerim@gmail.com', false],
    ['a.i.gerim+x@googlemail.com', 'a.i.gerim+x', 'googlemail.com', 'aigerim@gmail.com', true],
    ['+tag@example.com', '+tag', 'example.com', '+tag@example.com', false],
    ['odd@local@example.com', 'odd@local', 'example.com', 'odd@local@example.com', false],
  ])('reads %s', (text, local, domain, mailbox, isAlias) => {
    expect(parseEmailAddress(text)).toEqual({ local, domain, mailbox, isAlias });
  });

  it.each(['', '@', 'no-at', '@example.com', 'name@'])('does not take %j for an address', (text) => {
    expect(parseEmailAddress(text)).toBeUndefined();
  });
});
