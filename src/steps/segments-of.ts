import type { EventFacts } from '../features/facts.ts';
import { everywhere } from '../policy/governor/block-cause.ts';

/**
 * The parts of the platform that an event is in, the whole first: the country of its address, the kind of its mail provider, the kind of
 * the operator of its address. What is not known is no part. What a cause does in one of them may be too much there alone.
 */
export function segmentsOf({ addressReference, emailDomain }: EventFacts): readonly string[] {
  const segments = [everywhere];
  if (addressReference?.country !== undefined) segments.push(addressReference.country);
  if (addressReference?.isHosting !== undefined)
    segments.push(addressReference.isHosting ? 'operator-hosting' : 'operator-access');
  if (emailDomain !== undefined) {
    const { isDisposable = false, isFree = false } = emailDomain;
    segments.push(isDisposable ? 'mail-disposable' : isFree ? 'mail-free' : 'mail-own');
  }
  return segments;
}
