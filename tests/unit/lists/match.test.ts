import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListType } from '../../../src/domain/list-entry.ts';
import { readNetworkBlock } from '../../../src/domain/network-blocks.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { noReference } from '../../../src/features/reference.ts';
import { networkText, readListValue } from '../../../src/lists/list-value.ts';
import { eventOf, loginOf, signupOf, startMs } from '../steps/events.ts';
import { matcherOf, type Draft } from './lists.ts';

const reference = { ...noReference, address: () => ({ asn: 9198, country: undefined, isHosting: undefined }) };
const signup = signupOf('acc_1', {
  email: 'Aigerim.S+shop@googlemail.com',
  phone: '+7 (701) 123-45-67',
  username: 'john_0142',
  context: { ip: '::ffff:95.56.234.10', device_id: 'd_91af' },
});

/** The lists on which an event is found. */
function foundOf(event: typeof signup, ...drafts: readonly Draft[]): readonly string[] {
  const listed = matcherOf(...drafts).match(readFacts(event, reference), startMs);
  return listed?.entries.map(({ list }) => list) ?? [];
}

describe('an event is held against the lists', () => {
  it.each<[ListType, string]>([
    ['account', 'acc_1'],
    ['email', 'aigerims@gmail.com'],
    ['email', 'A.I.G.E.R.I.M.S@gmail.com'],
    ['email_domain', 'GoogleMail.com'],
    ['phone', '+77011234567'],
    ['phone', '+7 701 123 45 67'],
    ['ip', '95.56.234.10'],
    ['cidr', '95.56.234.0/24'],
    ['cidr', '95.0.0.0/8'],
    ['device', 'd_91af'],
    ['username_template', 'aaaa_9999'],
    ['username_template', 'mary_9310'],
    ['asn', 'AS9198'],
  ])('by %s, however it is spelled: %s', (type, value) => {
    expect(foundOf(signup, { kind: 'deny', type, value })).toEqual(['own']);
  });

  it.each<[ListType, string]>([
    ['account', 'acc_2'],
    ['account', 'd_91af'],
    ['email', 'aigerim@example.kz'],
    ['email_domain', 'example.kz'],
    ['phone', '+77011234568'],
    ['ip', '95.56.234.11'],
    ['cidr', '95.56.235.0/24'],
    ['device', 'acc_1'],
    ['username_template', 'aaaa9999'],
    ['asn', '9199'],
  ])('and is not found by another %s: %s', (type, value) => {
    expect(foundOf(signup, { kind: 'deny', type, value })).toEqual([]);
  });

  it('by the account whatever it does, and by its address only where it acts itself', () => {
    const drafts: Draft[] = [
      { kind: 'watch', type: 'account', value: 'acc_1', list: 'accounts' },
      { kind: 'watch', type: 'ip', value: '95.56.234.10', list: 'addresses' },
    ];
    expect(foundOf(loginOf('acc_1'), ...drafts)).toEqual(['accounts']);
    const reported = eventOf('account.reported', {
      reason: 'fake',
      context: { ip: '95.56.234.10' },
    });
    expect(foundOf({ ...reported, subject: 'acc_2' }, ...drafts)).toEqual([]);
  });

  it('only as long as the entry holds', () => {
    const draft: Draft = { kind: 'deny', type: 'ip', value: '95.56.234.10', expiresMs: startMs };
    const matcher = matcherOf(draft);
    const facts = readFacts(signup, reference);
    expect(matcher.match(facts, startMs - 1)?.denied).toBeDefined();
    expect(matcher.match(facts, startMs)).toBeUndefined();
  });

  it('by the entry that denies the account before the one that lets it through', () => {
    const listed = matcherOf(
      { kind: 'allow', type: 'account', value: 'acc_1', list: 'friends' },
      { kind: 'deny', type: 'account', value: 'acc_1', list: 'enemies' },
    ).match(readFacts(signup), startMs);
    expect(listed?.account).toMatchObject({ kind: 'deny', list: 'enemies' });
  });
});

describe('networks', () => {
  it('speak by the narrowest that is let through or stopped; an address is the narrowest; what is watched always is', () => {
    const drafts: Draft[] = [
      { kind: 'deny', type: 'cidr', value: '95.56.0.0/16', list: 'wide' },
      { kind: 'allow', type: 'cidr', value: '95.56.234.0/24', list: 'narrow' },
      { kind: 'watch', type: 'cidr', value: '95.0.0.0/8', list: 'watched' },
    ];
    expect(foundOf(signup, ...drafts)).toEqual(['narrow', 'watched']);
    expect(foundOf(signup, ...drafts, { kind: 'deny', type: 'ip', value: '95.56.234.10', list: 'host' })).toEqual([
      'host',
      'watched',
    ]);
    expect(foundOf(signup, ...drafts, { kind: 'watch', type: 'ip', value: '95.56.234.10', list: 'host' })).toEqual([
      'host',
      'narrow',
      'watched',
    ]);
  });

  it('of IPv6 are found by their first bits, and are no longer than /64', () => {
    const six = signupOf('acc_1', { context: { ip: '2001:db8:12:34:56:78:9a:bc' } });
    expect(foundOf(six, { kind: 'deny', type: 'cidr', value: '2001:db8:12::/48' })).toEqual(['own']);
    expect(foundOf(six, { kind: 'deny', type: 'cidr', value: '2001:db8:12:34::/64' })).toEqual(['own']);
    expect(foundOf(six, { kind: 'deny', type: 'ip', value: '2001:db8:12:34::1' })).toEqual(['own']);
    expect(foundOf(six, { kind: 'deny', type: 'cidr', value: '2001:db8:13::/48' })).toEqual([]);
    for (const value of [
      '2001:db8:12:34:56::/80',
      '2001:db8:12:34::1/128',
      '95.56.234.10/16',
      '95.56.0.0',
      '0.0.0.0/0',
    ])
      expect(readListValue('cidr', value).ok).toBe(false);
  });

  it('hold every address within and none without, at any width', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<4 | 6>(4, 6),
        fc.integer({ min: 1, max: 64 }),
        fc.tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff)),
        fc.nat(63),
        (version, length, [high, low], at) => {
          const width = { version, length: version === 4 ? Math.min(length, 32) : length };
          const bits = { version, high: version === 4 ? 0 : high, low };
          const place = version === 4 ? at % 32 : at;
          const flipped =
            version === 6 && place < 32
              ? { ...bits, high: (bits.high ^ (1 << (31 - place))) >>> 0 }
              : { ...bits, low: (bits.low ^ (1 << (31 - (place % 32)))) >>> 0 };
          expect(networkText(flipped, width) === networkText(bits, width)).toBe(place >= width.length);
        },
      ),
    );
  });

  it('are written as they are read', () => {
    const block = readNetworkBlock('95.56.234.0/24')!;
    const read = readListValue('cidr', '95.56.234.0/24');
    expect(read).toMatchObject({ ok: true, value: { network: { version: 4, length: 24 } } });
    expect(read.ok && read.value.text).toBe(networkText(block, { version: 4, length: 24 }));
  });
});

describe('a value that nobody can have', () => {
  it.each<[ListType, string]>([
    ['account', ''],
    ['email', 'aigerim'],
    ['email_domain', 'localhost'],
    ['phone', '87011234567'],
    ['ip', '10.0.0.1'],
    ['ip', '1.2.3'],
    ['device', '00000000-0000-0000-0000-000000000000'],
    ['username_template', ' '],
    ['asn', 'AS'],
  ])('as %s is refused, and said what it should be: %s', (type, value) => {
    const read = readListValue(type, value);
    expect(read).toMatchObject({ ok: false, failure: { code: 'LIST_ENTRY_INVALID' } });
    expect(!read.ok && read.failure.message).toMatch(/^It is not (an?|the) .+/);
    if (value.length > 2) expect(!read.ok && read.failure.message).not.toContain(value);
  });
});
