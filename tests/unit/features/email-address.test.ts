import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEmailAddress } from '../../../src/features/email-address.ts';
import { codePoint } from '../../code-point.ts';

const mailboxesOf = (...texts: readonly string[]) => new Set(texts.map((text) => readEmailAddress(text)?.mailbox));

describe('readEmailAddress', () => {
  it.each([
    ['Aigerim.S@Example.kz', 'aigerim.s', 'example.kz', 'aigerim.s@example.kz', false],
    ['aigerim+shop@example.kz', 'aigerim+shop', 'example.kz', 'aigerim@example.kz', true],
    ['a.i.gerim@gmail.com', 'a.i.gerim', 'gmail.com', 'aigerim@gmail.com', false],
    ['a.i.gerim+x@googlemail.com', 'a.i.gerim+x', 'googlemail.com', 'aigerim@gmail.com', true],
    ['+tag@example.com', '+tag', 'example.com', '+tag@example.com', false],
    ['...@gmail.com', '...', 'gmail.com', '...@gmail.com', false],
    ['"jane doe"@example.kz', 'jane doe', 'example.kz', 'jane doe@example.kz', false],
    ['"odd@local"@example.com', 'odd@local', 'example.com', 'odd@local@example.com', false],
    ['JANE@MÜNCHEN.example', 'jane', 'xn--mnchen-3ya.example', 'jane@xn--mnchen-3ya.example', false],
    ['иван@почта.рф', 'иван', 'xn--80a1acny.xn--p1ai', 'иван@xn--80a1acny.xn--p1ai', false],
    ['shop@liam.fastmail.com', 'shop', 'liam.fastmail.com', 'liam@fastmail.com', true],
    ['shop@liam.anonaddy.com', 'shop', 'liam.anonaddy.com', 'liam@anonaddy.com', true],
  ])('reads %s', (text, local, domain, mailbox, isAlias) => {
    expect(readEmailAddress(text)).toEqual({ local, domain, mailbox, isAlias });
  });

  it.each([
    [
      [
        'jane@x.kz',
        ' jane@x.kz ',
        'Jane Doe <jane@x.kz>',
        '<jane@x.kz>',
        'mailto:jane@x.kz',
        '"jane"@x.kz',
        'jane@x.kz.',
      ],
    ],
    [['jane@x.kz', 'ｊａｎｅ＠ｘ.ｋｚ', 'ja\u00adne@x.kz', 'jane\u200b@x.kz', 'jane@x.kz\ufeff']],
    [
      [
        'jane@münchen.example',
        'jane@mu\u0308nchen.example',
        'jane@xn--mnchen-3ya.example',
        'jane@XN--MNCHEN-3YA.example',
      ],
    ],
    [['jane@straße.example', 'jane@xn--strae-oqa.example']],
    [['jane@icloud.com', 'jane@me.com', 'jane@mac.com', 'jane+x@icloud.com']],
    [['ju.ne@proton.me', 'june@protonmail.com', 'ju-ne@pm.me', 'ju_ne+x@protonmail.ch']],
    [['olga.b@yandex.ru', 'olga-b@ya.ru', 'olga-b@yandex.kz', 'olga.b+x@yandex.com']],
    [['liam@fastmail.com', 'shop@liam.fastmail.com', 'liam+shop@fastmail.com']],
    [['j.doe@gmail.com', 'JDoe+a+b@GoogleMail.com', 'jdoe@gmail.com.']],
    [['jane@outlook.com', 'jane+x@outlook.com']],
  ])('takes %j for one mailbox', (texts) => {
    expect(mailboxesOf(...texts).size).toBe(1);
    expect(mailboxesOf(...texts)).not.toContain(undefined);
  });

  it.each([
    ['jane.doe@outlook.com', 'janedoe@outlook.com'],
    ['jane.doe@example.kz', 'janedoe@example.kz'],
    ['jane.doe@icloud.com', 'janedoe@icloud.com'],
    ['jane-a@yahoo.com', 'jane-b@yahoo.com'],
    ['jane-doe@gmail.com', 'janedoe@gmail.com'],
    ['jane@outlook.com', 'jane@hotmail.com'],
    ['jane@mail.ru', 'jane@bk.ru'],
    ['jane@fastmail.com', 'jane@fastmail.fm'],
    ['a@liam.example.com', 'b@liam.example.com'],
    ['olgab@yandex.ru', 'olga.b@yandex.ru'],
    ['jose@x.kz', 'josé@x.kz'],
  ])('tells %s from %s', (one, other) => {
    expect(mailboxesOf(one, other).size).toBe(2);
  });

  it.each([
    '',
    '@',
    'no-at',
    '@example.com',
    'name@',
    'name@localhost',
    'name@.kz',
    'name@a..kz',
    'name@[1.2.3.4]',
    'name@1.2.3.4',
    'name@xn--\u0080.kz',
    'odd@local@example.com',
    'a@x.kz, b@x.kz',
    'a b@x.kz',
    `a@${'x'.repeat(64)}.kz`,
    'Jane <jane@x.kz> <joe@x.kz>',
  ])('does not take %j for an address', (text) => {
    expect(readEmailAddress(text)).toBeUndefined();
  });

  it('reads its own reading alike, and throws at no text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: codePoint, maxLength: 64 })), (text) => {
        const read = readEmailAddress(text);
        fc.pre(read !== undefined && !/[\s"\\@]/.test(read.local) && readEmailAddress(read.mailbox) !== undefined);
        expect(readEmailAddress(`${read.local}@${read.domain}`)).toEqual(read);
      }),
    );
  });
});
