import { counter, member, type Feature } from '../feature.ts';
import { watchedHours } from '../sight.ts';
import { isStandIn, unlessStandIn } from '../learned-stand-ins.ts';

const company =
  'what more parties hold than could own it is nobody\u2019s: nil device ids, blank pictures, texts of the app';

/** How far what is known can be trusted: how long Winnow has looked, what could not be read, which values are nobody's own. */
export const sightFeatures: readonly Feature[] = [
  {
    name: 'history_age_h',
    group: 'flow',
    definition:
      'Hours for which Winnow has been looking at least, by the half days of the last week in which something happened; 168 is a week or more.',
    unit: 'hours',
    range: [0, 168],
    missing: 'a label',
    source: 'on a new installation everything is seen for the first time',
    reason: null,
    extract: (_facts, values, row) => watchedHours(values, row),
  },
  {
    name: 'malformed_members',
    group: 'flow',
    definition: 'Members of the event that broke the contract, and were cut or taken as missing.',
    unit: 'members',
    range: [0, Infinity],
    missing: 'never',
    source: 'clients of people are one program, tested; scripts are written by hand',
    reason: '{value} members of the event broke the contract',
    extract: member(({ event }) => event.malformed.length),
  },
  {
    name: 'device_is_stand_in',
    group: 'device',
    definition:
      'Whether the device id was seen in 12 networks and with 8 user agents or more of each in 7 days: many devices under one id.',
    unit: '0 or 1',
    range: [0, 1],
    missing: "no device in the event, or the event is another person's act",
    source: company,
    reason: null,
    extract: isStandIn('device'),
  },
  {
    name: 'avatar_is_stand_in',
    group: 'spread',
    definition:
      'Whether 30 accounts older than 48 hours or more, in 30 networks or more, took the same picture in 7 days: a picture of the app.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no picture in the event',
    source: company,
    reason: null,
    extract: isStandIn('avatar'),
  },
  {
    name: 'text_is_stand_in',
    group: 'spread',
    definition:
      'Whether 30 accounts older than 48 hours or more, in 30 networks or more, used the same text in 7 days: a text of the app or a saying.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'the event has no text',
    source: company,
    reason: null,
    extract: isStandIn('text'),
  },
  {
    name: 'account_reporter_networks_7d',
    group: 'activity',
    definition: 'Different networks (/24, or /56 of IPv6) from which the account was reported in 7 days.',
    unit: 'networks',
    range: [0, Infinity],
    missing: 'never',
    source: 'who reports with many accounts has fewer networks',
    reason: 'The account was reported from {value} networks in 7 days',
    extract: counter('account', 'reporter_networks', '7d'),
  },
  {
    name: 'text_networks_7d',
    group: 'spread',
    definition: 'Different networks (/24, or /56 of IPv6) from which the same text came in 7 days.',
    unit: 'networks',
    range: [0, Infinity],
    missing: 'the event has no text, or one that stands for many',
    source: 'Gao et al., "Detecting and Characterizing Social Spam Campaigns", IMC 2010',
    reason: 'The same text came from {value} networks in 7 days',
    extract: unlessStandIn('text', counter('text', 'networks', '7d')),
  },
];
