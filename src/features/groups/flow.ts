import { eventTypes, type EventType } from '../../domain/event.ts';
import { sayDuration } from '../../domain/say-value.ts';
import { amongSeveral, from, nearlyEqual, reason, upTo, yes } from '../reason.ts';
import { counter, measure, member, type Feature } from '../feature.ts';
import { graphemeCount } from '../name-text.ts';

const typeCodes = Object.fromEntries(eventTypes.map((type, code) => [type, code])) as Record<EventType, number>;

/** What kind of event it is, and how long a person or a script took. */
export const flowFeatures: readonly Feature[] = [
  {
    name: 'event_type',
    group: 'flow',
    definition:
      'Place of the event type in the contract: 0 signup, 1 login, 2 verified, 3 profile updated, 4 request sent, 5 request answered, 6 content, 7 report.',
    unit: 'code',
    range: [0, 7],
    missing: 'never',
    source: 'one model serves all types',
    reason: null,
    extract: member(({ event }) => typeCodes[event.type]),
  },
  {
    name: 'signup_failed',
    group: 'flow',
    definition: 'Whether the signup failed.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'not a signup',
    source: 'attempts that fail before one succeeds are a trace of scripts',
    reason: reason('form', yes, 'The signup failed'),
    extract: member(({ signup }) => (signup === undefined ? undefined : signup.status === 'failed' ? 1 : 0)),
  },
  {
    name: 'form_ms',
    group: 'flow',
    definition: 'Time from the first sight of the form to its submission.',
    unit: 'milliseconds',
    range: [0, 31_536_000_000],
    missing: 'not a signup, or not measured by the client',
    source: 'common practice; Stripe Radar and tirreno name it',
    reason: reason('form', upTo(10_000), 'The form was completed in {value}'),
    extract: member(({ signup }) => signup?.form_ms),
  },
  {
    name: 'captcha_ms',
    group: 'flow',
    definition: 'Time spent on the challenge.',
    unit: 'milliseconds',
    range: [0, 31_536_000_000],
    missing: 'not a signup, or no challenge shown',
    source: 'Motoyama et al., "Re: CAPTCHAs", USENIX Security 2010',
    reason: reason('form', (value) => value <= 3_000 || value >= 15_000, 'The challenge took {value}'),
    extract: member(({ signup }) => signup?.captcha_ms),
  },
  {
    name: 'verified_after_ms',
    group: 'flow',
    definition: 'Time from the sending of a code to the answer.',
    unit: 'milliseconds',
    range: [0, 31_536_000_000],
    missing: 'not a verification, or not measured',
    source: 'Thomas et al., "Dialing Back Abuse on Phone Verified Accounts", CCS 2014',
    reason: reason('form', upTo(10_000), 'The code was entered {value} after it was sent'),
    extract: member(({ event }) => (event.type === 'account.verified' ? event.data.after_ms : undefined)),
  },
  {
    name: 'display_name_length',
    group: 'flow',
    definition: 'Characters of the display name as a reader counts them: an emoji is one, what is invisible none.',
    unit: 'characters',
    range: [0, 1024],
    missing: 'no display name in the event',
    source: 'Zafarani and Liu, "10 Bits of Surprise", CIKM 2015',
    reason: reason('name', from(25), 'The display name is {value} characters long'),
    extract: member(({ displayName }) => (displayName === undefined ? undefined : graphemeCount(displayName))),
  },
  {
    name: 'signup_failures_24h',
    group: 'flow',
    definition: 'Failed signups of this account in 24 hours.',
    unit: 'signups',
    range: [0, Infinity],
    missing: 'never',
    source: 'attempts that fail before one succeeds are a trace of scripts',
    reason: reason('form', from(1), '{value} [signup|signups] of this account failed in 24 hours'),
    extract: counter('account', 'signup_failures', '24h'),
  },
  {
    name: 'local_hour',
    group: 'flow',
    definition: 'Hour of the day where the client says it is.',
    unit: 'hour',
    range: [0, 23],
    missing: 'no time zone in the event, or no reference data',
    source: 'people sleep at night',
    reason: reason(
      'hour',
      (hour) => hour >= 1 && hour <= 5,
      (hour) => `It was night, about ${hour} o'clock, where the client says it is`,
    ),
    extract: member(({ context, event, reference }) =>
      context?.timezone === undefined ? undefined : reference.localHour(context.timezone, event.timeMs),
    ),
  },
  {
    name: 'cohort_form_log_mean',
    group: 'flow',
    definition:
      'Mean of ln(1 + form milliseconds) over the signups of the same network, name template and client set-up.',
    unit: 'log milliseconds',
    range: [0, 25],
    missing: 'not a signup, or no form time seen in the cohort',
    source: 'accounts made alike take alike long',
    reason: reason(
      'alike',
      upTo(9.2),
      (log) => `Signups made exactly alike took ${sayDuration(Math.expm1(log))} for the form on average`,
      amongSeveral('cohort_signups_24h'),
    ),
    extract: measure('cohort', 'form_log', 'mean'),
  },
  {
    name: 'cohort_form_log_deviation',
    group: 'flow',
    definition:
      'Standard deviation of ln(1 + form milliseconds) over the signups of the same network, name template and client set-up: near 0 is a script.',
    unit: 'log milliseconds',
    range: [0, 25],
    missing: 'not a signup, or fewer than two form times seen in the cohort',
    source: 'accounts made alike take alike long',
    reason: reason(
      'alike',
      upTo(nearlyEqual),
      'Signups made exactly alike took nearly the same time for the form',
      amongSeveral('cohort_signups_24h'),
    ),
    extract: measure('cohort', 'form_log', 'deviation'),
  },
];
