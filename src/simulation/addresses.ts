import assert from 'node:assert/strict';
import type { Random } from './random.ts';

/** An address of the prefix, such as `31.54.0.0/16` or `2a01:4c8::/32`; never a network's first or last IPv4 address. */
export function addressWithin(prefix: string, random: Random): string {
  const { base, lengthBits } = splitPrefix(prefix);
  return base.includes(':') ? addressWithinV6(base, lengthBits, random) : addressWithinV4(base, lengthBits, random);
}

/** First octets of which no address, or not every one, is on the public internet. */
const reservedFirst: ReadonlySet<number> = new Set([10, 100, 127, 169, 172, 192, 198, 203]);

/** Any public IPv4 address, whoever has it. */
export function anyAddress(random: Random): string {
  let first = random.integer(1, 223);
  while (reservedFirst.has(first)) first = random.integer(1, 223);
  return addressWithin(`${String(first)}.0.0.0/8`, random);
}

/** A smaller network of the prefix, IPv4 only: `subnetWithin('31.54.0.0/16', 24, random)` may be `31.54.7.0/24`. */
export function subnetWithin(prefix: string, lengthBits: number, random: Random): string {
  const outer = splitPrefix(prefix);
  assert(!outer.base.includes(':') && outer.lengthBits <= lengthBits, 'an IPv4 subnet lies within its prefix');
  const index = Math.floor(random.unit() * 2 ** (lengthBits - outer.lengthBits));
  return `${formatV4(parseV4(outer.base) + index * 2 ** (32 - lengthBits))}/${String(lengthBits)}`;
}

function splitPrefix(prefix: string): { readonly base: string; readonly lengthBits: number } {
  const [base, length] = prefix.split('/');
  assert(base !== undefined && length !== undefined, 'a prefix is an address, a slash and a length');
  return { base, lengthBits: Number(length) };
}

function addressWithinV4(base: string, lengthBits: number, random: Random): string {
  let address = parseV4(base) + Math.floor(random.unit() * 2 ** (32 - lengthBits));
  const host = address % 256;
  if (host === 0) address += random.integer(1, 254);
  if (host === 255) address -= random.integer(1, 254);
  return formatV4(address);
}

function parseV4(text: string): number {
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function formatV4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** Draws the bits from the prefix' end up to /64, then a random interface identifier, as privacy extensions do. */
function addressWithinV6(base: string, lengthBits: number, random: Random): string {
  const head = base.replace(/::.*$/, '').split(':');
  const groups = Array.from({ length: 8 }, (_, index) => Number.parseInt(head[index] ?? '0', 16));
  const drawn = groups.map((group, index) => {
    const fixedBits = Math.min(16, Math.max(0, lengthBits - index * 16));
    return group + Math.floor(random.unit() * 2 ** (16 - fixedBits));
  });
  // A zero group would have to be written in short form (RFC 5952): draw none.
  return drawn.map((group, index) => (group === 0 && index > 1 ? 1 : group).toString(16)).join(':');
}
