import { describe, expect, it } from 'vitest';
import { readFacts } from '../../../src/features/facts.ts';
import { noReference, type AddressFacts, type EmailDomainFacts } from '../../../src/features/reference.ts';
import { segmentsOf } from '../../../src/steps/segments-of.ts';
import { loginOf, signupOf } from './events.ts';

const access: AddressFacts = { asn: 9198, country: 'KZ', isHosting: false };
const own: EmailDomainFacts = { isDisposable: false, isFree: false, registrable: 'example.kz' };

/** The parts of a signup of which reference data say this. */
function segmentsWhere(address: AddressFacts | undefined, domain: EmailDomainFacts | undefined): readonly string[] {
  const reference = { ...noReference, address: () => address, emailDomain: () => domain };
  const event = signupOf('acc_1', { email: 'anna@example.kz', context: { ip: '95.56.234.10' } });
  return segmentsOf(readFacts(event, reference));
}

describe('the parts of the platform that an event is in', () => {
  it.each<[string, AddressFacts | undefined, EmailDomainFacts | undefined, string[]]>([
    ['a home and a domain of its own', access, own, ['all', 'KZ', 'operator-access', 'mail-own']],
    ['rented machines', { ...access, isHosting: true }, own, ['all', 'KZ', 'operator-hosting', 'mail-own']],
    ['a free mailbox', access, { ...own, isFree: true }, ['all', 'KZ', 'operator-access', 'mail-free']],
    [
      'a mailbox to throw away',
      access,
      { ...own, isDisposable: true },
      ['all', 'KZ', 'operator-access', 'mail-disposable'],
    ],
    [
      'an operator that nobody knows',
      { asn: undefined, country: 'KZ', isHosting: undefined },
      own,
      ['all', 'KZ', 'mail-own'],
    ],
    ['an address that nobody announces', undefined, own, ['all', 'mail-own']],
  ])('are, of %s, country, kind of operator and kind of mail provider', (_, address, domain, expected) => {
    expect(segmentsWhere(address, domain)).toEqual(expected);
  });

  it('are the whole alone where an event says neither', () => {
    expect(segmentsOf(readFacts(loginOf('acc_1')))).toEqual(['all']);
  });
});
