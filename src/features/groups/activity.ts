import { amongSeveral, from, nearlyEqual, reason, upTo } from '../reason.ts';
import { counter, span, type Extractor, type Feature } from '../feature.ts';
import { accountAgeHours, idleHours, surge, unwatched } from '../sight.ts';
import { gapEntropyColumn, snapshotColumn, type WindowName } from '../state.ts';

const activity = 'Gurajala et al., "Profile characteristics of fake Twitter accounts", 2016';
const requests = 'Xu et al., Facebook SybilEdge, WWW 2020: how requests are answered tells who asks';

function repeated(): Extractor {
  const uses = snapshotColumn('account', 'texts_used', '24h');
  const texts = snapshotColumn('account', 'texts', '24h');
  return (_facts, values, row) => {
    const count = values[row + uses]!;
    return count < 2 ? NaN : Math.max(0, 1 - values[row + texts]! / count);
  };
}

function gapEntropy(): Extractor {
  const column = gapEntropyColumn('account');
  return (_facts, values, row) => values[row + column]!;
}

const secondsPerHour = 3600;
const firstMinutesHours = 1 / 6;

function firstActionDelay(): Extractor {
  const columns = (['requests', 'contents', 'likes'] as const).map((name) => snapshotColumn('account', name, '7d'));
  return (facts, values, row) => {
    const { event } = facts;
    if (event.type !== 'social.request_sent' && event.type !== 'content.created') return NaN;
    const actions = columns.reduce((sum, column) => sum + values[row + column]!, 0);
    return actions === 1 ? accountAgeHours(facts, values, row) * secondsPerHour : NaN;
  };
}

function eventsOfFirstMinutes(): Extractor {
  const events = snapshotColumn('account', 'events', '10m');
  return (facts, values, row) =>
    accountAgeHours(facts, values, row) <= firstMinutesHours ? values[row + events]! : NaN;
}

function secondsShare(): Extractor {
  const seconds = snapshotColumn('account', 'seconds', '24h');
  const events = snapshotColumn('account', 'events', '24h');
  return (_facts, values, row) => {
    const count = Math.min(60, values[row + events]!);
    return count < 2 ? NaN : Math.min(1, values[row + seconds]! / count);
  };
}

/** Where none was ever told, or known of, 0 would be a lie. */
function toldOf(name: 'devices' | 'networks' | 'addresses' | 'countries', window: WindowName): Extractor {
  const column = snapshotColumn('account', name, window);
  return (_facts, values, row) => (values[row + column] === 0 ? NaN : values[row + column]!);
}

/** What the account has done, how fast, how regularly, and what others made of it. */
export const activityFeatures: readonly Feature[] = [
  {
    name: 'account_age_h',
    group: 'activity',
    definition:
      'Hours since the account was created, as the platform says; else since its signup, or since it was first seen.',
    unit: 'hours',
    range: [0, Infinity],
    missing: `the account has not acted yet; or its signup was not seen, and ${unwatched}`,
    source: activity,
    reason: reason('novelty', upTo(168), 'The account is {value} old, as far as is known'),
    extract: accountAgeHours,
  },
  {
    name: 'account_idle_h',
    group: 'activity',
    definition: "Hours since the account's event before this one.",
    unit: 'hours',
    range: [0, Infinity],
    missing: 'first event of the account, or Winnow has not been looking for so long',
    source: 'aged sleepers: dormant, then a burst',
    reason: reason('silence', from(168), 'The account had been idle for {value}'),
    extract: idleHours(),
  },
  {
    name: 'account_gap_mean_s',
    group: 'activity',
    definition: "Mean seconds between the account's own events.",
    unit: 'seconds',
    range: [0, Infinity],
    missing: 'before the second event',
    source: activity,
    reason: reason(
      'pace',
      upTo(600),
      'The account’s events are {value} apart on average',
      amongSeveral('account_events_1h'),
    ),
    extract: span('account', 'gap_mean_s'),
  },
  {
    name: 'account_gap_variation',
    group: 'activity',
    definition: "Standard deviation over mean of the gaps between the account's own events: near 0 is a metronome.",
    unit: 'ratio',
    range: [0, Infinity],
    missing: 'before the third event',
    source: 'Chu et al., "Detecting Automation of Twitter Accounts", TDSC 2012',
    reason: reason('pace', upTo(nearlyEqual), 'The account acts at nearly equal gaps'),
    extract: span('account', 'gap_variation'),
  },
  {
    name: 'account_gap_entropy',
    group: 'activity',
    definition:
      "Shannon entropy of the gaps between the account's own events, over eight lengths from below a second to above an hour: near 0 is a script.",
    unit: 'bits',
    range: [0, 3],
    missing: 'before the fifth event',
    source: 'Chu et al., "Detecting Automation of Twitter Accounts", TDSC 2012',
    reason: reason(
      'pace',
      upTo(0.5),
      'The gaps between the account’s events are nearly all about as long as each other',
    ),
    extract: gapEntropy(),
  },
  {
    name: 'account_events_10m',
    group: 'activity',
    definition: 'Events of the account in 10 minutes.',
    unit: 'events',
    range: [0, Infinity],
    missing: 'never',
    source: activity,
    reason: reason('pace', from(5), 'The account acted {value} times in 10 minutes'),
    extract: counter('account', 'events', '10m'),
  },
  {
    name: 'account_events_1h',
    group: 'activity',
    definition: 'Events of the account in 1 hour.',
    unit: 'events',
    range: [0, Infinity],
    missing: 'never',
    source: activity,
    reason: reason('pace', from(10), 'The account acted {value} times in 1 hour'),
    extract: counter('account', 'events', '1h'),
  },
  {
    name: 'account_events_24h',
    group: 'activity',
    definition: 'Events of the account in 24 hours.',
    unit: 'events',
    range: [0, Infinity],
    missing: 'never',
    source: activity,
    reason: reason('pace', from(20), 'The account acted {value} times in 24 hours'),
    extract: counter('account', 'events', '24h'),
  },
  {
    name: 'account_events_7d',
    group: 'activity',
    definition: 'Events of the account in 7 days.',
    unit: 'events',
    range: [0, Infinity],
    missing: 'never',
    source: activity,
    reason: reason('pace', from(50), 'The account acted {value} times in 7 days'),
    extract: counter('account', 'events', '7d'),
  },
  {
    name: 'account_targets_24h',
    group: 'activity',
    definition: 'Different accounts or posts that the account acted on in 24 hours.',
    unit: 'targets',
    range: [0, Infinity],
    missing: 'never',
    source: requests,
    reason: reason('contact', from(5), 'The account acted on {value} different targets in 24 hours'),
    extract: counter('account', 'targets', '24h'),
  },
  {
    name: 'account_contents_10m',
    group: 'activity',
    definition: 'Posts, comments and messages in 10 minutes.',
    unit: 'contents',
    range: [0, Infinity],
    missing: 'never',
    source: activity,
    reason: reason('pace', from(3), 'The account wrote {value} times in 10 minutes'),
    extract: counter('account', 'contents', '10m'),
  },
  {
    name: 'account_contents_24h',
    group: 'activity',
    definition: 'Posts, comments and messages in 24 hours.',
    unit: 'contents',
    range: [0, Infinity],
    missing: 'never',
    source: activity,
    reason: reason('pace', from(5), 'The account wrote {value} times in 24 hours'),
    extract: counter('account', 'contents', '24h'),
  },
  {
    name: 'account_repeat_share_24h',
    group: 'activity',
    definition: "Share of the account's writings in 24 hours that repeat an earlier text.",
    unit: 'share',
    range: [0, 1],
    missing: 'fewer than two writings with a text in 24 hours',
    source: 'Gao et al., "Detecting and Characterizing Social Spam Campaigns", IMC 2010',
    reason: reason('content', from(0.3), 'Of what the account wrote in 24 hours, {value} repeats an earlier text'),
    extract: repeated(),
  },
  {
    name: 'account_likes_10m',
    group: 'activity',
    definition: 'Likes in 10 minutes.',
    unit: 'likes',
    range: [0, Infinity],
    missing: 'never',
    source: 'CopyCatch, WWW 2013',
    reason: reason('pace', from(5), 'The account liked {value} times in 10 minutes'),
    extract: counter('account', 'likes', '10m'),
  },
  {
    name: 'account_links_24h',
    group: 'activity',
    definition: 'Writings with a link in 24 hours.',
    unit: 'writings',
    range: [0, Infinity],
    missing: 'never',
    source: 'Gao et al., "Detecting and Characterizing Social Spam Campaigns", IMC 2010',
    reason: reason('links', from(2), 'The account wrote {value} times with a link in 24 hours'),
    extract: counter('account', 'links', '24h'),
  },
  {
    name: 'account_login_failures_1h',
    group: 'activity',
    definition: 'Failed logins in 1 hour.',
    unit: 'logins',
    range: [0, Infinity],
    missing: 'never',
    source: 'common practice',
    reason: reason('access', from(2), '{value} logins of the account failed in 1 hour'),
    extract: counter('account', 'login_failures', '1h'),
  },
  {
    name: 'account_devices_24h',
    group: 'activity',
    definition: 'Different devices of the account in 24 hours.',
    unit: 'devices',
    range: [0, Infinity],
    missing: 'no event of the account told a device in 24 hours',
    source: 'tirreno',
    reason: reason('access', from(3), 'The account used {value} devices in 24 hours'),
    extract: toldOf('devices', '24h'),
  },
  {
    name: 'account_networks_24h',
    group: 'activity',
    definition: 'Different networks of the account in 24 hours.',
    unit: 'networks',
    range: [0, Infinity],
    missing: 'no event of the account told an address in 24 hours',
    source: 'tirreno',
    reason: reason('access', from(3), 'The account came from {value} networks in 24 hours'),
    extract: toldOf('networks', '24h'),
  },
  {
    name: 'account_addresses_24h',
    group: 'activity',
    definition: 'Different addresses of the account in 24 hours.',
    unit: 'addresses',
    range: [0, Infinity],
    missing: 'no event of the account told an address in 24 hours',
    source: 'tirreno',
    reason: reason('access', from(3), 'The account came from {value} addresses in 24 hours'),
    extract: toldOf('addresses', '24h'),
  },
  {
    name: 'account_first_action_delay_s',
    group: 'activity',
    definition: "Seconds from the account's creation to its first request, writing or like.",
    unit: 'seconds',
    range: [0, Infinity],
    missing: 'the event is not the first such action of the account in 7 days, or the age of the account is not known',
    source: activity,
    reason: reason('pace', upTo(600), 'The account began to act {value} after it was made'),
    extract: firstActionDelay(),
  },
  {
    name: 'account_events_first_10m',
    group: 'activity',
    definition: 'Events of the account in its first 10 minutes.',
    unit: 'events',
    range: [0, Infinity],
    missing: 'the account is older than 10 minutes, or its age is not known',
    source: activity,
    reason: reason('pace', from(3), 'The account acted {value} times in its first 10 minutes'),
    extract: eventsOfFirstMinutes(),
  },
  {
    name: 'account_burst_1h',
    group: 'activity',
    definition:
      "Events of 1 hour over the account's mean hour of the last 7 days, as far as Winnow saw them: high is dormant, then a burst.",
    unit: 'times the usual',
    range: [0, 168],
    missing: 'no event in 7 days',
    source: 'aged sleepers: dormant, then a burst',
    reason: reason(
      'pace',
      from(2),
      'The account acts {value} as often as it usually does',
      amongSeveral('account_events_1h'),
    ),
    extract: surge(snapshotColumn('account', 'events', '1h'), snapshotColumn('account', 'events', '7d'), 1),
  },
  {
    name: 'account_hours_24h',
    group: 'activity',
    definition: 'Hours of the day in which the account acted, in 24 hours: people sleep.',
    unit: 'hours',
    range: [0, 24],
    missing: 'never',
    source: 'Chu et al., "Detecting Automation of Twitter Accounts", TDSC 2012',
    reason: reason('pace', from(16), 'The account acted in {value} different hours of the day'),
    extract: counter('account', 'hours', '24h'),
  },
  {
    name: 'account_seconds_share_24h',
    group: 'activity',
    definition:
      'Different seconds of the minute in which the account acted over its events, in 24 hours: low is a timer.',
    unit: 'share',
    range: [0, 1],
    missing: 'fewer than two events in 24 hours',
    source: 'Zhang and Paxson, "Detecting and Analyzing Automated Activity on Twitter", PAM 2011',
    reason: reason('pace', upTo(0.3), 'The account acts in the same few seconds of the minute'),
    extract: secondsShare(),
  },
  {
    name: 'account_acts_24h',
    group: 'activity',
    definition: 'Different kinds of action in 24 hours.',
    unit: 'kinds',
    range: [0, Infinity],
    missing: 'never',
    source: activity,
    reason: reason('pace', from(5), 'The account did {value} different kinds of thing in 24 hours'),
    extract: counter('account', 'acts', '24h'),
  },
  {
    name: 'account_countries_1h',
    group: 'activity',
    definition: "Countries of the account's addresses in 1 hour: more than one is a journey that nobody makes.",
    unit: 'countries',
    range: [0, Infinity],
    missing: 'no reference data',
    source: 'impossible travel: common practice',
    reason: reason('access', from(2), 'The account came from {value} countries in 1 hour'),
    extract: toldOf('countries', '1h'),
  },
  {
    name: 'account_countries_24h',
    group: 'activity',
    definition: "Countries of the account's addresses in 24 hours.",
    unit: 'countries',
    range: [0, Infinity],
    missing: 'no reference data',
    source: 'common practice',
    reason: reason('access', from(2), 'The account came from {value} countries in 24 hours'),
    extract: toldOf('countries', '24h'),
  },
];
