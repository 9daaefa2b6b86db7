import { sayTimes } from '../../domain/say-value.ts';
import { counter, share, span, type Extractor, type Feature } from '../feature.ts';
import { amongSeveral, from, nearlyEqual, no, reason, upTo } from '../reason.ts';
import { ageSinceSight, surge, unwatched } from '../sight.ts';
import { snapshotColumn, type WindowName } from '../state.ts';
import { unlessStandIn } from '../learned-stand-ins.ts';

const noAddress =
  "no address in the event, one of nobody (private, the platform's own) or unreadable, or the event is another person's act";
const velocity = 'velocity per address, as in Stripe Radar and Flink fraud-rule examples';
const shared = 'Casado and Freedman, "Peering through the Shroud", NSDI 2007: one address may be many people';
const resident = 'behind carrier NAT, in schools and offices live accounts of long standing; behind a farm none';
/** Signups over the accounts that live there, one assumed beforehand: an empty house has no residents to divide by. */
function signupsPerResident(kind: 'ip' | 'network', window: '1h' | '24h'): Extractor {
  const signups = snapshotColumn(kind, 'signups', window);
  const residents = snapshotColumn(kind, 'residents', '7d');
  return (_facts, values, row) => values[row + signups]! / (1 + values[row + residents]!);
}

/** Different devices over the signups that named one; no share for a device that stands for many. */
function devicesPerSignup(kind: 'ip' | 'network'): Extractor {
  const devices = snapshotColumn(kind, 'devices', '24h');
  return unlessStandIn('device', share(devices, snapshotColumn(kind, 'device_signups', '24h')));
}

/** Different devices; missing while no signup named one. */
function devicesToldOf(kind: 'ip'): Extractor {
  const column = snapshotColumn(kind, 'devices', '24h');
  return (_facts, values, row) => values[row + column]! || NaN;
}

const fewDevices = (place: string) => (devices: number) =>
  `Each device behind this ${place} signed up ${devices === 0 ? 'many times' : sayTimes(1 / devices)} in 24 hours, on average`;

const moreThanUsual = (duration: string, window: WindowName) =>
  reason(
    'address',
    from(2),
    `In ${duration}, signups from this network were {value} as many as usual`,
    amongSeveral(`network_signups_${window}`),
  );

const moreThanLive = (place: string, duration: string) =>
  reason(
    'address',
    from(2),
    `More signups came from this ${place} in ${duration} than accounts older than 2 days used it in 7 days`,
  );

/** How busy the address and the network around it are, and how alike what comes from them is. */
export const networkFeatures: readonly Feature[] = [
  {
    name: 'ip_signups_10m',
    group: 'network',
    definition: 'Signups from this address in 10 minutes.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} signups came from this address in 10 minutes'),
    extract: counter('ip', 'signups', '10m'),
  },
  {
    name: 'ip_signups_1h',
    group: 'network',
    definition: 'Signups from this address in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} signups came from this address in 1 hour'),
    extract: counter('ip', 'signups', '1h'),
  },
  {
    name: 'ip_signups_24h',
    group: 'network',
    definition: 'Signups from this address in 24 hours.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} signups came from this address in 24 hours'),
    extract: counter('ip', 'signups', '24h'),
  },
  {
    name: 'ip_signup_failures_1h',
    group: 'network',
    definition: 'Failed signups from this address in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} signups from this address failed in 1 hour'),
    extract: counter('ip', 'signup_failures', '1h'),
  },
  {
    name: 'ip_accounts_1h',
    group: 'network',
    definition: 'Different accounts that signed up from this address in 1 hour.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} different accounts signed up from this address in 1 hour'),
    extract: counter('ip', 'accounts', '1h'),
  },
  {
    name: 'ip_accounts_24h',
    group: 'network',
    definition: 'Different accounts that signed up from this address in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} different accounts signed up from this address in 24 hours'),
    extract: counter('ip', 'accounts', '24h'),
  },
  {
    name: 'ip_devices_24h',
    group: 'network',
    definition: 'Different devices that signups from this address used in 24 hours.',
    unit: 'devices',
    range: [0, Infinity],
    missing: `${noAddress}; or no signup from the address named a device`,
    source: shared,
    reason: reason('address', from(2), 'Signups from this address used {value} devices in 24 hours'),
    extract: devicesToldOf('ip'),
  },
  {
    name: 'ip_devices_per_signup_24h',
    group: 'network',
    definition:
      'Devices over the signups from this address that named one, in 24 hours: near 1 is many people, near 0 is one machine.',
    unit: 'devices per signup',
    range: [0, Infinity],
    missing:
      'no address, a device that stands for many, or fewer than three signups from the address named one in 24 hours',
    source: shared,
    reason: reason('address', upTo(0.5), fewDevices('address')),
    extract: devicesPerSignup('ip'),
  },
  {
    name: 'ip_age_h',
    group: 'network',
    definition: 'Hours since this address was first seen.',
    unit: 'hours',
    range: [0, Infinity],
    missing: `${noAddress}; or ${unwatched}`,
    source: 'tirreno',
    reason: reason('novelty', upTo(168), 'This address was first seen {value} ago'),
    extract: ageSinceSight('ip'),
  },
  {
    name: 'network_signups_1h',
    group: 'network',
    definition: 'Signups from this network (/24, or /56 of IPv6) in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} signups came from this network in 1 hour'),
    extract: counter('network', 'signups', '1h'),
  },
  {
    name: 'network_signups_24h',
    group: 'network',
    definition: 'Signups from this network (/24, or /56 of IPv6) in 24 hours.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} signups came from this network in 24 hours'),
    extract: counter('network', 'signups', '24h'),
  },
  {
    name: 'network_surge_1h',
    group: 'network',
    definition:
      'Signups from this network in 1 hour over its mean hour of the last 7 days, as far as Winnow saw them: 168 is all of the week in one hour.',
    unit: 'times the usual',
    range: [0, 168],
    missing: 'no address, or no signup from the network in 7 days',
    source: 'carrier NAT and campuses are busy always; a campaign is busy now',
    reason: moreThanUsual('1 hour', '1h'),
    extract: surge(snapshotColumn('network', 'signups', '1h'), snapshotColumn('network', 'signups', '7d'), 1),
  },
  {
    name: 'network_devices_per_signup_24h',
    group: 'network',
    definition: 'Devices over the signups from this network that named one, in 24 hours.',
    unit: 'devices per signup',
    range: [0, Infinity],
    missing:
      'no address, a device that stands for many, or fewer than three signups from the network named one in 24 hours',
    source: shared,
    reason: reason('address', upTo(0.5), fewDevices('network')),
    extract: devicesPerSignup('network'),
  },
  {
    name: 'name_shape_share_24h',
    group: 'network',
    definition: "Share of the network's signups with a user name in 24 hours whose name has the same template.",
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, no user name or address given, or fewer than three signups of the network with a user name',
    source: 'SynchroTrap, CCS 2014, in spirit: accounts made alike',
    reason: reason('name', from(0.2), 'Of the signups from this network, {value} have the same user name template'),
    extract: share(snapshotColumn('name_shape', 'signups', '24h'), snapshotColumn('network', 'name_signups', '24h')),
  },
  {
    name: 'client_signups_24h',
    group: 'network',
    definition: 'Signups from this network in 24 hours with the same user agent, locale, time zone and screen.',
    unit: 'signups',
    range: [0, Infinity],
    missing: 'not a signup, or no address or user agent given',
    source: 'Vastel et al., "FP-Scanner", USENIX Security 2018, in spirit: clients made alike',
    reason: reason(
      'alike',
      from(2),
      '{value} signups from this network in 24 hours came from clients set up exactly alike',
    ),
    extract: counter('client', 'signups', '24h'),
  },
  {
    name: 'client_share_24h',
    group: 'network',
    definition:
      "Share of the network's signups with a user agent in 24 hours that have the same one, and locale, time zone and screen.",
    unit: 'share',
    range: [0, 1],
    missing:
      'not a signup, no address or user agent given, or fewer than three signups of the network with a user agent',
    source: 'Vastel et al., "FP-Scanner", USENIX Security 2018, in spirit: clients made alike',
    reason: reason(
      'alike',
      from(0.2),
      'Of the signups from this network, {value} came from clients set up exactly alike',
    ),
    extract: share(snapshotColumn('client', 'signups', '24h'), snapshotColumn('network', 'agent_signups', '24h')),
  },
  {
    name: 'ip_accounts_10m',
    group: 'network',
    definition: 'Different accounts that signed up from this address in 10 minutes.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} different accounts signed up from this address in 10 minutes'),
    extract: counter('ip', 'accounts', '10m'),
  },
  {
    name: 'network_signups_10m',
    group: 'network',
    definition: 'Signups from this network (/24, or /56 of IPv6) in 10 minutes.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} signups came from this network in 10 minutes'),
    extract: counter('network', 'signups', '10m'),
  },
  {
    name: 'network_accounts_1h',
    group: 'network',
    definition: 'Different accounts that signed up from this network in 1 hour.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} different accounts signed up from this network in 1 hour'),
    extract: counter('network', 'accounts', '1h'),
  },
  {
    name: 'network_accounts_24h',
    group: 'network',
    definition: 'Different accounts that signed up from this network in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} different accounts signed up from this network in 24 hours'),
    extract: counter('network', 'accounts', '24h'),
  },
  {
    name: 'network_surge_24h',
    group: 'network',
    definition:
      'Signups from this network in 24 hours over its mean day of the last 7 days, as far as Winnow saw them.',
    unit: 'times the usual',
    range: [0, 7],
    missing: 'no address, or no signup from the network in 7 days',
    source: 'carrier NAT and campuses are busy always; a campaign is busy now',
    reason: moreThanUsual('24 hours', '24h'),
    extract: surge(snapshotColumn('network', 'signups', '24h'), snapshotColumn('network', 'signups', '7d'), 24),
  },
  {
    name: 'network_accounts_10m',
    group: 'network',
    definition: 'Different accounts that signed up from this network in 10 minutes.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: velocity,
    reason: reason('address', from(2), '{value} different accounts signed up from this network in 10 minutes'),
    extract: counter('network', 'accounts', '10m'),
  },
  {
    name: 'network_surge_10m',
    group: 'network',
    definition:
      'Signups from this network in 10 minutes over its mean 10 minutes of the last 7 days, as far as Winnow saw them.',
    unit: 'times the usual',
    range: [0, 1008],
    missing: 'no address, or no signup from the network in 7 days',
    source: 'carrier NAT and campuses are busy always; a campaign is busy now',
    reason: moreThanUsual('10 minutes', '10m'),
    extract: surge(snapshotColumn('network', 'signups', '10m'), snapshotColumn('network', 'signups', '7d'), 1 / 6),
  },
  {
    name: 'ip_residents_7d',
    group: 'network',
    definition: 'Accounts older than 48 hours that acted from this address in 7 days.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: resident,
    reason: reason('novelty', no, 'No account older than 2 days was used from this address in 7 days'),
    extract: counter('ip', 'residents', '7d'),
  },
  {
    name: 'network_residents_7d',
    group: 'network',
    definition: 'Accounts older than 48 hours that acted from this network in 7 days.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noAddress,
    source: resident,
    reason: reason('novelty', no, 'No account older than 2 days was used from this network in 7 days'),
    extract: counter('network', 'residents', '7d'),
  },
  {
    name: 'ip_signups_per_resident_1h',
    group: 'network',
    definition: 'Signups from this address in 1 hour over its accounts older than 48 hours, one assumed beforehand.',
    unit: 'signups per account',
    range: [0, Infinity],
    missing: noAddress,
    source: resident,
    reason: moreThanLive('address', '1 hour'),
    extract: signupsPerResident('ip', '1h'),
  },
  {
    name: 'ip_signups_per_resident_24h',
    group: 'network',
    definition: 'Signups from this address in 24 hours over its accounts older than 48 hours, one assumed beforehand.',
    unit: 'signups per account',
    range: [0, Infinity],
    missing: noAddress,
    source: resident,
    reason: moreThanLive('address', '24 hours'),
    extract: signupsPerResident('ip', '24h'),
  },
  {
    name: 'network_signups_per_resident_1h',
    group: 'network',
    definition: 'Signups from this network in 1 hour over its accounts older than 48 hours, one assumed beforehand.',
    unit: 'signups per account',
    range: [0, Infinity],
    missing: noAddress,
    source: resident,
    reason: moreThanLive('network', '1 hour'),
    extract: signupsPerResident('network', '1h'),
  },
  {
    name: 'network_signups_per_resident_24h',
    group: 'network',
    definition: 'Signups from this network in 24 hours over its accounts older than 48 hours, one assumed beforehand.',
    unit: 'signups per account',
    range: [0, Infinity],
    missing: noAddress,
    source: resident,
    reason: moreThanLive('network', '24 hours'),
    extract: signupsPerResident('network', '24h'),
  },
  {
    name: 'network_gap_variation',
    group: 'network',
    definition: 'Standard deviation over mean of the gaps between what is seen of this network: near 0 is a metronome.',
    unit: 'ratio',
    range: [0, Infinity],
    missing: 'no address, or fewer than three events of the network',
    source: 'arrivals of people vary, those of scripts do not',
    reason: reason('pace', upTo(nearlyEqual), 'What comes from this network comes at nearly equal gaps'),
    extract: span('network', 'gap_variation'),
  },
];
