import { describe, expect, it } from 'vitest';
import { localeLookUp } from '../../../../src/adapters/reference/locales.ts';

describe('the country of a locale', () => {
  const localeCountry = localeLookUp();

  it.each([
    ['kk-KZ', 'KZ'],
    ['en_US', 'US'],
    ['EN-gb', 'GB'],
    ['zh-Hant-TW', 'TW'],
    ['fil-PH', 'PH'],
    ['de-CH-1996', 'CH'],
    ['th-TH-u-ca-buddhist', 'TH'],
  ])('%s: %s', (locale, country) => {
    expect(localeCountry(locale)).toBe(country);
    expect(localeCountry(locale)).toBe(country);
  });

  it.each(['en', 'es-419', 'en-001', 'zh-Hans', '', 'x', '-', 'english', '??', 'en-US-', 'x'.repeat(100)])(
    'none in %j',
    (locale) => {
      expect(localeCountry(locale)).toBeUndefined();
      expect(localeCountry(locale)).toBeUndefined();
    },
  );
});
