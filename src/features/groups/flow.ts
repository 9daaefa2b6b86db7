import { eventTypes } from '../../domain/event.ts';
import { filled } from '../facts.ts';
import { member, type Feature } from '../feature.ts';

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
    extract: member(({ event }) => eventTypes.indexOf(event.type)),
  },
  {
    name: 'signup_failed',
    group: 'flow',
    definition: 'Whether the signup failed.',
    unit: '0 or 1',
    range: [0, 1],
    missing: 'not a signup',
    source: 'attempts that fail before one succeeds are a trace of scripts',
    reason: 'Whether the signup failed: {value}',
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
    reason: 'The form was filled in {value} ms',
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
    reason: 'The challenge was solved in {value} ms',
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
    reason: 'The code was answered after {value} ms',
    extract: member(({ event }) => (event.type === 'account.verified' ? event.data.after_ms : undefined)),
  },
  {
    name: 'display_name_length',
    group: 'flow',
    definition: 'Characters of the display name.',
    unit: 'characters',
    range: [0, 1024],
    missing: 'no display name in the event',
    source: 'Zafarani and Liu, "10 Bits of Surprise", CIKM 2015',
    reason: 'The display name has {value} characters',
    extract: member(({ event }) =>
      event.type === 'account.signup' || event.type === 'account.profile_updated'
        ? filled(event.data.display_name)?.length
        : undefined,
    ),
  },
];
