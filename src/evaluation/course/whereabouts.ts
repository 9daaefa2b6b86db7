import type { EventFacts } from '../../features/facts.ts';

/** The parts of a platform that figures are told by. What is not known is no part. */
export const partNames = ['country', 'language', 'mail'] as const;
export type PartName = (typeof partNames)[number];
export type Whereabouts = Partial<Record<PartName, string>>;

/** Where an account is by one of its own events: the country of its address, the language of its program, the kind of its mailbox. */
export function whereaboutsOf({ isOwn, addressReference, context, emailDomain }: EventFacts): Whereabouts {
  if (!isOwn) return {};
  const parts: Whereabouts = {};
  if (addressReference?.country !== undefined) parts.country = addressReference.country;
  const language = languageOf(context?.locale);
  if (language !== undefined) parts.language = language;
  if (emailDomain !== undefined)
    parts.mail = emailDomain.isDisposable === true ? 'disposable' : emailDomain.isFree === true ? 'free' : 'own domain';
  return parts;
}

/** The language of a BCP 47 tag, `kk` of `kk-KZ` and of `kk_KZ`. */
function languageOf(locale: string | undefined): string | undefined {
  return /^([A-Za-z]{2,3})(?:[-_]|$)/.exec(locale ?? '')?.[1]?.toLowerCase();
}
