import { embeddedFour, readFour, readSix } from '../domain/ip-address.ts';
import { blockHolds, blocksOf, type AddressBits, type NetworkBlock } from '../domain/network-blocks.ts';

/**
 * What one address stands for, from narrow to wide. Widths are those in which addresses are given to customers, so that what
 * one of them can rotate through is one.
 */
export interface NetworkAddress extends AddressBits {
  /**
   * The subscriber: an IPv4 address, an IPv6 /64. Not the whole IPv6 address, which one device changes at will (RFC 8981):
   * counted apart, it would only make bots look like strangers.
   */
  readonly host: string;
  /** IPv4 /24; IPv6 /56, the usual delegation to a household or a branch (RIPE-690). */
  readonly network: string;
  /**
   * The most that one customer has without asking for more: IPv6 /48 (RFC 6177, and what tunnels and hosts give away), IPv4
   * /22, the largest block that new members of RIPE and APNIC were given after 2012. Wider IPv4 blocks are whole towns.
   */
  readonly site: string;
}

/**
 * Blocks whose addresses name no subscriber on the Internet (IANA's special-purpose address registries). Those for documents
 * (192.0.2.0/24, 2001:db8::/32 and their like) are left in: traffic never has them, examples and tests always do.
 */
const nobody = blocksOf([
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // between a carrier's customers and its translator
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks, and what some VPN clients answer with
  '224.0.0.0/3', // multicast, reserved, broadcast
  '2001::/23', // protocol assignments, Teredo apart
]);
/** The only IPv6 block that addresses of subscribers are given out of. Outside: loopback, link-local, ULA, multicast. */
const [globalUnicast] = blocksOf(['2000::/3']);

const groups = new Uint16Array(8);

/**
 * Reads the address of a client as gateways and libraries write it: IPv4, or IPv6 in any form of RFC 4291 and in either case;
 * in brackets, with a port, a zone or the full length of a prefix (as PostgreSQL prints), behind a slash with or without a
 * host's name (as Java does), between spaces. An IPv6 address that stands for an IPv4 host is that host.
 *
 * Of a list, as `X-Forwarded-For` is one, the last address that names somebody counts: what stands left of it was written by
 * whoever sent the request, who must not choose whose address he has.
 *
 * A leading zero (`1.2.3.010`) is octal to some writers and decimal to others: such a text is none, rather than another's host.
 *
 * @param isOwn Whether an address is one of the platform's own machines.
 * @returns `nobody` for an address of no subscriber: a private one, the platform's own; undefined when the text is no address.
 */
export function readNetworkAddress(
  text: string,
  isOwn: (address: AddressBits) => boolean = noneIsOwn,
): NetworkAddress | 'nobody' | undefined {
  for (let to = text.length; ;) {
    const comma = to === 0 ? -1 : text.lastIndexOf(',', to - 1);
    const bits = readOne(text, comma + 1, to);
    if (bits === undefined) return undefined;
    if (!isNobody(bits) && !isOwn(bits)) return describe(bits);
    if (comma < 0) return 'nobody';
    to = comma;
  }
}

function noneIsOwn(): boolean {
  return false;
}

function isNobody(bits: AddressBits): boolean {
  if (bits.version === 4) return hasNobodies[bits.low >>> 24] === 1 && isIn(nobody, bits);
  return !blockHolds(globalUnicast!, bits) || isIn(nobody, bits);
}

/** First bytes of IPv4 addresses in which some block of nobody lies: most addresses are ruled out by theirs. */
const hasNobodies = Uint8Array.from({ length: 256 }, (_, byte) =>
  nobody.some(({ version, low, lowMask }) => version === 4 && ((low ^ (byte << 24)) & lowMask & 0xff00_0000) === 0)
    ? 1
    : 0,
);

function isIn(blocks: readonly NetworkBlock[], bits: AddressBits): boolean {
  for (const block of blocks) if (blockHolds(block, bits)) return true;
  return false;
}

function describe(bits: AddressBits): NetworkAddress {
  const { version, high, low } = bits;
  if (version === 4) {
    const network = `${low >>> 24}.${(low >>> 16) & 0xff}.${(low >>> 8) & 0xff}`;
    const site = `${low >>> 24}.${(low >>> 16) & 0xff}.${(low >>> 8) & 0xfc}/22`;
    return { version, high, low, host: `${network}.${low & 0xff}`, network, site };
  }
  const prefix = `${(high >>> 16).toString(16)}:${(high & 0xffff).toString(16)}:${(low >>> 16).toString(16)}`;
  const subnet = low & 0xffff;
  return {
    version,
    high,
    low,
    host: `${prefix}:${subnet.toString(16)}`,
    network: `${prefix}:${(subnet >> 8).toString(16)}/56`,
    site: `${prefix}/48`,
  };
}

/** Reads one address between `from` and `to`, bare or wrapped. */
function readOne(text: string, from: number, to: number): AddressBits | undefined {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  const bare = readBare(text, start, end);
  if (bare !== undefined) return bare;
  const inner = unwrap(text.slice(start, end));
  return inner === undefined ? undefined : readBare(inner, 0, inner.length);
}

/** What Java writes before an address. A name has a letter: before a mask stands an address. */
const slash = String.raw`(?:(?=[\d.-]*[a-z_])[\w.-]+)?\/`;
const before = `^(?:${slash})?`;
const zone = String.raw`(?:%[\w.~-]+)?`;
const port = String.raw`(?::\d{1,5})`;
const inBrackets = new RegExp(String.raw`${before}\[([\da-f:.]+)${zone}\]${port}?$`, 'i');
const fourWithMore = new RegExp(String.raw`${before}([\d.]+)(?:${port}|\/32)?$`, 'i');
/** All eight groups, and a port behind them: as Java wrote it before version 14. */
const eightWithPort = new RegExp(String.raw`^${slash}((?:[\da-f]{1,4}:){7}[\da-f]{1,4})${zone}${port}$`, 'i');
const sixWithMore = new RegExp(String.raw`${before}([\da-f.]*:[\da-f:.]+)${zone}(?:\/128)?$`, 'i');

/** What is within brackets, before a port, a zone or the length of a prefix. */
function unwrap(text: string): string | undefined {
  const found = inBrackets.exec(text) ?? fourWithMore.exec(text) ?? eightWithPort.exec(text) ?? sixWithMore.exec(text);
  return found?.[1];
}

function readBare(text: string, from: number, to: number): AddressBits | undefined {
  const four = readFour(text, from, to);
  if (four >= 0) return { version: 4, high: 0, low: four };
  if (!readSix(text, from, to, groups)) return undefined;
  const embedded = embeddedFour(groups);
  if (embedded >= 0) return { version: 4, high: 0, low: embedded };
  return { version: 6, high: groups[0]! * 65_536 + groups[1]!, low: groups[2]! * 65_536 + groups[3]! };
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0;
}
