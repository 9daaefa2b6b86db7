import { from, reason, upTo, yes } from '../reason.ts';
import { counter, member, type Feature } from '../feature.ts';
import { nameLikelihood } from '../name-model.ts';
import { unlessStandIn } from '../learned-stand-ins.ts';
import { graphemeCount } from '../name-text.ts';
import { mixesScripts } from '../text-script.ts';
import { digitShare, entropyBits, longestDigitRun, pairSimilarity, vowelShare } from '../text-measures.ts';

const noUsername = 'not a signup, or no user name given';
const strings = 'Zafarani and Liu, "10 Bits of Surprise", CIKM 2015';
const characters = 'Freeman, "Using Naive Bayes to Detect Spammy Names in Social Networks", AISec 2013';

/** User name, display name, biography and picture, and how often each, or its kind, has come before. */
export const nameFeatures: readonly Feature[] = [
  {
    name: 'username_length',
    group: 'identity',
    definition: 'Characters of the user name as a reader counts them: an emoji is one, what is invisible none.',
    unit: 'characters',
    range: [0, 1024],
    missing: noUsername,
    source: strings,
    reason: reason('name', from(16), 'The user name is {value} characters long'),
    extract: member(({ signup }) => (signup?.username ? graphemeCount(signup.username) : undefined)),
  },
  {
    name: 'username_digit_share',
    group: 'identity',
    definition: 'Share of digits of any script among the characters of the user name.',
    unit: 'share',
    range: [0, 1],
    missing: noUsername,
    source: strings,
    reason: reason('name', from(0.3), 'Of the user name, {value} are digits'),
    extract: member(({ username }) => (username === undefined ? undefined : digitShare(username))),
  },
  {
    name: 'username_digit_run',
    group: 'identity',
    definition: 'Longest run of digits of any script in the user name.',
    unit: 'characters',
    range: [0, 1024],
    missing: noUsername,
    source: strings,
    reason: reason('name', from(4), 'The user name has {value} digits in a row'),
    extract: member(({ username }) => (username === undefined ? undefined : longestDigitRun(username))),
  },
  {
    name: 'username_entropy',
    group: 'identity',
    definition: 'Shannon entropy of the characters of the user name.',
    unit: 'bits per character',
    range: [0, 8],
    missing: noUsername,
    source: strings,
    reason: reason('name', from(3.3), 'The user name looks random'),
    extract: member(({ username }) => (username === undefined ? undefined : entropyBits(username))),
  },
  {
    name: 'username_vowel_share',
    group: 'identity',
    definition: 'Share of vowels among the ASCII letters of the user name.',
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, or no ASCII letter in the user name',
    source: strings,
    reason: reason('name', upTo(0.2), 'Of the letters in the user name, {value} are vowels'),
    extract: member(({ username }) => (username === undefined ? undefined : vowelShare(username))),
  },
  {
    name: 'username_email_similarity',
    group: 'identity',
    definition: 'Dice coefficient of the letter pairs of user name and e-mail name: 1 is the same name.',
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, or one of the two names missing or shorter than two characters',
    source: 'Dice, 1945',
    reason: reason('name', upTo(0.2), 'The user name and the e-mail address have little in common'),
    extract: member(({ username, email }) =>
      username === undefined || email === undefined ? undefined : pairSimilarity(username, email.local),
    ),
  },
  {
    name: 'name_shape_signups_1h',
    group: 'identity',
    definition: 'Signups from the same network whose user name has the same template of letters and digits, in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: 'not a signup, or no user name or address given',
    source: 'SynchroTrap, CCS 2014, in spirit: accounts made alike',
    reason: reason(
      'name',
      from(2),
      '{value} signups with the same user name template came from this network in 1 hour',
    ),
    extract: counter('name_shape', 'signups', '1h'),
  },
  {
    name: 'name_shape_signups_24h',
    group: 'identity',
    definition:
      'Signups from the same network whose user name has the same template of letters and digits, in 24 hours.',
    unit: 'signups',
    range: [0, Infinity],
    missing: 'not a signup, or no user name or address given',
    source: 'SynchroTrap, CCS 2014, in spirit: accounts made alike',
    reason: reason(
      'name',
      from(2),
      '{value} signups with the same user name template came from this network in 24 hours',
    ),
    extract: counter('name_shape', 'signups', '24h'),
  },
  {
    name: 'username_likelihood',
    group: 'identity',
    definition:
      "Mean base-2 log-likelihood of the user name's letter pairs, under a model of honest names: low is gibberish.",
    unit: 'bits per pair',
    range: [-16, 0],
    missing: 'not a signup, or fewer than three Latin letters in the user name',
    source: characters,
    reason: reason('name', upTo(-4.2), 'The user name does not read like a name'),
    extract: member(({ username }) => (username === undefined ? undefined : nameLikelihood(username))),
  },
  {
    name: 'name_mixes_scripts',
    group: 'identity',
    definition:
      'Whether one word of the user name or display name mixes scripts that are not written together, such as Latin and Cyrillic; invisible characters part no word.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no name in the event',
    source: 'UTS 39, mixed-script detection',
    reason: reason('name', yes, 'A name mixes letters of scripts that look alike'),
    extract: member(({ username, displayName }) =>
      username === undefined && displayName === undefined
        ? undefined
        : mixesScripts(username ?? '') || mixesScripts(displayName ?? '')
          ? 1
          : 0,
    ),
  },
  {
    name: 'name_stem_signups_1h',
    group: 'identity',
    definition: 'Signups from the same network whose user name is the same but for the digits at its end, in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: 'not a signup, or no user name or address given',
    source: 'sequential names: john01, john02',
    reason: reason(
      'name',
      from(2),
      '{value} signups with the same user name but for its number came from this network in 1 hour',
    ),
    extract: counter('name_stem', 'signups', '1h'),
  },
  {
    name: 'name_stem_signups_24h',
    group: 'identity',
    definition: 'Signups from the same network whose user name is the same but for the digits at its end, in 24 hours.',
    unit: 'signups',
    range: [0, Infinity],
    missing: 'not a signup, or no user name or address given',
    source: 'sequential names: john01, john02',
    reason: reason(
      'name',
      from(2),
      '{value} signups with the same user name but for its number came from this network in 24 hours',
    ),
    extract: counter('name_stem', 'signups', '24h'),
  },
  {
    name: 'display_name_accounts_24h',
    group: 'identity',
    definition:
      'Different accounts that took a display name that looks the same (case, invisible characters, composition apart) in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: 'no display name in the event',
    source: 'Facebook Deep Entity Classification, USENIX Security 2021',
    reason: reason('alike', from(2), '{value} accounts took the same display name in 24 hours'),
    extract: counter('display_name', 'accounts', '24h'),
  },
  {
    name: 'bio_accounts_24h',
    group: 'identity',
    definition:
      'Different accounts that took a biography that looks the same (case, invisible characters, composition apart) in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: 'no biography in the event',
    source: 'Facebook Deep Entity Classification, USENIX Security 2021',
    reason: reason('alike', from(2), '{value} accounts took the same biography in 24 hours'),
    extract: counter('bio', 'accounts', '24h'),
  },
  {
    name: 'avatar_accounts_24h',
    group: 'identity',
    definition: 'Different accounts that took the same picture in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: 'no picture in the event, or one that stands for many',
    source: 'Facebook Deep Entity Classification, USENIX Security 2021',
    reason: reason('alike', from(2), '{value} accounts took the same picture in 24 hours'),
    extract: unlessStandIn('avatar', counter('avatar', 'accounts', '24h')),
  },
];
