import type { EventFacts } from '../features/facts.ts';
import type { AddressFacts, EmailDomainFacts } from '../features/reference.ts';
import { everywhere } from '../policy/governor/block-cause.ts';

const operators = [undefined, 'operator-hosting', 'operator-access'] as const;
const mailboxes = [undefined, 'mail-disposable', 'mail-free', 'mail-own'] as const;

/**
 * Those that were found once, by country: [operators × mailboxes]. Every event has some, and they are a few hundred for all; as many as reference
 * data know countries, at most, times twelve.
 */
const found = new Map<string | undefined, (readonly string[] | undefined)[]>();

/**
 * The parts of the platform that an event is in, the whole first: the country of its address, the kind of its mail provider, the kind of
 * the operator of its address. What is not known is no part. What a cause does in one of them may be too much there alone. Events of the same
 * parts get the same list.
 */
export function segmentsOf({ addressReference, emailDomain }: EventFacts): readonly string[] {
  const country = addressReference?.country;
  const operator = operatorOf(addressReference);
  const mailbox = mailboxOf(emailDomain);
  let ofCountry = found.get(country);
  if (ofCountry === undefined) found.set(country, (ofCountry = []));
  return (ofCountry[operator * mailboxes.length + mailbox] ??= Object.freeze(
    [everywhere, country, operators[operator], mailboxes[mailbox]].filter((segment) => segment !== undefined),
  ));
}

/** A place in `operators`. */
function operatorOf(address: AddressFacts | undefined): number {
  if (address?.isHosting === undefined) return 0;
  return address.isHosting ? 1 : 2;
}

/** A place in `mailboxes`. */
function mailboxOf(domain: EmailDomainFacts | undefined): number {
  if (domain === undefined) return 0;
  return domain.isDisposable === true ? 1 : domain.isFree === true ? 2 : 3;
}
