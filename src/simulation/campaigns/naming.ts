import { bulkMailDomains } from '../population/contact-habits.ts';
import type { Identity } from '../population/identity.ts';
import { disposableMailbox } from '../population/identity.ts';
import { coinedWord, fancyWord } from '../population/usernames.ts';
import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import { siteDomain } from '../text.ts';

/** Rewrites a person's identity the way a campaign names its accounts. `serial` counts the accounts of the instance. */
export type Naming = (random: Random, identity: Identity, serial: number) => Identity;

type Scheme<T> = (random: Random, identity: Identity, serial: number) => T;

/** One campaign's naming: a scheme for usernames, one for mailboxes, and a share of names that are left as people's. */
export function drawNaming(random: Random, evasion: number): Naming {
  const username = drawUsernameScheme(random, evasion);
  const mailbox = drawMailboxScheme(random, evasion);
  const leftShare = evasion * 0.7;
  return (own, identity, serial) => {
    const renamed = own.chance(leftShare) ? identity.username : username(own, identity, serial);
    const local = renamed.toLowerCase().replace(/[^a-z0-9._]/g, '');
    const email = own.chance(leftShare) ? identity.email : mailbox(own, { ...identity, username: local }, serial);
    return { ...identity, username: renamed, email };
  };
}

function drawUsernameScheme(random: Random, evasion: number): Scheme<string> {
  const stem = coinedWord(random, 3);
  const digits = random.integer(2, 5);
  const joint = random.pick(['', '_', '.']);
  const sequential: Scheme<string> = (_, __, serial) => `${stem}${String(serial).padStart(digits, '0')}`;
  const nameAndDigits: Scheme<string> = (own, { name }) => `${name.given}${joint}${name.family}${own.digits(digits)}`;
  const wordsAndDigits: Scheme<string> = (own) => `${fancyWord(own)}${joint}${fancyWord(own)}${own.digits(digits)}`;
  const nonsense: Scheme<string> = (own) => own.base36(8 + (digits % 3));
  const nameAndYear: Scheme<string> = (_, { name }) => `${name.given}${joint}${name.family}${name.year}`;
  return weighted([
    [sequential, 2.4 * (1 - evasion)],
    [nonsense, 1.2 * (1 - evasion) + 0.2],
    [nameAndDigits, 2],
    [wordsAndDigits, 1.5],
    [nameAndYear, 3 * evasion],
  ])(random);
}

function drawMailboxScheme(random: Random, evasion: number): Scheme<string> {
  const domains = Array.from({ length: random.integer(1, 3) }, () => siteDomain(random));
  const bulkDomain = random.pick(bulkMailDomains);
  const hub = `${fancyWord(random)}${coinedWord(random, 3)}${random.digits(2)}`;
  return weighted<Scheme<string>>([
    [(own, { username }) => `${username}@${own.pick(domains)}`, 1.6 * (1 - evasion) + 0.2],
    [(own, { username }) => disposableMailbox(own, username), 1 - evasion],
    [(own) => `${dotted(own, hub)}@gmail.com`, 0.7],
    [(_, __, serial) => `${hub}+${String(serial)}@gmail.com`, 0.6 * (1 - evasion) + 0.1],
    [(own, { username }) => `${username}${own.digits(own.integer(0, 3))}@${bulkDomain}`, 2],
    [(_, { email }) => email, 3 * evasion],
  ])(random);
}

/** The same Gmail mailbox in other words: dots do not count there. */
function dotted(random: Random, local: string): string {
  return local.replace(/\B[a-z0-9]/g, (sign) => (random.chance(0.3) ? `.${sign}` : sign));
}
