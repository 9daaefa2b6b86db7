import {
  noUnreadable,
  type AccountEvent,
  type EventContext,
  type SignupData,
  type UnreadableMember,
} from '../domain/event.ts';
import { parseEmailAddress, type EmailAddress } from './email-address.ts';
import { parseNetworkAddress, type NetworkAddress } from './network-address.ts';
import { noReference, type AddressFacts, type EmailDomainFacts, type PhoneFacts, type Reference } from './reference.ts';

/**
 * What one event says, read once, with what is known of its address, domain and number: both the observation (which hashes it)
 * and the features (which measure it) start here. Lives as long as its batch: it holds raw values.
 */
export interface EventFacts {
  readonly event: AccountEvent;
  readonly reference: Reference;
  /** Whether the subject itself acted: a report, an answer or a label is another's act. */
  readonly isOwn: boolean;
  /** The subject's own context; undefined where another acted, whose context it would be. */
  readonly context: EventContext | undefined;
  readonly address: NetworkAddress | undefined;
  readonly addressReference: AddressFacts | undefined;
  readonly deviceId: string | undefined;
  readonly userAgent: string | undefined;
  /** Set for signups alone. */
  readonly signup: SignupData | undefined;
  readonly email: EmailAddress | undefined;
  readonly emailDomain: EmailDomainFacts | undefined;
  readonly phone: string | undefined;
  readonly phoneReference: PhoneFacts | undefined;
  readonly username: string | undefined;
  /** Of a signup or a change of profile. */
  readonly displayName: string | undefined;
  /** Members that are there and could not be read; `noUnreadable` when all could. */
  readonly unreadable: readonly UnreadableMember[];
}

/** Reads an event. An empty text says as little as a missing one. */
export function readFacts(event: AccountEvent, reference: Reference = noReference): EventFacts {
  const isOwn = isOwnAct(event);
  const context = isOwn ? event.data.context : undefined;
  const signup = event.type === 'account.signup' ? event.data : undefined;
  const profile = signup ?? (event.type === 'account.profile_updated' ? event.data : undefined);
  const ip = filled(context?.ip);
  const email = signup?.email === undefined ? undefined : parseEmailAddress(signup.email);
  const phone = filled(signup?.phone);
  return {
    event,
    reference,
    isOwn,
    context,
    address: ip === undefined ? undefined : parseNetworkAddress(ip),
    addressReference: ip === undefined ? undefined : reference.address(ip),
    deviceId: filled(context?.device_id),
    userAgent: filled(context?.user_agent),
    signup,
    email,
    emailDomain: email === undefined ? undefined : reference.emailDomain(email.domain),
    phone,
    phoneReference: phone === undefined ? undefined : reference.phone(phone),
    username: filled(signup?.username),
    displayName: filled(profile?.display_name),
    unreadable: noUnreadable,
  };
}

/** A text that says something. */
export function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function isOwnAct(event: AccountEvent): boolean {
  switch (event.type) {
    case 'account.reported':
    case 'social.request_answered':
    case 'account.labelled':
    case 'account.erasure_requested':
      return false;
    default:
      return true;
  }
}
