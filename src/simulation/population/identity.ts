import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import { contactHabits, disposableDomains, relayDomains } from './contact-habits.ts';
import type { Country } from './countries.ts';
import type { NameCulture, NamePart } from './names/culture.ts';
import type { PlainName } from './usernames.ts';
import { coinedWord, commonUsername, fancyWord, oddUsername } from './usernames.ts';

/** Who somebody says to be: names and contacts. */
export interface Identity {
  readonly name: PlainName;
  readonly username: string;
  readonly displayName: string;
  readonly email: string;
  /** E.164. */
  readonly phone: string;
}

/** A person's names and contacts after the habits of the country. @param numberBlocks as `phoneNumber` has it. */
export function inventIdentity(random: Random, country: Country, numberBlocks = Infinity): Identity {
  const culture = country.culture(random);
  const { given, family } = random.pick(culture.groups);
  const first = random.pick(given);
  const last = random.pick(family);
  const year = String(random.chance(0.85) ? Math.round(96 + 9 * random.normal()) % 100 : random.integer(0, 99));
  const name = { given: first.latin, family: last.latin, year: year.padStart(2, '0').slice(-2) };
  const odd = random.chance(country.code === 'CN' ? 0.16 : 0.035);
  const username = odd ? oddUsername(name, random) : commonUsername(name, random);
  return {
    name,
    username,
    displayName: displayName(random, culture, first, last, random.chance(country.latinShare)),
    email: mailbox(random, country, name, username),
    phone: phoneNumber(random, random.pick(contactHabits[country.code].phonePatterns), numberBlocks),
  };
}

/** Last digits of a number: those before them are its block. */
const blockDigits = 4;

/**
 * Fills the open digits of a pattern: `#` any digit, `N` 2 to 9.
 * @param blocksMax blocks of 10,000 numbers that the pattern comes to, an `N` aside.
 */
export function phoneNumber(random: Random, pattern: string, blocksMax = Infinity): string {
  let number = '';
  for (const sign of blocksMax === Infinity ? pattern : withinBlocks(random, pattern, blocksMax))
    number += sign === '#' ? random.digits(1) : sign === 'N' ? random.integer(2, 9) : sign;
  return number;
}

/** The pattern with one of the first blocks written in. */
function withinBlocks(random: Random, pattern: string, blocksMax: number): string {
  const block = pattern.slice(0, -blockDigits);
  const open = block.split('#').length - 1;
  const digits = String(random.integer(0, Math.min(blocksMax, 10 ** open) - 1)).padStart(open, '0');
  let at = 0;
  return `${block.replaceAll('#', () => digits[at++]!)}${pattern.slice(-blockDigits)}`;
}

/** A mailbox that forwards to a hidden one; its local part is drawn by the service. */
export function relayMailbox(random: Random): string {
  return `${random.base36(random.integer(8, 12))}@${random.pick(relayDomains)}`;
}

export function disposableMailbox(random: Random, localPart: string): string {
  return `${localPart}@${random.pick(disposableDomains)}`;
}

function mailbox(random: Random, country: Country, name: PlainName, username: string): string {
  const local = mailLocalPart(random, name, username);
  if (random.chance(0.025)) return relayMailbox(random);
  if (random.chance(0.01)) return disposableMailbox(random, local);
  if (random.chance(0.07))
    return `${ownLocalPart(random, name)}@${coinedWord(random, 3)}.${contactHabits[country.code].ownEnding}`;
  const domain = contactHabits[country.code].mailDomain(random);
  const alias =
    domain === 'gmail.com' && random.chance(0.04) ? `+${random.pick(['social', 'app', 'signup', 'news'])}` : '';
  return `${local}${alias}@${domain}`;
}

const localPart = weighted<(name: PlainName, username: string, random: Random) => string>([
  [(name) => `${name.given}.${name.family}`, 22],
  [(name) => `${name.given}${name.family}`, 12],
  [(name) => `${name.given}.${name.family}${name.year}`, 16],
  [(name, _, random) => `${name.given}${name.family}${random.digits(random.integer(1, 4))}`, 20],
  [(_, username) => username, 18],
  [(name, _, random) => `${name.family}${random.digits(random.integer(3, 6))}`, 6],
  [(_, __, random) => `${fancyWord(random)}${fancyWord(random)}${random.digits(2)}`, 6],
]);

function mailLocalPart(random: Random, name: PlainName, username: string): string {
  return localPart(random)(name, username, random).replace(/^[^a-z0-9]+/, '');
}

function ownLocalPart(random: Random, name: PlainName): string {
  return random.pick([name.given, `${name.given}.${name.family}`, `${name.given.slice(0, 1)}.${name.family}`, 'hello']);
}

const displayStyle = weighted<'full' | 'given' | 'initial' | 'lower' | 'ornament'>([
  ['full', 56],
  ['given', 18],
  ['initial', 11],
  ['lower', 8],
  ['ornament', 7],
]);
const ornaments = ['✨', '🌸', '🔥', '💫', '🎧', '🌿', '⚽', '🦋'];

function displayName(random: Random, culture: NameCulture, first: NamePart, last: NamePart, inLatin: boolean): string {
  const style = displayStyle(random);
  const isLatinScript = /^[\p{Script=Latin}\s]+$/u.test(first.native);
  const write = (part: NamePart): string => (inLatin && !isLatinScript ? capitalised(part.latin) : part.native);
  const given = write(first);
  const family = write(last);
  if (style === 'given') return given;
  if (style === 'ornament') return `${given} ${random.pick(ornaments)}`;
  if (style === 'initial') return `${given} ${Array.from(family)[0] ?? ''}.`;
  const separator = inLatin ? ' ' : culture.separator;
  const full =
    culture.familyFirst && !(inLatin && !isLatinScript)
      ? `${family}${separator}${given}`
      : `${given}${separator}${family}`;
  return style === 'lower' ? full.toLowerCase() : full;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
