import { from, no, reason, upTo, yes } from '../reason.ts';
import { appVersionNumber } from '../app-version.ts';
import { counter, flag, member, share, type Extractor, type Feature } from '../feature.ts';
import { ageSinceSight, unwatched } from '../sight.ts';
import { unlessStandIn } from '../learned-stand-ins.ts';
import { snapshotColumn, type CountName, type DistinctName, type WindowName } from '../state.ts';

const noDevice =
  "no device in the event, a stand-in such as a nil UUID, one that stands for many, or the event is another person's act";
const perDevice = 'accounts per device, as in Facebook SybilEdge (WWW 2020) and Stripe Radar';

function ofDevice(name: CountName<'device'> | DistinctName<'device'>, window: WindowName): Extractor {
  return unlessStandIn('device', counter('device', name, window));
}

/** What the device has done before, and what it says of itself. */
export const deviceFeatures: readonly Feature[] = [
  {
    name: 'device_signups_1h',
    group: 'device',
    definition: 'Signups from this device in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noDevice,
    source: perDevice,
    reason: reason('device', from(2), '{value} signups came from this device in 1 hour'),
    extract: ofDevice('signups', '1h'),
  },
  {
    name: 'device_accounts_1h',
    group: 'device',
    definition: 'Different accounts that signed up from this device in 1 hour.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noDevice,
    source: perDevice,
    reason: reason('device', from(2), '{value} accounts were created from this device in 1 hour'),
    extract: ofDevice('accounts', '1h'),
  },
  {
    name: 'device_accounts_24h',
    group: 'device',
    definition: 'Different accounts that signed up from this device in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noDevice,
    source: perDevice,
    reason: reason('device', from(2), '{value} accounts were created from this device in 24 hours'),
    extract: ofDevice('accounts', '24h'),
  },
  {
    name: 'device_accounts_7d',
    group: 'device',
    definition: 'Different accounts that signed up from this device in 7 days.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noDevice,
    source: perDevice,
    reason: reason('device', from(2), '{value} accounts were created from this device in 7 days'),
    extract: ofDevice('accounts', '7d'),
  },
  {
    name: 'device_age_h',
    group: 'device',
    definition: 'Hours since this device was first seen.',
    unit: 'hours',
    range: [0, Infinity],
    missing: `${noDevice}; or ${unwatched}`,
    source: 'tirreno',
    reason: reason('novelty', upTo(168), 'This device was first seen {value} ago'),
    extract: unlessStandIn('device', ageSinceSight('device')),
  },
  {
    name: 'device_networks_24h',
    group: 'device',
    definition: 'Different networks that this device was seen in, in 24 hours.',
    unit: 'networks',
    range: [0, Infinity],
    missing: noDevice,
    source: 'rotating proxies change the network, not the device',
    reason: reason('travel', from(3), 'This device was seen in {value} networks in 24 hours'),
    extract: ofDevice('networks', '24h'),
  },
  {
    name: 'user_agent_present',
    group: 'device',
    definition: 'Whether the client sent a user agent.',
    unit: '0 or 1',
    range: [0, 1],
    missing: "the event is another person's act, or has no context",
    source: 'common practice',
    reason: reason('client', no, 'The client does not say what it is (no user agent)'),
    extract: member(({ context, userAgent }) => (context === undefined ? undefined : userAgent === undefined ? 0 : 1)),
  },
  {
    name: 'user_agent_automated',
    group: 'device',
    definition: 'Whether the user agent names a tool of automation or a bare library.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no user agent, or no reference data',
    source: 'isbot',
    reason: reason('client', yes, 'The client says that it is a tool of automation'),
    extract: member(({ userAgent, reference }) =>
      flag(userAgent === undefined ? undefined : reference.isAutomated(userAgent)),
    ),
  },
  {
    name: 'user_agent_share_24h',
    group: 'device',
    definition: 'Share of the signups of 24 hours with a user agent that have exactly this one: near 0 is rare.',
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, no user agent, or fewer than three signups with one',
    source: 'rare clients: Vastel et al., "FP-Scanner", USENIX Security 2018',
    reason: reason('client', upTo(0.05), 'Of all signups in 24 hours, {value} have this user agent'),
    extract: share(snapshotColumn('user_agent', 'signups', '24h'), snapshotColumn('platform', 'agent_signups', '24h')),
  },
  {
    name: 'app_version',
    group: 'device',
    definition: 'Version of the app as a number that grows with it: 10,000 for each step of the part before.',
    unit: 'number',
    range: [0, 1e12],
    missing: 'no version in the event, or one that begins with no number',
    source: 'old builds are scripted against',
    reason: null,
    extract: member(({ appVersion }) => (appVersion === undefined ? undefined : appVersionNumber(appVersion))),
  },
  {
    name: 'app_version_share_24h',
    group: 'device',
    definition:
      'Share of the signups of 24 hours with a version of the app that have this one: near 0 is outdated, or not a version at all.',
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, no version, or fewer than three signups with one',
    source: 'old builds are scripted against',
    reason: reason('client', upTo(0.05), 'Of all signups in 24 hours, {value} have this version of the app'),
    extract: share(
      snapshotColumn('app_version', 'signups', '24h'),
      snapshotColumn('platform', 'version_signups', '24h'),
    ),
  },
];
