import * as fc from 'fast-check';
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { loadPhones, parsed, phoneLookUp } from '../../../../src/adapters/reference/phones.ts';

/** The reader of plans answers instead of the library: what it says of a number has to be what the library says. */

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength, maxLength });

const countries = getCountries();
/** Codes of countries, those that no country has, and what is no code at all. */
const codes = [
  ...new Set(countries.map((country) => getCountryCallingCode(country))),
  '800',
  '808',
  '870',
  '881',
  '883',
  '979',
  '210',
  '999',
];

/** Any digits behind any code: short, long, with and without prefixes that belong before national numbers. */
const anyNumber = fc.tuple(fc.constantFrom(...codes), digits(3, 13)).map(([code, rest]) => `+${code}${rest}`);

/** Numbers near those that are given out: a country's example, its last digits drawn anew, one of them more or less. */
const nearNumber = fc
  .record({
    country: fc.constantFrom(...countries),
    kept: fc.nat({ max: 10 }),
    drawn: digits(14, 14),
    longer: fc.integer({ min: -1, max: 1 }),
  })
  .map(({ country, kept, drawn, longer }) => {
    const example = getExampleNumber(country, examples)!.nationalNumber;
    const start = example.slice(0, kept);
    return `+${getCountryCallingCode(country)}${start}${drawn.slice(0, Math.max(1, example.length + longer - start.length))}`;
  });

/** Countries of one code: the plan alone does not say whose number it is. */
const sharedNumber = fc
  .tuple(fc.constantFrom('1', '7', '39', '44', '47', '61', '212', '262', '290', '358', '590', '599'), digits(8, 11))
  .map(([code, rest]) => `+${code}${rest}`);

describe('what the plans say of a number', async () => {
  const library = await loadPhones();

  it.each([
    ['any digits', anyNumber],
    ['numbers near those given out', nearNumber],
    ['countries that share a calling code', sharedNumber],
  ])('is what the library says, of %s', (_name, numbers) => {
    const phone = phoneLookUp(library);
    fc.assert(
      fc.property(numbers, (number) => {
        expect(phone(number)).toEqual(parsed(library.parse, number));
      }),
      { numRuns: 6_000 },
    );
  });

  it('is left to the library only where a number is written as if it were a national one', () => {
    const given = countries.map((country) => getExampleNumber(country, examples)!.number);
    const left = given.filter((number) => library.plans.read(number) === 'unusual');
    expect(left.length / given.length).toBeLessThan(0.02);
    expect(library.plans.read('+4402079460123')).toBe('unusual');
    expect(library.plans.read('87011234567')).toBe('unusual');
  });
});
