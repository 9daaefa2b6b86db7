import { describe, expect, it } from 'vitest';
import type { AccountEvent, EventType, UnreadableMember } from '../../../src/domain/event.ts';
import { readFacts } from '../../../src/features/facts.ts';
import type { AddressBits } from '../../../src/domain/network-blocks.ts';
import { noReference, type Reference } from '../../../src/features/reference.ts';
import { exampleEvents } from '../../../src/wire/examples.ts';
import { eventOf, signupOf } from '../steps/events.ts';

const nilUuid = '00000000-0000-0000-0000-000000000000';
const context = { ip: '95.56.234.10', device_id: 'd_91af' };

/** The example of the contract, with a context whatever its type. */
function exampleOf(type: EventType) {
  return readFacts(eventOf(type, { ...exampleEvents[type].data, context }));
}

describe('readFacts', () => {
  it.each<EventType>([
    'account.signup',
    'account.login',
    'account.verified',
    'account.profile_updated',
    'social.request_sent',
    'content.created',
  ])('takes %s for the account’s own act, in its own context', (type) => {
    const { isOwn, context: own, address, deviceId } = exampleOf(type);
    expect({ isOwn, own, address, deviceId }).toEqual({
      isOwn: true,
      own: context,
      address: expect.objectContaining({ host: '95.56.234.10', network: '95.56.234', site: '95.56.232/22' }),
      deviceId: 'd_91af',
    });
  });

  it.each<EventType>(['social.request_answered', 'account.reported', 'account.labelled', 'account.erasure_requested'])(
    'takes %s for another’s act, whose context is not the account’s',
    (type) => {
      const { isOwn, context: own, address, deviceId } = exampleOf(type);
      expect({ isOwn, own, address, deviceId }).toEqual({
        isOwn: false,
        own: undefined,
        address: undefined,
        deviceId: undefined,
      });
    },
  );

  it('reads who signs up', () => {
    const { signup, email, phone, username } = readFacts(
      signupOf('acc_1', { email: 'A.B@Example.com', phone: '+77011234567', username: 'ab' }),
    );
    expect({ signup: signup?.status, email: email?.mailbox, phone, username }).toEqual({
      signup: 'succeeded',
      email: 'a.b@example.com',
      phone: '+77011234567',
      username: 'ab',
    });
  });

  it('reads an identity in signups alone', () => {
    const { signup, email, phone, username } = readFacts(eventOf('account.profile_updated', { username: 'ab' }));
    expect({ signup, email, phone, username }).toEqual({
      signup: undefined,
      email: undefined,
      phone: undefined,
      username: undefined,
    });
  });

  it.each([
    ['absent', {}],
    ['empty', { email: '', phone: '', username: '', context: { ip: '', device_id: '' } }],
    ['no address', { email: 'nobody', context: { ip: 'localhost' } }],
  ])('takes what is %s for missing', (_, data) => {
    const { address, deviceId, email, phone, username } = readFacts(signupOf('acc_1', data));
    expect({ address, deviceId, email, phone, username }).toEqual({
      address: undefined,
      deviceId: undefined,
      email: undefined,
      phone: undefined,
      username: undefined,
    });
  });

  it.each<readonly [string, AccountEvent, UnreadableMember]>([
    ['an address that is none', signupOf('a', { context: { ip: '1.2.3.004' } }), 'context.ip'],
    ['an address of nobody', signupOf('a', { context: { ip: '10.0.0.5' } }), 'context.ip'],
    ['a nil device', signupOf('a', { context: { device_id: nilUuid } }), 'context.device_id'],
    ['a user agent that is a dash', signupOf('a', { context: { user_agent: '-' } }), 'context.user_agent'],
    ['a version that is not set', signupOf('a', { context: { app_version: '(not set)' } }), 'context.app_version'],
    ['mail without a domain', signupOf('a', { email: 'jane' }), 'email'],
    ['mail of the house', signupOf('a', { email: 'NoReply@shop.kz' }), 'email'],
    ['a phone of zeros', signupOf('a', { phone: '+10000000000' }), 'phone'],
    ['a user name of nothing to see', signupOf('a', { username: '\u200b\u3164' }), 'username'],
    ['a name that is invisible', signupOf('a', { display_name: '\u2800' }), 'display_name'],
    ['a name that is null', signupOf('a', { display_name: 'null' }), 'display_name'],
    ['a biography that is undefined', eventOf('account.profile_updated', { bio: 'undefined' }), 'bio'],
    ['a picture of zeros', eventOf('account.profile_updated', { avatar_hash: '0'.repeat(16) }), 'avatar_hash'],
    ['a text of zeros', eventOf('content.created', { kind: 'post', text_hash: '0'.repeat(16) }), 'text_hash'],
    ['a text of ones', eventOf('content.created', { kind: 'post', text_hash: 'F'.repeat(16) }), 'text_hash'],
    ['a target that is null', eventOf('content.created', { kind: 'like', target: 'null' }), 'target'],
    ['a target that is undefined', eventOf('social.request_sent', { verb: 'follow', target: 'undefined' }), 'target'],
    ['a reporter that is 0', eventOf('account.reported', { reason: 'spam', reporter: '0' }), 'reporter'],
  ])('takes %s for missing, and says so', (_, event, member) => {
    const facts = readFacts(event);
    expect(facts.unreadable).toEqual([member]);
    const { address, deviceId, userAgent, appVersion, email, phone, displayName } = facts;
    const { bio, avatarHash, textHash, target, reporter } = facts;
    const read = [address, deviceId, userAgent, appVersion, email, phone, displayName];
    expect([...read, bio, avatarHash, textHash, target, reporter].every((value) => value === undefined)).toBe(true);
  });

  it('says nothing of what was read, and of what is empty or absent', () => {
    for (const event of Object.values(exampleEvents)) {
      expect(readFacts(eventOf(event.type, event.data)).unreadable).toEqual([]);
    }
    expect(readFacts(signupOf('a', { email: '', phone: '', context: { ip: '', device_id: '' } })).unreadable).toEqual(
      [],
    );
  });

  it('takes the platform’s own machines for nobody', () => {
    const reference = { ...noReference, isOwnAddress: ({ low }: AddressBits) => low === 0x5f_38_ea_0a };
    const facts = readFacts(signupOf('a', { context: { ip: '95.56.234.10' } }), reference);
    expect(facts).toMatchObject({ address: undefined, addressReference: undefined, unreadable: ['context.ip'] });
  });

  const kazakh = {
    ...noReference,
    address: () => ({ asn: 9198, country: 'KZ', isHosting: false }),
    localeCountry: (locale: string) => locale.slice(-2),
    phone: (digits: string, country?: string) =>
      country === 'KZ' || digits.startsWith('+')
        ? ({ number: `+7${digits.slice(-10)}`, country: 'KZ', lineType: 'mobile', isAssigned: true } as const)
        : undefined,
  };
  const phoneOf = (phone: string, from: object, reference: Reference = kazakh) =>
    readFacts(signupOf('a', { phone, context: from }), reference).phone;

  it('reads a number in national form where address and locale tell its country', () => {
    const ip = '95.56.234.10';
    expect(phoneOf('8 701 123 45 67', { ip })).toBe('+77011234567');
    expect(phoneOf('8 701 123 45 67', { ip, locale: 'kk-KZ' })).toBe('+77011234567');
    expect(phoneOf('8 701 123 45 67', { locale: 'kk-KZ' })).toBe('+77011234567');
    expect(phoneOf('8 701 123 45 67', { ip, locale: 'en-US' })).toBeUndefined();
    expect(phoneOf('8 701 123 45 67', {})).toBeUndefined();
    const servers = { ...kazakh, address: () => ({ asn: 1, country: 'KZ', isHosting: true }) };
    expect(phoneOf('8 701 123 45 67', { ip }, servers)).toBeUndefined();
  });

  it('reads a number in international form with or without reference data', () => {
    expect(phoneOf('+7 (701) 123-45-67', {})).toBe('+77011234567');
    expect(phoneOf('+7 (701) 123-45-67', {}, noReference)).toBe('+77011234567');
    expect(phoneOf('87011234567', {}, noReference)).toBeUndefined();
  });
});
