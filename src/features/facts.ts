import {
  noUnreadable,
  type AccountEvent,
  type EventContext,
  type EventDataByType,
  type SignupData,
  type UnreadableMember,
} from '../domain/event.ts';
import { readEmailAddress, type EmailAddress } from './email-address.ts';
import { visibleText } from './name-text.ts';
import { readNetworkAddress, type NetworkAddress } from './network-address.ts';
import { e164Of, readPhoneDigits } from './phone-number.ts';
import { noReference, type AddressFacts, type EmailDomainFacts, type PhoneFacts, type Reference } from './reference.ts';
import { isBlankHash, isFillerPhone, isHouseMailbox, isLongerThanNothing, saysNothing } from './stand-ins.ts';
import { isSharedDevice } from './shared-devices.ts';

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
  readonly appVersion: string | undefined;
  /** Set for signups alone. */
  readonly signup: SignupData | undefined;
  readonly email: EmailAddress | undefined;
  readonly emailDomain: EmailDomainFacts | undefined;
  /** In E.164. */
  readonly phone: string | undefined;
  readonly phoneReference: PhoneFacts | undefined;
  /** What can be seen of it; its length for a reader is that of `signup.username`. */
  readonly username: string | undefined;
  /** Of a signup or a change of profile, as it was sent. */
  readonly displayName: string | undefined;
  /** As it was sent. */
  readonly bio: string | undefined;
  /** In lower case, as `textHash`: hex digits of either case are the same hash. */
  readonly avatarHash: string | undefined;
  readonly textHash: string | undefined;
  /** The account that a request was sent to, or that content is about. */
  readonly target: string | undefined;
  readonly reporter: string | undefined;
  /** Whence somebody reports the account: accounts are had by the dozen, networks less easily. */
  readonly reporterNetwork: string | undefined;
  /** Members that are there and say nothing, each once; `noUnreadable` when all say something. */
  readonly unreadable: readonly UnreadableMember[];
}

/** What events of any type may say. */
type AnyData = Partial<
  Pick<EventDataByType['account.profile_updated'], 'display_name' | 'bio' | 'avatar_hash'> &
    Pick<EventDataByType['content.created'], 'text_hash' | 'target'> &
    Pick<EventDataByType['account.reported'], 'reporter' | 'context'>
>;

/**
 * Reads an event. What is there and says nothing (it cannot be read, names nobody, stands in for what the client has not) is
 * missing, and told in `unreadable`; an empty text is just missing.
 */
export function readFacts(event: AccountEvent, reference: Reference = noReference): EventFacts {
  const unreadable: UnreadableMember[] = [];
  const isOwn = isOwnAct(event);
  const context = isOwn ? event.data.context : undefined;
  const signup = event.type === 'account.signup' ? event.data : undefined;
  const data: AnyData = event.data;
  const address = read(unreadable, 'context.ip', context?.ip, (text) => readAddress(text, reference));
  const email = read(unreadable, 'email', signup?.email, readMailbox);
  const addressReference = address === undefined ? undefined : reference.address(address);
  const phone = read(unreadable, 'phone', signup?.phone, (text) =>
    readPhone(text, homeCountry(context, addressReference, reference), reference),
  );
  return {
    event,
    reference,
    isOwn,
    context,
    address,
    addressReference,
    deviceId: read(unreadable, 'context.device_id', context?.device_id, readDevice),
    userAgent: read(unreadable, 'context.user_agent', context?.user_agent, somethingSaid),
    appVersion: read(unreadable, 'context.app_version', context?.app_version, somethingSaid),
    signup,
    email,
    emailDomain: email === undefined ? undefined : reference.emailDomain(email.domain),
    phone: phone?.number,
    phoneReference: phone?.reference,
    username: read(unreadable, 'username', signup?.username, readUsername),
    displayName: read(unreadable, 'display_name', data.display_name, somethingSaid),
    bio: read(unreadable, 'bio', data.bio, somethingSaid),
    avatarHash: read(unreadable, 'avatar_hash', data.avatar_hash, readHash),
    textHash: read(unreadable, 'text_hash', data.text_hash, readHash),
    target:
      event.type === 'social.request_answered' ? undefined : read(unreadable, 'target', data.target, somethingSaid),
    reporter: read(unreadable, 'reporter', data.reporter, somethingSaid),
    reporterNetwork: event.type === 'account.reported' ? networkOf(data.context?.ip, reference) : undefined,
    unreadable: unreadable.length === 0 ? noUnreadable : unreadable,
  };
}

/** Reads what is there; adds it to `unreadable` when it says nothing. */
function read<T>(
  unreadable: UnreadableMember[],
  member: UnreadableMember,
  text: string | undefined,
  reader: (text: string) => T | undefined,
): T | undefined {
  if (text === undefined || text === '') return undefined;
  const value = reader(text);
  if (value === undefined) unreadable.push(member);
  return value;
}

function readAddress(text: string, reference: Reference): NetworkAddress | undefined {
  const address = readNetworkAddress(text, reference.isOwnAddress);
  return address === 'nobody' ? undefined : address;
}

function networkOf(ip: string | undefined, reference: Reference): string | undefined {
  return ip === undefined ? undefined : readAddress(ip, reference)?.network;
}

function readMailbox(text: string): EmailAddress | undefined {
  const email = readEmailAddress(text);
  return email === undefined || isHouseMailbox(email.local, email.domain) ? undefined : email;
}

interface Phone {
  readonly number: string;
  readonly reference: PhoneFacts | undefined;
}

/** One number however it is spelled; in national form only where the country is known and its plan has given it out. */
function readPhone(text: string, country: string | undefined, reference: Reference): Phone | undefined {
  const digits = readPhoneDigits(text);
  if (digits === undefined) return undefined;
  const known = reference.phone(digits, country);
  const number = e164Of(known?.number ?? digits);
  if (number === undefined || isFillerPhone(number)) return undefined;
  return { number, reference: number === known?.number ? known : reference.phone(number) };
}

/**
 * The country whose national form a number may be in: that of the address (unless servers live there) and of the locale, where
 * they do not contradict each other.
 */
function homeCountry(
  context: EventContext | undefined,
  address: AddressFacts | undefined,
  reference: Reference,
): string | undefined {
  const here = address?.isHosting === true ? undefined : address?.country;
  const spoken = context?.locale === undefined ? undefined : reference.localeCountry(context.locale);
  return here === undefined || spoken === undefined || here === spoken ? (here ?? spoken) : undefined;
}

function readDevice(text: string): string | undefined {
  return isSharedDevice(text) ? undefined : text;
}

function readUsername(text: string): string | undefined {
  return visibleText(text) || undefined;
}

function somethingSaid(text: string): string | undefined {
  return isLongerThanNothing(text) || !saysNothing(visibleText(text)) ? text : undefined;
}

function readHash(text: string): string | undefined {
  return isBlankHash(text) ? undefined : text.toLowerCase();
}

function isOwnAct(event: AccountEvent): boolean {
  switch (event.type) {
    case 'account.reported':
    case 'social.request_answered':
    case 'account.labelled':
    case 'account.erasure_requested':
    case 'account.hold_placed':
    case 'account.hold_lifted':
    case 'account.group_verdict':
    case 'account.listed':
      return false;
    default:
      return true;
  }
}
