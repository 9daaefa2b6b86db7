import { sayValue } from '../domain/say-value.ts';

/**
 * What the person concerned is told: what was seen, without the number from which it counts, which would tell the next one how to stay
 * below it.
 */
export const themes = {
  device: 'Several sign-ups came from the same device.',
  address: 'Several sign-ups came from the same internet connection, or from related ones.',
  mailbox: 'Several sign-ups used the same e-mail address, or addresses of the same domain.',
  email: 'The e-mail address, or its domain, is of a kind that is often used for accounts that are made in bulk.',
  phone: 'Several sign-ups used the same phone number, or neighbouring numbers.',
  number: 'The phone number does not exist, or is of a kind that people seldom sign up with.',
  omitted: 'Something that people usually give when they sign up was left out, or could not be read.',
  name: 'The name of the account resembles names that are made in bulk.',
  alike: 'Other accounts were set up in the same way at about the same time.',
  form: 'The sign-up was done in a way that is unusual for a person.',
  client: 'The app or browser that was used is unusual.',
  place: 'What the connection, the language and the other settings say about the country does not fit together.',
  connection: 'The internet connection is of a kind that people seldom use.',
  travel: 'What the account was created with was used over several internet connections in a short time.',
  hour: 'It was used at an hour at which few people are active.',
  pace: 'The account, or the internet connection that it came from, is used at a pace or with a regularity that is unusual for a person.',
  silence: 'The account was not used for a long time before.',
  content: 'The same content was posted more than once, by the account or by others.',
  links: 'The account posted links.',
  contact: 'The account contacted many people in a short time, or few of them wanted to hear from it.',
  together: 'Several accounts acted on the same person or post at about the same time.',
  reports: 'The account was reported.',
  related:
    'At least one account that shares something with this one was found to be fake by people who check accounts.',
  novelty: 'The account, or what it was created with, is new here.',
  access: 'The account was used from several places or devices, or attempts to sign in to it failed.',
} as const;
export type Theme = keyof typeof themes;

/** What the person concerned is told where no single thing that was seen stands for the reason. */
export const publicTextOfMany = 'Several signs together resemble those of fake accounts.';

/** Where the theme of a reason belongs in the transparency database of the Digital Services Act (Article 24(5)). */
export interface DsaCategory {
  readonly category: string;
  readonly keyword: string;
}

const inauthentic: DsaCategory = {
  category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD',
  keyword: 'KEYWORD_INAUTHENTIC_ACCOUNTS',
};
const hijacked: DsaCategory = {
  category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD',
  keyword: 'KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING',
};

/** @param theme of what was seen; undefined where people or lists spoke, and a rule of members alone. */
export function dsaCategoryOf(theme: Theme | undefined): DsaCategory {
  return theme === 'access' ? hijacked : inauthentic;
}

/** Which values of a feature speak for an action, and what they say. */
export interface FeatureReason {
  /**
   * For reviewers. `{value}` stands for the value, by its unit; `[account was|accounts were]` for the first where the value is 1, else
   * for the second. A function where the value has to be told otherwise.
   */
  readonly text: string | ((value: number) => string);
  /** Whether a value is a reason to act: one that argues for the account is none, whatever a model makes of it. */
  readonly speaks: (value: number) => boolean;
  readonly theme: Theme;
  /** What it is a figure of, where few of these would make it one of nothing; absent where the value itself tells. */
  readonly among?: Among;
}

/**
 * A counter beside a figure, and how much it has to be: a signup that is alone in its network comes "168 times as often as usual", and of one
 * account alone 100 % are alike.
 */
export interface Among {
  readonly feature: string;
  readonly least: number;
}

/** So many that a mean, a surge or a share of them says something. */
const severalMin = 3;

export function reason(
  theme: Theme,
  speaks: FeatureReason['speaks'],
  text: FeatureReason['text'],
  among?: Among,
): FeatureReason {
  return { theme, speaks, text, ...(among === undefined ? {} : { among }) };
}

export function amongSeveral(feature: string): Among {
  return { feature, least: severalMin };
}

/** Up to which standard deviation, over the mean, lengths are nearly equal to a reader. Of arrivals by chance it is 1. */
export const nearlyEqual = 0.2;

export const yes = (value: number): boolean => value === 1;
export const no = (value: number): boolean => value === 0;
export function from(least: number): FeatureReason['speaks'] {
  return (value) => value >= least;
}
export function upTo(most: number): FeatureReason['speaks'] {
  return (value) => value <= most;
}

/** Whether a value is a reason to act, beside what else is known of the event. @param valueOf of another feature; NaN for missing. */
export function isReason(
  { speaks, among }: FeatureReason,
  value: number,
  valueOf: (feature: string) => number,
): boolean {
  return speaks(value) && (among === undefined || valueOf(among.feature) >= among.least);
}

/** The sentence of a reason for a value that speaks. */
export function sentenceOf({ text }: FeatureReason, value: number, unit: string): string {
  if (typeof text === 'function') return text(value);
  return text
    .replaceAll(/\[([^|\]]*)\|([^\]]*)\]/g, (_, one: string, many: string) => (value === 1 ? one : many))
    .replaceAll('{value}', sayValue(value, unit));
}

/** A sentence as documents show it, before it has a value. */
export function describeReason({ text }: FeatureReason): string {
  return typeof text === 'string' ? text.replaceAll(/\[([^|\]]*)\|([^\]]*)\]/g, '$2') : text(0.5);
}
