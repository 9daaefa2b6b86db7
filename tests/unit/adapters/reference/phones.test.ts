import { describe, expect, it, vi } from 'vitest';
import { blocksMax, describePhone, loadPhones, phoneLookUp } from '../../../../src/adapters/reference/phones.ts';
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
    expect(phone(number)).toEqual({ country, lineType, isAssigned });
  });

  it('says of a block that nobody was given that it is not assigned', () => {
    expect(phone('+33000000000')).toMatchObject({ lineType: 'unknown', isAssigned: false });
  });

  it.each([
    '',
    '+',
    '77010000000',
    '+7 701 000 00 00',
    '+0123456789',
    '+1234',
    '+1234567890123456',
    'call me',
    '+７７０１００００００',
  ])('nothing of %j', (number) => {
    expect(phone(number)).toBeUndefined();
  });

  it('answers for a block what it would answer for each number', () => {
    const random = new Random(1);
    for (const { phonePatterns } of Object.values(contactHabits)) {
      for (let draw = 0; draw < 8; draw++) {
        const number = phoneNumber(random, random.pick(phonePatterns));
        phone(number);
        const neighbour = number.slice(0, -4) + random.digits(4);
        expect({ neighbour, ...phone(neighbour) }).toEqual({ neighbour, ...describePhone(parse(neighbour)) });
      }
    }
  });

  it('has people of the simulation on phones of their own country, at least 95 in 100', () => {
    const random = new Random(2);
    const right = Object.entries(contactHabits).flatMap(([country, { phonePatterns }]) =>
      Array.from({ length: 30 }, () => phone(phoneNumber(random, random.pick(phonePatterns)))?.country === country),
    );
    expect(right.filter(Boolean).length / right.length).toBeGreaterThanOrEqual(0.95);
  });

  it('remembers a block, and no more than it may', () => {
    const read = vi.fn<typeof parse>(parse);
    const bounded = phoneLookUp(read);
    bounded('+77010000000');
    bounded('+77010009999');
    expect(read).toHaveBeenCalledTimes(1);
    read.mockImplementation(() => parse('+77010000000'));
    for (let index = 0; index < blocksMax; index++) bounded(`+4${String(index).padStart(6, '0')}0000`);
    bounded('+77010000000');
    expect(read).toHaveBeenCalledTimes(blocksMax + 2);
  });

  it('knows nothing without its data', () => {
    expect(phoneLookUp(undefined)('+77010000000')).toBeUndefined();
  });
});
