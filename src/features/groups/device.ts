import { counter, member, span, type Feature } from '../feature.ts';

const noDevice = "no device in the event, or the event is another person's act";
const perDevice = 'accounts per device, as in Facebook SybilEdge (WWW 2020) and Stripe Radar';
/** Words by which automation names itself. A browser that hides it is for the other features. */
const automated =
  /headless|phantomjs|selenium|puppeteer|playwright|python-|curl\/|okhttp\/|go-http|java\/|wget\/|axios\/|node-fetch/i;

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
    reason: '{value} signups came from this device in 1 hour',
    extract: counter('device', 'signups', '1h'),
  },
  {
    name: 'device_accounts_1h',
    group: 'device',
    definition: 'Different accounts that signed up from this device in 1 hour.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noDevice,
    source: perDevice,
    reason: '{value} accounts were created from this device in 1 hour',
    extract: counter('device', 'accounts', '1h'),
  },
  {
    name: 'device_accounts_24h',
    group: 'device',
    definition: 'Different accounts that signed up from this device in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noDevice,
    source: perDevice,
    reason: '{value} accounts were created from this device in 24 hours',
    extract: counter('device', 'accounts', '24h'),
  },
  {
    name: 'device_accounts_7d',
    group: 'device',
    definition: 'Different accounts that signed up from this device in 7 days.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noDevice,
    source: perDevice,
    reason: '{value} accounts were created from this device in 7 days',
    extract: counter('device', 'accounts', '7d'),
  },
  {
    name: 'device_age_h',
    group: 'device',
    definition: 'Hours since this device was first seen.',
    unit: 'hours',
    range: [0, Infinity],
    missing: noDevice,
    source: 'tirreno',
    reason: 'This device was first seen {value} hours ago',
    extract: span('device', 'age_s', 3600),
  },
  {
    name: 'device_networks_24h',
    group: 'device',
    definition: 'Different networks that this device was seen in, in 24 hours.',
    unit: 'networks',
    range: [0, Infinity],
    missing: noDevice,
    source: 'rotating proxies change the network, not the device',
    reason: 'This device was seen in {value} networks in 24 hours',
    extract: counter('device', 'networks', '24h'),
  },
  {
    name: 'user_agent_present',
    group: 'device',
    definition: 'Whether the client sent a user agent.',
    unit: '0 or 1',
    range: [0, 1],
    missing: "the event is another person's act, or has no context",
    source: 'common practice',
    reason: 'Whether the client sent a user agent: {value}',
    extract: member(({ context, userAgent }) => (context === undefined ? undefined : userAgent === undefined ? 0 : 1)),
  },
  {
    name: 'user_agent_automated',
    group: 'device',
    definition: 'Whether the user agent names a tool of automation or a bare library.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no user agent',
    source: 'common practice; isbot',
    reason: 'Whether the client names itself as automated: {value}',
    extract: member(({ userAgent }) => (userAgent === undefined ? undefined : automated.test(userAgent) ? 1 : 0)),
  },
];
