import { readDomainName } from '../domain/domain-name.ts';
import { mailboxOf } from './mailbox-rules.ts';

/** The parts of an address that tell something. */
export interface EmailAddress {
  /** Before the `@`, in lower case, with its tag, without quotes. */
  readonly local: string;
  /** After the `@`, in the form of `readDomainName`. */
  readonly domain: string;
  /** The mailbox that mail really goes to: without tag, in its provider's one spelling. */
  readonly mailbox: string;
  /** Whether the address carries a tag, or a subdomain of its own, that leads to the same mailbox. */
  readonly isAlias: boolean;
}

/** `Jane Doe <jane@example.kz>` */
const namedForm = /^[^<>]*<([^<>]+)>$/;
/** `"jane doe"@example.kz` (RFC 5321, section 4.1.2) */
const quotedForm = /^"((?:[^"\\]|\\.)+)"@([^@]+)$/s;
const plainForm = /^([^\s@"(),:;<>[\\\]]+)@([^\s@]+)$/;
const beyondAscii = /[\u0080-\uffff]/;
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Reads an address as forms and address books write it: between spaces, behind a name, after `mailto:`, quoted, in full-width
 * letters. Undefined when it is none: without an `@`, without a domain of two labels, two addresses in one.
 */
export function readEmailAddress(text: string): EmailAddress | undefined {
  // Of ASCII alone neither form nor invisible characters need a thought, and nearly all addresses are.
  const visible = beyondAscii.test(text) ? text.normalize('NFKC').replace(invisible, '') : text;
  const folded = visible.toLowerCase().trim();
  const bare = (namedForm.exec(folded)?.[1] ?? folded).trim().replace(/^mailto:/, '');
  const [, quoted, quotedDomain] = quotedForm.exec(bare) ?? [];
  const [, plain, plainDomain] = plainForm.exec(bare) ?? [];
  const local = quoted?.replaceAll(/\\(.)/gs, '$1') ?? plain;
  const domain = readDomainName(quotedDomain ?? plainDomain ?? '');
  if (local === undefined || domain === undefined) return undefined;
  const mailbox = mailboxOf(local, domain);
  return { local, domain, mailbox: `${mailbox.name}@${mailbox.domain}`, isAlias: mailbox.isAlias };
}
