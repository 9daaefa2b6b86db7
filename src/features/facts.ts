import type { AccountEvent, EventContext, SignupData } from '../domain/event.ts';
import { parseEmailAddress, type EmailAddress } from './email-address.ts';
import { parseNetworkAddress, type NetworkAddress } from './network-address.ts';

/**
 * What one event says, read once: both the observation (which hashes it) and the features (which measure it) start here.
 * Lives as long as its batch: it holds raw values.
 */
export interface EventFacts {
  readonly event: AccountEvent;
  /** Whether the subject itself acted: a report, an answer or a label is another's act. */
  readonly isOwn: boolean;
  /** The subject's own context; undefined where another acted, whose context it would be. */
  readonly context: EventContext | undefined;
  readonly address: NetworkAddress | undefined;
  readonly deviceId: string | undefined;
  readonly userAgent: string | undefined;
  /** Set for signups alone. */
  readonly signup: SignupData | undefined;
  readonly email: EmailAddress | undefined;
  readonly phone: string | undefined;
  readonly username: string | undefined;
}

/** Reads an event. An empty text says as little as a missing one. */
export function readFacts(event: AccountEvent): EventFacts {
  const isOwn = isOwnAct(event);
  const context = isOwn ? event.data.context : undefined;
  const signup = event.type === 'account.signup' ? event.data : undefined;
  return {
    event,
    isOwn,
    context,
    address: context?.ip === undefined ? undefined : parseNetworkAddress(context.ip),
    deviceId: filled(context?.device_id),
    userAgent: filled(context?.user_agent),
    signup,
    email: signup?.email === undefined ? undefined : parseEmailAddress(signup.email),
    phone: filled(signup?.phone),
    username: filled(signup?.username),
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
