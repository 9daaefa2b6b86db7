/**
 * The one reader of IP addresses in text form, for events, tables and settings. It reads out of a longer text, without making
 * strings: a table of half a million is read at start, and as the bytes that it has in its file.
 */

/** A text; of bytes, each is a character. */
export type Characters = string | Uint8Array;

const dot = 0x2e;
const colon = 0x3a;

/** The address as a number from 0 to 2^32 - 1; -1 when the text between `from` and `to` is no IPv4 address. */
export function readFour(text: Characters, from: number, to: number): number {
  let address = 0;
  let octet = -1;
  let octets = 1;
  for (let index = from; index < to; index++) {
    const unit = unitAt(text, index);
    if (unit === dot) {
      if (octet < 0 || octets === 4) return -1;
      address = address * 256 + octet;
      octet = -1;
      octets++;
      continue;
    }
    // A zero before another digit is an octal number to some readers: refused, as inet_pton does.
    if (unit < 0x30 || unit > 0x39 || octet === 0) return -1;
    octet = (octet < 0 ? 0 : octet * 10) + unit - 0x30;
    if (octet > 255) return -1;
  }
  return octets === 4 && octet >= 0 ? address * 256 + octet : -1;
}

/**
 * Reads an IPv6 address (RFC 4291, section 2.2) into eight groups of 16 bits; false when the text between `from` and `to`
 * is none. `groups` is then undefined in content.
 */
export function readSix(text: Characters, from: number, to: number, groups: Uint16Array): boolean {
  const startsWithGap = to - from >= 2 && unitAt(text, from) === colon && unitAt(text, from + 1) === colon;
  let gapAt = startsWithGap ? 0 : -1;
  let index = startsWithGap ? from + 2 : from;
  let count = 0;
  while (index < to) {
    let group = 0;
    let end = index;
    for (let digit = 0; end < to && (digit = hexValue(unitAt(text, end))) >= 0; end++) group = group * 16 + digit;
    if (end < to && unitAt(text, end) === dot) {
      const four = readFour(text, index, to);
      if (four < 0 || count > 6) return false;
      groups[count++] = four >>> 16;
      groups[count++] = four & 0xffff;
      break;
    }
    if (end === index || end - index > 4 || count === 8) return false;
    groups[count++] = group;
    if (end === to) break;
    index = end + 1;
    if (unitAt(text, end) !== colon || index === to) return false;
    if (unitAt(text, index) !== colon) continue;
    if (gapAt >= 0) return false;
    gapAt = count;
    index++;
  }
  if (gapAt < 0 || count === 8) return gapAt < 0 && count === 8;
  // The gap stands for as many zeros as are missing.
  groups.copyWithin(8 - count + gapAt, gapAt, count);
  groups.fill(0, gapAt, 8 - count + gapAt);
  return true;
}

/**
 * The IPv4 host that an IPv6 address of eight groups stands for, as a number; -1 when it stands for none. Translators and
 * tunnels give one host many IPv6 forms, and many hosts one /64.
 */
export function embeddedFour(groups: Uint16Array): number {
  const last = groups[6]! * 65_536 + groups[7]!;
  switch (groups[0]) {
    case 0:
      return startsMapped(groups) ? last : -1;
    case 0x64:
      return isTranslated(groups) ? last : -1;
    case 0x2001:
      // Teredo (RFC 4380, section 4): the client's address, each bit inverted.
      return groups[1] === 0 ? ~last >>> 0 : -1;
    case 0x2002:
      // 6to4 (RFC 3056, section 2).
      return groups[1]! * 65_536 + groups[2]!;
    default:
      return -1;
  }
}

/** `::192.0.2.1`, `::ffff:192.0.2.1` (RFC 4291, section 2.5.5) and `::ffff:0:192.0.2.1` (RFC 2765, section 2.1). */
function startsMapped(groups: Uint16Array): boolean {
  for (let index = 1; index < 4; index++) if (groups[index] !== 0) return false;
  const [fifth, sixth] = [groups[4]!, groups[5]!];
  return fifth === 0 ? sixth === 0 || sixth === 0xffff : fifth === 0xffff && sixth === 0;
}

/** NAT64: `64:ff9b::/96` (RFC 6052, section 2.1), and networks of that length in `64:ff9b:1::/48` (RFC 8215). */
function isTranslated(groups: Uint16Array): boolean {
  if (groups[1] !== 0xff9b) return false;
  if (groups[2] === 1) return true;
  for (let index = 2; index < 6; index++) if (groups[index] !== 0) return false;
  return true;
}

function unitAt(text: Characters, index: number): number {
  return typeof text === 'string' ? text.charCodeAt(index) : text[index]!;
}

function hexValue(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
