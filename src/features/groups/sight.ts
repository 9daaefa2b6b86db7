import { amongSeveral, from, reason } from '../reason.ts';
import { counter, member, share, type Extractor, type Feature } from '../feature.ts';
import { pastEvents, surge, watchedHours } from '../sight.ts';
import { snapshotColumn } from '../state.ts';
import { isStandIn, unlessStandIn } from '../learned-stand-ins.ts';

const company =
  'what more parties hold than could own it is nobody\u2019s: nil device ids, blank pictures, texts of the app';

const site = 'who has an IPv6 /48 rotates through its networks: zulip#21544, boulder#2738';
const noSite = "no address in the event, or the event is another person's act";

const siteSignups = snapshotColumn('site', 'signups', '24h');
const siteResidents = snapshotColumn('site', 'residents', '7d');
const sitePerResident: Extractor = (_facts, values, row) =>
  values[row + siteSignups]! / (1 + values[row + siteResidents]!);

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
    reason: reason('client', from(1), '{value} [field|fields] of the event [was|were] malformed'),
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
    reason: reason('reports', from(2), 'The account was reported from {value} networks in 7 days'),
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
    reason: reason('content', from(2), 'The same text came from {value} networks in 7 days'),
    extract: unlessStandIn('text', counter('text', 'networks', '7d')),
  },
  {
    name: 'account_past_events',
    group: 'activity',
    definition: 'Events of the account before the last 7 days, as far as Winnow saw them.',
    unit: 'events',
    range: [0, Infinity],
    missing: 'the account has not acted yet: another reported or answered it',
    source: 'an account with a past costs more to make than one with an age',
    reason: null,
    extract: pastEvents,
  },
  {
    name: 'site_signups_1h',
    group: 'network',
    definition: 'Signups from the site around the network (/22, or /48 of IPv6) in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noSite,
    source: site,
    reason: reason('address', from(2), '{value} signups came from the networks around this address in 1 hour'),
    extract: counter('site', 'signups', '1h'),
  },
  {
    name: 'site_signups_24h',
    group: 'network',
    definition: 'Signups from the site around the network (/22, or /48 of IPv6) in 24 hours.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noSite,
    source: site,
    reason: reason('address', from(2), '{value} signups came from the networks around this address in 24 hours'),
    extract: counter('site', 'signups', '24h'),
  },
  {
    name: 'site_surge_1h',
    group: 'network',
    definition: 'Signups from the site in 1 hour over its mean hour of the last 7 days, as far as Winnow saw them.',
    unit: 'times the usual',
    range: [0, 168],
    missing: `${noSite}; or no signup from the site in 7 days`,
    source: site,
    reason: reason(
      'address',
      from(2),
      'In 1 hour, signups from the networks around this address were {value} as many as usual',
      amongSeveral('site_signups_1h'),
    ),
    extract: surge(snapshotColumn('site', 'signups', '1h'), snapshotColumn('site', 'signups', '7d'), 1),
  },
  {
    name: 'site_signups_per_resident_24h',
    group: 'network',
    definition:
      'Signups from the site in 24 hours over its accounts older than 48 hours, one assumed beforehand: high where nobody lives, low with a carrier.',
    unit: 'signups per account',
    range: [0, Infinity],
    missing: noSite,
    source: site,
    reason: reason(
      'address',
      from(2),
      'More signups came from the networks around this address in 24 hours than accounts older than 2 days used them in 7 days',
    ),
    extract: sitePerResident,
  },
  {
    name: 'site_shape_share_24h',
    group: 'network',
    definition: "Share of the site's signups with a user name in 24 hours whose name has the same template.",
    unit: 'share',
    range: [0, 1],
    missing: `not a signup, no user name, ${noSite}; or fewer than three signups of the site with a user name`,
    source: site,
    reason: reason(
      'name',
      from(0.2),
      'Of the signups from the networks around this address, {value} have the same user name template',
    ),
    extract: share(snapshotColumn('site_shape', 'signups', '24h'), snapshotColumn('site', 'name_signups', '24h')),
  },
];
