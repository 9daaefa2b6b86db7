import { describe, expect, it } from 'vitest';
import { loadPhones, phoneLookUp } from '../../../../src/adapters/reference/phones.ts';
import { contactHabits } from '../../../../src/simulation/population/contact-habits.ts';
import { phoneNumber } from '../../../../src/simulation/population/identity.ts';
import { Random } from '../../../../src/simulation/random.ts';

describe('what is known of a phone number', async () => {
  const parse = await loadPhones();
  const phone = phoneLookUp(parse);

  // Numbers that regulators keep for fiction where the plan counts them as given out, otherwise the library's own examples.
  it.each([
    ['+77010000000', 'KZ', 'mobile', true],
    ['+79120000000', 'RU', 'mobile', true],
    ['+12125550123', 'US', 'unknown', true],
    ['+14165550123', 'CA', 'unknown', true],
    ['+447400123456', 'GB', 'mobile', true],
    ['+442079460123', 'GB', 'fixed', true],
    ['+33612345678', 'FR', 'mobile', true],
    ['+4930123456', 'DE', 'fixed', true],
    ['+61491570156', 'AU', 'mobile', true],
    ['+5511961234567', 'BR', 'mobile', true],
    ['+883510012345', undefined, 'voip', true],
  ])('%s: %s, %s, assigned %s', (number, country, lineType, isAssigned) => {
    expect(phone(number)).toEqual({ number, country, lineType, isAssigned });
  });

  it('says of a block that nobody was given that it is not assigned', () => {
    expect(phone('+33000000000')).toMatchObject({ lineType: 'unknown', isAssigned: false });
  });

  it.each(['', '+', 'call me'])('nothing of %j', (text) => {
    expect(phone(text)).toBeUndefined();
  });

  it('does not depend on which number came before', () => {
    // Both of one block of ten thousand: an answer kept for the block was that of the first.
    const pair = ['+436481171', '+436484560'] as const;
    const forwards = pair.map((number) => phone(number));
    const backwards = pair.toReversed().map((number) => phoneLookUp(parse)(number));
    expect(forwards).toEqual(backwards.toReversed());
    expect(forwards.map((facts) => facts?.isAssigned)).toEqual([false, true]);
  });

  it.each([
    ['87011234567', 'KZ', '+77011234567'],
    ['7011234567', 'KZ', '+77011234567'],
    ['77011234567', 'KZ', '+77011234567'],
    ['89161234567', 'RU', '+79161234567'],
    ['0612345678', 'FR', '+33612345678'],
    ['0612345678', 'IT', '+390612345678'],
    ['87011234567', undefined, undefined],
    ['87011234567', 'US', undefined],
    ['7011234567', 'US', undefined],
    ['87011234567', 'XX', undefined],
    ['+77011234567', 'US', '+77011234567'],
    ['+4402079460123', undefined, '+442079460123'],
    ['+787011234567', undefined, '+77011234567'],
  ])('takes %s, where numbers are those of %s, for %s', (digits, country, number) => {
    expect(phone(digits, country)?.number).toBe(number);
  });

  it.each([
    ['+77011234567', 'KZ', 'mobile', true],
    ['+79161234567', 'RU', 'mobile', true],
    ['+390612345678', 'IT', 'fixed', true],
    ['+76101234567', undefined, 'unknown', false],
    ['+39612345678', undefined, 'unknown', false],
  ])('knows countries that share a code or keep a zero: %s is %s, %s, assigned %s', (number, ...facts) => {
    const found = phone(number);
    expect([found?.country, found?.lineType, found?.isAssigned]).toEqual(facts);
  });

  it('has people of the simulation on phones of their own country, at least 95 in 100', () => {
    const random = new Random(2);
    const right = Object.entries(contactHabits).flatMap(([country, { phonePatterns }]) =>
      Array.from({ length: 30 }, () => phone(phoneNumber(random, random.pick(phonePatterns)))?.country === country),
    );
    expect(right.filter(Boolean).length / right.length).toBeGreaterThanOrEqual(0.95);
  });

  it('knows nothing without its data', () => {
    expect(phoneLookUp(undefined)('+77010000000')).toBeUndefined();
  });
});
