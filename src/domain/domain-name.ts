import { domainToASCII } from 'node:url';

/** RFC 1035, section 2.3.4, less the length of the root's label. */
const domainLengthMax = 253;
/** Two labels or more, none of them empty or longer than 63; the last is no number, as it would be in an IPv4 address. */
const domainForm = /^(?:[a-z0-9_-]{1,63}\.)+(?!\d+$)[a-z0-9-]{1,63}$/;
const plainAscii = /^[a-z0-9._-]*$/;

/**
 * The one form of a domain: lower case, ASCII (an internationalised name and its `xn--` form are one: RFC 5891), without the
 * root's dot. Undefined when it is none, or has one label only.
 */
export function readDomainName(text: string): string | undefined {
  const lower = text.toLowerCase();
  // A wrong `xn--` form is for the library to refuse; the rest of ASCII needs no library.
  const ascii = plainAscii.test(lower) && !lower.includes('xn--') ? lower : domainToASCII(lower);
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  return name.length <= domainLengthMax && domainForm.test(name) ? name : undefined;
}
