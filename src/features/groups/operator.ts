import { amongSeveral, from, reason, yes } from '../reason.ts';
import type { EventFacts } from '../facts.ts';
import { counter, member, type Extractor, type Feature } from '../feature.ts';
import { snapshotColumn } from '../state.ts';

function shareSurge(): Extractor {
  const asnNow = snapshotColumn('asn', 'signups', '1h');
  const asnUsual = snapshotColumn('asn', 'signups', '7d');
  const allNow = snapshotColumn('platform', 'operator_signups', '1h');
  const allUsual = snapshotColumn('platform', 'operator_signups', '7d');
  return (_facts, values, row) => {
    // A late event may still find the signups of its operator where those of all have left their windows.
    if (values[row + allNow] === 0 || values[row + allUsual] === 0) return NaN;
    const usual = values[row + asnUsual]! / values[row + allUsual]!;
    const now = values[row + asnNow]! / values[row + allNow]!;
    return usual > 0 ? now / usual : NaN;
  };
}

/** Whether the country of the address is another than the one that something else names. */
function differs(countryOf: (facts: EventFacts) => string | undefined): Extractor {
  return member((facts) => {
    const country = facts.addressReference?.country;
    const other = country === undefined ? undefined : countryOf(facts);
    return other === undefined ? undefined : other === country ? 0 : 1;
  });
}

/** Who runs the address, and in which country it is. */
export const operatorFeatures: readonly Feature[] = [
  {
    name: 'asn_signups_1h',
    group: 'network',
    definition: 'Signups from the operator of this address in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: 'no address in the event, or no reference data',
    source: 'velocity per address, taken to its operator',
    reason: reason('address', from(2), '{value} signups came from the network operator of this address in 1 hour'),
    extract: counter('asn', 'signups', '1h'),
  },
  {
    name: 'asn_surge_1h',
    group: 'network',
    definition:
      'Share of the operator of this address in the signups of 1 hour with a known operator, over its share of 7 days.',
    unit: 'times the usual',
    range: [0, Infinity],
    missing: 'no address, no reference data, or no signup from the operator in 7 days',
    source: 'a campaign that rents from one operator shows in its share',
    reason: reason(
      'address',
      from(2),
      'The operator of this address has {value} its usual share of signups',
      amongSeveral('asn_signups_1h'),
    ),
    extract: shareSurge(),
  },
  {
    name: 'asn_is_hosting',
    group: 'network',
    definition: 'Whether the operator of this address rents out machines.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no address in the event, or no reference data',
    source: 'people do not live in data centres',
    reason: reason('connection', yes, 'The address belongs to an operator that rents out machines'),
    extract: member(({ addressReference }) =>
      addressReference?.isHosting === undefined ? undefined : addressReference.isHosting ? 1 : 0,
    ),
  },
  {
    name: 'country_differs_from_phone',
    group: 'network',
    definition: 'Whether the country of the address is another than that of the phone number.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'one of the two is not known',
    source: 'common practice; travellers do it too',
    reason: reason('place', yes, 'The country of the address is another than that of the phone number'),
    extract: differs((facts) => facts.phoneReference?.country),
  },
  {
    name: 'country_differs_from_locale',
    group: 'network',
    definition: 'Whether the country of the address is another than that of the locale.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'one of the two is not known',
    source: 'common practice; travellers do it too',
    reason: reason('place', yes, 'The country of the address is another than that of the language setting'),
    extract: differs((facts) =>
      facts.context?.locale === undefined ? undefined : facts.reference.localeCountry(facts.context.locale),
    ),
  },
  {
    name: 'country_differs_from_time_zone',
    group: 'network',
    definition: 'Whether the country of the address is another than that of the time zone.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'one of the two is not known',
    source: 'common practice; VPN users do it too',
    reason: reason('place', yes, 'The country of the address is another than that of the time zone'),
    extract: differs((facts) =>
      facts.context?.timezone === undefined ? undefined : facts.reference.zoneCountry(facts.context.timezone),
    ),
  },
];
