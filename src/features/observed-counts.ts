import assert from 'node:assert/strict';
import type { EventFacts } from './facts.ts';
import { entityKinds, kindLayouts, type CountName, type EntityKind } from './state.ts';

/** The bit of a count within its kind's `adds`. */
function bit<K extends EntityKind>(kind: K, name: CountName<K>): number {
  const position = kindLayouts[entityKinds.indexOf(kind)]!.counts.findIndex((count) => count.name === name);
  assert(position >= 0);
  return 1 << position;
}

/** By kind and counter, its bit in `ObservationBatch.adds`. */
export const add = {
  accountEvents: bit('account', 'events'),
  accountRequests: bit('account', 'requests'),
  accountAnswersGood: bit('account', 'answers_good'),
  accountAnswersBad: bit('account', 'answers_bad'),
  accountContents: bit('account', 'contents'),
  accountLikes: bit('account', 'likes'),
  accountLinks: bit('account', 'links'),
  accountTexts: bit('account', 'texts_used'),
  accountLoginFailures: bit('account', 'login_failures'),
  accountSignups: bit('account', 'signups'),
  accountSignupFailures: bit('account', 'signup_failures'),
  accountReports: bit('account', 'reports'),
  ipSignups: bit('ip', 'signups'),
  ipSignupFailures: bit('ip', 'signup_failures'),
  ipDeviceSignups: bit('ip', 'device_signups'),
  networkSignups: bit('network', 'signups'),
  networkDeviceSignups: bit('network', 'device_signups'),
  networkNameSignups: bit('network', 'name_signups'),
  networkAgentSignups: bit('network', 'agent_signups'),
  networkCohortSignups: bit('network', 'cohort_signups'),
  siteSignups: bit('site', 'signups'),
  siteNameSignups: bit('site', 'name_signups'),
  siteShapeSignups: bit('site_shape', 'signups'),
  asnSignups: bit('asn', 'signups'),
  deviceSignups: bit('device', 'signups'),
  domainSignups: bit('email_domain', 'signups'),
  phonePrefixSignups: bit('phone_prefix', 'signups'),
  nameShapeSignups: bit('name_shape', 'signups'),
  nameStemSignups: bit('name_stem', 'signups'),
  clientSignups: bit('client', 'signups'),
  cohortSignups: bit('cohort', 'signups'),
  userAgentSignups: bit('user_agent', 'signups'),
  appVersionSignups: bit('app_version', 'signups'),
  platformAgentSignups: bit('platform', 'agent_signups'),
  platformVersionSignups: bit('platform', 'version_signups'),
  platformOperatorSignups: bit('platform', 'operator_signups'),
  targetActions: bit('target', 'actions'),
  textUses: bit('text', 'uses'),
};

/**
 * Whether the event is a signup that came about. What was only tried, or failed, counts for nobody's device, address, mailbox or
 * group: whoever tries may write somebody else's mailbox into the form.
 */
export function isSignedUp({ signup }: EventFacts): boolean {
  return signup?.status === 'succeeded';
}

/** Whether the event only tries what would make, or open, an account. */
export function isTried({ event }: EventFacts): boolean {
  const isEntry = event.type === 'account.signup' || event.type === 'account.login';
  return isEntry && event.data.status !== 'succeeded';
}

export function hasFailed({ signup }: EventFacts): boolean {
  return signup?.status === 'failed';
}

/** What a signup adds to its address: itself, and what it told. */
export function ipAdds({ deviceId }: EventFacts): number {
  return add.ipSignups | (deviceId === undefined ? 0 : add.ipDeviceSignups);
}

export function siteAdds({ username }: EventFacts): number {
  return add.siteSignups | (username === undefined ? 0 : add.siteNameSignups);
}

export function networkAdds({ deviceId, username, userAgent }: EventFacts): number {
  return (
    add.networkSignups |
    (deviceId === undefined ? 0 : add.networkDeviceSignups) |
    (username === undefined ? 0 : add.networkNameSignups) |
    (userAgent === undefined ? 0 : add.networkAgentSignups) |
    (username === undefined && userAgent === undefined ? 0 : add.networkCohortSignups)
  );
}

export function platformAdds({ userAgent, appVersion, addressReference }: EventFacts): number {
  return (
    (userAgent === undefined ? 0 : add.platformAgentSignups) |
    (appVersion === undefined ? 0 : add.platformVersionSignups) |
    (addressReference?.asn === undefined ? 0 : add.platformOperatorSignups)
  );
}

/** Which of the account's counts an event adds to. */
export function accountAdds({ event, textHash }: EventFacts): number {
  switch (event.type) {
    case 'account.signup':
      return add.accountEvents | add.accountSignups | (event.data.status === 'failed' ? add.accountSignupFailures : 0);
    case 'account.login':
      return add.accountEvents | (event.data.status === 'failed' ? add.accountLoginFailures : 0);
    case 'social.request_sent':
      return add.accountEvents | add.accountRequests;
    case 'social.request_answered':
      return event.data.outcome === 'accepted' ? add.accountAnswersGood : add.accountAnswersBad;
    case 'content.created': {
      const links = (event.data.link_domains?.length ?? 0) > 0 ? add.accountLinks : 0;
      const texts = textHash === undefined ? 0 : add.accountTexts;
      return add.accountEvents | links | texts | (event.data.kind === 'like' ? add.accountLikes : add.accountContents);
    }
    case 'account.reported':
      return add.accountReports;
    case 'account.labelled':
    case 'account.erasure_requested':
    case 'account.hold_placed':
    case 'account.hold_lifted':
    case 'account.group_verdict':
    case 'account.listed':
      return 0;
    default:
      return add.accountEvents;
  }
}
