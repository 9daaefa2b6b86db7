import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/features/catalogue.ts';
import type { Feature } from '../../../src/features/feature.ts';
import {
  dsaCategoryOf,
  isReason,
  sentenceOf,
  themes,
  type FeatureReason,
  type Theme,
} from '../../../src/features/reason.ts';

/** Reasons are read by reviewers, and by people whose account was blocked. What has been said to them: each is a fault of its own. */
const faults: Readonly<Record<string, RegExp>> = {
  'a truth told as a number': /Whether|: [01]$/,
  'a value that is none': /NaN|undefined|Infinity|unknown|null/,
  'braces or brackets that are left': /[{}[\]|]/,
  'a logarithm': /e\^|\blog\b/,
  'more digits than anybody needs': /\d\.\d{2,}|\de[+-]?\d/,
  'a unit of machines': /\d ms\b|milliseconds|per event|bits/,
  'a share as a fraction': /share of \d/,
  'one of many':
    /\b(?<!\d[.,]?)1 (?:[a-z]+ )?(?:accounts|signups|logins|digits|actions|networks|devices|times|things|hours|minutes|seconds|days|years|requests|members|people|uses|kinds)\b(?! in 1)/,
  'many of one':
    /(?:^|[^\d.,])(?:[2-9]|\d{2,}) (?:account|signup|login|network|device|member|person|hour|minute|second|day|year)\b(?!s)/,
  'none as a reason': /\b0 (?!%)[a-z]/,
  'a smoothed figure': /weighted/,
  'an end, which others set': /[.!]$/,
};

/** Edges of the range, and numbers of every kind between them. */
function valuesOf({ range: [least, most], unit }: Feature): readonly number[] {
  const between = [
    0,
    1,
    2,
    3,
    5,
    7,
    10,
    12,
    20,
    59,
    60,
    61,
    100,
    999,
    1_000,
    1_001,
    4_321,
    65_535,
    1e6,
    31_536_000_000,
    0.001,
    0.00239,
    0.004,
    0.02,
    0.15,
    1 / 3,
    0.5,
    0.501,
    2 / 3,
    0.667,
    0.991,
    0.999,
    1.04,
    1.4,
    2.5,
    3.85,
    9.54,
    23.96,
    24,
    48,
    167.9,
    168,
    730,
    8_760,
    20_000,
    -16,
    -9.2,
    -4.2,
    -3.6,
    -0.5,
  ];
  const isWhole =
    /^(signups|accounts|events|devices|networks|addresses|countries|actions|uses|requests|reports|logins|contents|likes|writings|targets|kinds|members|characters|0 or 1|code|hour)$/.test(
      unit,
    );
  const all = [least, most === Infinity ? 1e9 : most, ...between];
  return all.filter((value) => value >= least && value <= most && (!isWhole || Number.isInteger(value)));
}

const told = catalogue.filter((feature): feature is Feature & { reason: FeatureReason } => feature.reason !== null);

describe('the reason of a feature', () => {
  it.each(told.map((feature) => [feature.name, feature] as const))(
    '%s is true and readable for each value that speaks',
    (_, feature) => {
      const spoken = valuesOf(feature).filter(feature.reason.speaks);
      expect(spoken.length).toBeGreaterThan(0);
      for (const value of spoken) {
        const sentence = sentenceOf(feature.reason, Math.fround(value), feature.unit);
        expect(sentence).toMatch(/^[A-Z0-9]/);
        for (const [fault, pattern] of Object.entries(faults)) {
          expect(pattern.test(sentence), `${fault}: "${sentence}" of ${value}`).toBe(false);
        }
      }
    },
  );

  it.each(told.filter(({ unit }) => unit === '0 or 1').map((feature) => [feature.name, feature] as const))(
    '%s, a truth, speaks for one of two',
    (_, { reason }) => {
      expect(reason.speaks(0)).toBe(!reason.speaks(1));
    },
  );

  it.each<[name: string, value: number, why: string]>([
    ['account_gap_variation', 3.85, 'gaps that vary by nearly four times their mean are not regular'],
    ['network_gap_variation', 1.2, 'nor are those of a network'],
    ['cohort_gap_variation', 3.85, 'nor those of accounts made alike'],
    ['username_likelihood', -3.1, 'it reads better than a name does'],
    ['email_local_likelihood', -3.6, 'it reads as names do'],
    ['account_idle_h', 0.00239, 'a few seconds are no idleness'],
    ['country_differs_from_phone', 0, 'the countries agree'],
    ['user_agent_automated', 0, 'it is a browser'],
    ['email_is_disposable', 0, 'it is a mailbox to keep'],
    ['account_age_h', 24 * 900, 'an old account'],
    ['device_age_h', 24 * 900, 'a device of years'],
    ['device_accounts_24h', 1, 'the account itself'],
    ['device_fake_share', 0.5, 'as many genuine as fake'],
    ['account_acceptance_ratio_7d', 0.6, 'most said yes'],
    ['ip_devices_per_signup_24h', 1, 'a device for each signup'],
    ['form_ms', 120_000, 'a person who reads'],
    ['account_links_24h', 1, 'whoever shows something to friends'],
    ['local_hour', 8, 'a morning'],
    ['phone_is_assigned', 1, 'a number that exists'],
    ['account_gap_variation', 0.5, 'gaps from half to one and a half times their mean are not nearly equal'],
    ['network_gap_variation', 0.3, 'nor are those of a network'],
    ['cohort_form_log_deviation', 0.3, 'a third more is not nearly the same'],
    ['account_gap_entropy', 1, 'half of the gaps of one length and half of another'],
    ['account_acceptance_ratio_7d', 1 / 3, 'it may be one no, of one answer'],
  ])('%s of %s is no reason: %s', (name, value) => {
    expect(told.find((feature) => feature.name === name)!.reason.speaks(value)).toBe(false);
  });

  it.each<[name: string, value: number, sentence: string]>([
    ['account_idle_h', 24 * 30, 'The account had been idle for 30 days'],
    ['account_age_h', 0.00239, 'The account is less than a minute old, as far as is known'],
    ['account_age_h', 75, 'The account is 3 days old, as far as is known'],
    ['cohort_form_log_mean', 8.7, 'Signups made exactly alike took 6 seconds for the form on average'],
    ['country_differs_from_phone', 1, 'The country of the address is another than that of the phone number'],
    [
      'device_fake_share',
      0.667,
      'Of the other accounts of this device that people judged of late, more were fake than genuine',
    ],
    ['form_ms', 900, 'The form was completed in less than a second'],
    ['account_links_24h', 2, 'The account wrote 2 times with a link in 24 hours'],
    ['ip_devices_per_signup_24h', 0.125, 'Each device behind this address signed up 8 times in 24 hours, on average'],
    ['account_report_rate_7d', 0.2, 'The account was reported once for every 5 things that it did'],
    ['account_report_rate_7d', 0.7, 'The account was reported about once for every thing that it did'],
    ['phone_present', 0, 'No phone number was given that can be read'],
  ])('%s of %s reads: %s', (name, value, sentence) => {
    const feature = told.find((candidate) => candidate.name === name)!;
    expect(feature.reason.speaks(value)).toBe(true);
    expect(sentenceOf(feature.reason, value, feature.unit)).toBe(sentence);
  });
});

describe('a figure of several', () => {
  const figures = told.flatMap(({ name, reason }) => (reason.among === undefined ? [] : [[name, reason] as const]));

  it.each(figures)('%s is a reason beside enough of what it is a figure of, and of one alone none', (_, reason) => {
    const { feature, least } = reason.among!;
    const counter = catalogue.find(({ name }) => name === feature)!;
    expect(counter.unit).toMatch(/^(signups|events|requests)$/);
    const value = valuesOf(catalogue.find((candidate) => candidate.reason === reason)!).find(reason.speaks)!;
    expect(isReason(reason, value, () => least)).toBe(true);
    for (const few of [1, least - 1, NaN]) expect(isReason(reason, value, () => few)).toBe(false);
  });

  // Of the only signup of a network it was said that they were 168 times as many as usual, and that 100 % of those alike came in the last hour.
  it('is every surge, mean and growth that one event alone can bring', () => {
    const ofOne = told.filter(({ name }) => /_(surge|burst|growth)_|_form_log_|_gap_mean_|answered_share/.test(name));
    expect(ofOne.length).toBeGreaterThan(10);
    expect(ofOne.flatMap(({ name, reason }) => (reason.among === undefined ? [name] : []))).toEqual([]);
  });
});

/** By theme, the features that see what its sentence says. */
const grounds: Readonly<Record<Theme, RegExp>> = {
  device: /^device_(signups|accounts)_/,
  address: /^(ip|network|asn|site)_((signup|accounts|surge)|devices)/,
  mailbox: /^(mailbox_accounts|email_domain_(signups|surge))_/,
  email: /^email_(local|has_alias|domain_age|is_)/,
  phone: /^phone_(prefix|accounts)_/,
  number: /^phone_is_/,
  omitted: /_present$/,
  name: /^(display_)?(user)?name_|^site_shape_/,
  alike: /^(cohort|client|display_name_accounts|bio_accounts|avatar_accounts)_/,
  form: /^(form_ms|captcha_ms|verified_after_ms|signup_fail)/,
  client: /^(user_agent|app_version|malformed)/,
  place: /^country_differs_/,
  connection: /^(asn_is_|address_is_|ip_is_)/,
  travel: /^device_networks_/,
  hour: /hour$/,
  pace: /^account_(gap|events|contents|likes|first_action|burst|hours|seconds|acts)_|^network_gap_/,
  silence: /^account_idle_/,
  content: /^(text|account_repeat)_/,
  links: /^account_links_/,
  contact: /^account_(targets|requests|acceptance|answered)_/,
  together: /^target_/,
  reports: /^account_report/,
  related: /_fake_share$/,
  novelty: /(_age_h|_residents_7d)$/,
  access: /^account_(login|devices|networks|addresses|countries)/,
};

describe('what the person concerned is told', () => {
  it.each(Object.entries(themes))('%s: says what was seen, and no number or name to go by', (theme, text) => {
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(text).not.toMatch(/\d|%|_|signup|feature|score|threshold|entropy/);
    expect(told.some(({ reason }) => reason.theme === theme)).toBe(true);
  });

  // A sentence that is true of most features of its theme was told of the others too: "several accounts use the same phone number" of
  // somebody who had given none.
  it.each(told.map(({ name, reason }) => [name, reason.theme] as const))(
    '%s: it is told what was seen (%s)',
    (name, theme) => {
      expect(name).toMatch(grounds[theme]);
    },
  );

  it('has a place in the transparency database of the Digital Services Act', () => {
    for (const { reason } of told) {
      const { category, keyword } = dsaCategoryOf(reason.theme);
      expect(category).toMatch(/^STATEMENT_CATEGORY_[A-Z_]+$/);
      expect(keyword).toMatch(/^KEYWORD_[A-Z_]+$/);
    }
  });
});
