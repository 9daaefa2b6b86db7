import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../src/domain/event.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { exampleEvents } from '../../../src/wire/examples.ts';
import { eventOf, signupOf } from '../steps/events.ts';

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
      address: { host: '95.56.234.10', network: '95.56.234' },
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
});
