/** What one address stands for: the subscriber (an IPv4 address, an IPv6 /64) and the network around it (/24, /56). */
export interface NetworkAddress {
  readonly host: string;
  readonly network: string;
}

const mappedPrefix = '::ffff:';

/**
 * Reads an IP address in text form; undefined when it is none.
 *
 * IPv6 hosts are taken by /64, since a single device changes its address within it at will (RFC 8981), and networks by /56,
 * the usual size of a household's or a branch's delegation (RIPE-690). A mapped IPv4 address is that IPv4 address.
 */
export function parseNetworkAddress(text: string): NetworkAddress | undefined {
  if (!text.includes(':')) return parseFour(text);
  const lower = text.toLowerCase();
  if (lower.startsWith(mappedPrefix) && lower.includes('.')) return parseFour(lower.slice(mappedPrefix.length));
  return parseSix(lower);
}

function parseFour(text: string): NetworkAddress | undefined {
  let value = -1;
  let dots = 0;
  let lastDot = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0x2e) {
      if (value < 0) return undefined;
      value = -1;
      dots++;
      lastDot = index;
    } else if (unit >= 0x30 && unit <= 0x39) {
      value = (value < 0 ? 0 : value * 10) + unit - 0x30;
      if (value > 255) return undefined;
    } else {
      return undefined;
    }
  }
  return dots === 3 && value >= 0 ? { host: text, network: text.slice(0, lastDot) } : undefined;
}

function parseSix(text: string): NetworkAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = halves[0] === '' ? [] : halves[0]!.split(':');
  const tail = halves[1] === undefined || halves[1] === '' ? [] : halves[1].split(':');
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  const numbers: number[] = [];
  for (const group of groups) {
    if (!/^[0-9a-f]{1,4}$/.test(group)) return undefined;
    numbers.push(Number.parseInt(group, 16));
  }
  const isMapped = numbers[5] === 0xffff && numbers.slice(0, 5).every((number) => number === 0);
  if (isMapped)
    return parseFour(
      numbers
        .slice(6)
        .flatMap((number) => [number >> 8, number & 0xff])
        .join('.'),
    );
  const prefix = `${numbers[0]!.toString(16)}:${numbers[1]!.toString(16)}:${numbers[2]!.toString(16)}:`;
  return { host: prefix + numbers[3]!.toString(16), network: `${prefix}${(numbers[3]! >> 8).toString(16)}/56` };
}
