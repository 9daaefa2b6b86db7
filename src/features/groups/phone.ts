import { amongSeveral, from, no, reason, yes } from '../reason.ts';
import { counter, flag, member, type Feature } from '../feature.ts';
import { surge } from '../sight.ts';
import { snapshotColumn } from '../state.ts';

const noPhone =
  'not a signup, or no phone number given that can be read: a national form counts where its country is known';
const velocity = 'velocity features as in Stripe Radar and Flink fraud-rule examples';

/** Phone number of a signup, and how often it and its block have come before. */
export const phoneFeatures: readonly Feature[] = [
  {
    name: 'phone_present',
    group: 'identity',
    definition: 'Whether the signup gave a phone number that can be read.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'not a signup',
    source: velocity,
    reason: reason('omitted', no, 'No phone number was given that can be read'),
    extract: member(({ signup, phone }) => (signup === undefined ? undefined : phone === undefined ? 0 : 1)),
  },
  {
    name: 'phone_prefix_signups_1h',
    group: 'identity',
    definition: 'Signups with a number of the same block (all but the last four digits) in 1 hour.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noPhone,
    source: 'Thomas et al., "Dialing Back Abuse on Phone Verified Accounts", CCS 2014',
    reason: reason('phone', from(2), '{value} signups came with a phone number of the same block in 1 hour'),
    extract: counter('phone_prefix', 'signups', '1h'),
  },
  {
    name: 'phone_prefix_signups_24h',
    group: 'identity',
    definition: 'Signups with a number of the same block (all but the last four digits) in 24 hours.',
    unit: 'signups',
    range: [0, Infinity],
    missing: noPhone,
    source: 'Thomas et al., "Dialing Back Abuse on Phone Verified Accounts", CCS 2014',
    reason: reason('phone', from(2), '{value} signups came with a phone number of the same block in 24 hours'),
    extract: counter('phone_prefix', 'signups', '24h'),
  },
  {
    name: 'phone_accounts_7d',
    group: 'identity',
    definition: 'Different accounts that signed up with this number, however spelled, in 7 days.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: noPhone,
    source: 'Thomas et al., "Dialing Back Abuse on Phone Verified Accounts", CCS 2014',
    reason: reason('phone', from(2), '{value} accounts signed up with the same phone number in 7 days'),
    extract: counter('phone', 'accounts', '7d'),
  },
  {
    name: 'phone_prefix_surge_1h',
    group: 'identity',
    definition:
      'Signups with a number of the same block in 1 hour over their mean hour of the last 7 days, as far as Winnow saw them.',
    unit: 'times the usual',
    range: [0, 168],
    missing: 'not a signup, no phone number given, or no signup of the block in 7 days',
    source: 'Thomas et al., "Dialing Back Abuse on Phone Verified Accounts", CCS 2014',
    reason: reason(
      'phone',
      from(2),
      'In 1 hour, signups with numbers of this block were {value} as many as usual',
      amongSeveral('phone_prefix_signups_1h'),
    ),
    extract: surge(snapshotColumn('phone_prefix', 'signups', '1h'), snapshotColumn('phone_prefix', 'signups', '7d'), 1),
  },
  {
    name: 'phone_is_assigned',
    group: 'identity',
    definition: "Whether the number lies in a block that its country's numbering plan has given out.",
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no phone number given, or no reference data',
    source: 'libphonenumber',
    reason: reason('number', no, 'The phone number does not exist in the numbering plan of its country'),
    extract: member(({ phoneReference }) => flag(phoneReference?.isAssigned)),
  },
  {
    name: 'phone_is_mobile',
    group: 'identity',
    definition: 'Whether the number is one of mobile phones.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no phone number given, or its line is not known',
    source: 'libphonenumber',
    reason: reason('number', no, 'The phone number is not one of mobile phones'),
    extract: member(({ phoneReference }) =>
      phoneReference === undefined || phoneReference.lineType === 'unknown'
        ? undefined
        : phoneReference.lineType === 'mobile'
          ? 1
          : 0,
    ),
  },
  {
    name: 'phone_is_voip',
    group: 'identity',
    definition: 'Whether the number is one of Internet telephony, which is had in bulk.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'no phone number given, or its line is not known',
    source: 'libphonenumber',
    reason: reason('number', yes, 'The phone number is one of Internet telephony'),
    extract: member(({ phoneReference }) =>
      phoneReference === undefined || phoneReference.lineType === 'unknown'
        ? undefined
        : phoneReference.lineType === 'voip'
          ? 1
          : 0,
    ),
  },
];
