import { describe, expect, it, vi } from 'vitest';
import {
  domainsMax,
  emailDomainLookUp,
  loadDisposableDomains,
  loadFreeDomains,
  loadPublicSuffixes,
} from '../../../../src/adapters/reference/email-domains.ts';
import {
  contactHabits,
  disposableDomains,
  relayDomains,
} from '../../../../src/simulation/population/contact-habits.ts';
import { Random } from '../../../../src/simulation/random.ts';

describe('what is known of an e-mail domain', async () => {
  const disposable = await loadDisposableDomains();
  const free = await loadFreeDomains();
  const registrableOf = await loadPublicSuffixes();
  const emailDomain = emailDomainLookUp({ disposable, free, registrableOf });

  it.each([
    ['gmail.com', false, true, 'gmail.com'],
    ['mail.ru', false, true, 'mail.ru'],
    ['yopmail.com', true, false, 'yopmail.com'],
    ['mailinator.com', true, false, 'mailinator.com'],
    ['anything.at.mailinator.com', true, false, 'mailinator.com'],
    ['mail.example.co.uk', false, false, 'example.co.uk'],
    ['someone.github.io', false, false, 'someone.github.io'],
    ['co.uk', false, false, undefined],
    ['xn--mnchen-3ya.example.de', false, false, 'example.de'],
    // Relays lead to a mailbox that is paid for or bound to an account.
    ['privaterelay.appleid.com', false, false, 'appleid.com'],
    ['mozmail.com', false, false, 'mozmail.com'],
    ['duck.com', false, true, 'duck.com'],
  ])('%s: disposable %s, free %s, registered as %s', (domain, isDisposable, isFree, registrable) => {
    expect(emailDomain(domain)).toEqual({ isDisposable, isFree, registrable });
  });

  it('calls no provider of the simulation disposable, nor a mailbox that hides the real one', () => {
    const random = new Random(1);
    const providers = new Set(
      Object.values(contactHabits).flatMap(({ mailDomain }) => Array.from({ length: 200 }, () => mailDomain(random))),
    );
    const wrong = [...providers, ...relayDomains].filter((domain) => emailDomain(domain)?.isDisposable !== false);
    expect(wrong).toEqual([]);
  });

  it('knows the throw-away mailboxes of the simulation', () => {
    expect(disposableDomains.filter((domain) => emailDomain(domain)?.isDisposable !== true)).toEqual([]);
  });

  it('tells no free domain from a disposable one without the list of those', () => {
    const facts = emailDomainLookUp({ disposable: undefined, free, registrableOf: undefined })('mailinator.com');
    expect(facts).toEqual({ isDisposable: undefined, isFree: undefined, registrable: undefined });
  });

  it('remembers a domain, and no more than it may', () => {
    const read = vi.fn<(domain: string) => string | null>(() => null);
    const bounded = emailDomainLookUp({ disposable, free, registrableOf: read });
    bounded('first.example');
    bounded('first.example');
    expect(read).toHaveBeenCalledTimes(1);
    const askEach = () => {
      for (let index = 0; index < 3 * domainsMax; index++) bounded(`${index}.example`);
    };
    askEach();
    const reads = read.mock.calls.length;
    askEach();
    // Which of them are remembered is up to chance: not more than there is room for.
    expect(read.mock.calls.length - reads).toBeGreaterThanOrEqual(2 * domainsMax);
  });
});
