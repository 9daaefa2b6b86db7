/** The parts of an address that tell something. */
export interface EmailAddress {
  /** Before the `@`, lower case, with its tag. */
  readonly local: string;
  /** After the `@`, lower case. */
  readonly domain: string;
  /** The mailbox that mail really goes to: without tag, without dots where the provider ignores them. */
  readonly mailbox: string;
  /** Whether the address is another spelling of its mailbox. */
  readonly isAlias: boolean;
}

/** Providers that ignore dots in the local part, and their second names. */
const dotBlindDomains = new Map([
  ['gmail.com', 'gmail.com'],
  ['googlemail.com', 'gmail.com'],
]);

/** Splits an address; undefined when it has no local part or no domain. Tags start at `+` (RFC 5233, sub-addressing). */
export function parseEmailAddress(text: string): EmailAddress | undefined {
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1) return undefined;
  const local = text.slice(0, at).toLowerCase();
  const domain = text.slice(at + 1).toLowerCase();
  const tag = local.indexOf('+');
  let name = tag > 0 ? local.slice(0, tag) : local;
  const dotBlindDomain = dotBlindDomains.get(domain);
  if (dotBlindDomain !== undefined) name = name.replaceAll('.', '');
  return { local, domain, mailbox: `${name}@${dotBlindDomain ?? domain}`, isAlias: tag > 0 };
}
