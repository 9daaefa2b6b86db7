/** Reads IP addresses in text form out of a longer text, without making strings: a table of half a million is read at start. */

const dot = 0x2e;
const colon = 0x3a;

/** The address as a number from 0 to 2^32 - 1; -1 when the text between `from` and `to` is no IPv4 address. */
export function readFour(text: string, from: number, to: number): number {
  let address = 0;
  let octet = -1;
  let octets = 1;
  for (let index = from; index < to; index++) {
    const unit = text.charCodeAt(index);
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
export function readSix(text: string, from: number, to: number, groups: Uint16Array): boolean {
  const startsWithGap = to - from >= 2 && text.startsWith('::', from);
  let gapAt = startsWithGap ? 0 : -1;
  let index = startsWithGap ? from + 2 : from;
  let count = 0;
  while (index < to) {
    let group = 0;
    let end = index;
    for (let digit = 0; end < to && (digit = hexValue(text.charCodeAt(end))) >= 0; end++) group = group * 16 + digit;
    if (end < to && text.charCodeAt(end) === dot) {
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
    if (text.charCodeAt(end) !== colon || index === to) return false;
    if (text.charCodeAt(index) !== colon) continue;
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

/** The IPv4 address that eight groups hold in the form `::ffff:192.0.2.1` (RFC 4291, section 2.5.5.2); -1 when they hold none. */
export function mappedFour(groups: Uint16Array): number {
  for (let index = 0; index < 5; index++) if (groups[index] !== 0) return -1;
  return groups[5] === 0xffff ? groups[6]! * 65_536 + groups[7]! : -1;
}

function hexValue(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
