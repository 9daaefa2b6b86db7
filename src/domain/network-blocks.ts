import { readFour, readSix } from './ip-address.ts';

/** The bits of an address that tell subscribers apart. */
export interface AddressBits {
  readonly version: 4 | 6;
  /** The first 32 bits of an IPv6 address; 0 of IPv4. */
  readonly high: number;
  /** The next 32 bits of an IPv6 address; all of an IPv4 address. */
  readonly low: number;
}

/** A block of addresses, as `10.0.0.0/8` names it. */
export interface NetworkBlock extends AddressBits {
  readonly highMask: number;
  readonly lowMask: number;
}

const form = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/;

/**
 * Reads a block in CIDR form (RFC 4632); an address alone is a block of one. Undefined when it is none, or when bits beyond its
 * length are set, which is nearly always a slip of the pen. Since IPv6 hosts are taken by /64, a longer length counts as 64.
 */
export function readNetworkBlock(text: string): NetworkBlock | undefined {
  const [, address = '', lengthText] = form.exec(text) ?? [];
  const four = readFour(address, 0, address.length);
  const groups = new Uint16Array(8);
  if (four < 0 && !readSix(address, 0, address.length, groups)) return undefined;
  const width = four < 0 ? 128 : 32;
  const length = lengthText === undefined ? width : Number(lengthText);
  if (length > width) return undefined;
  if (four >= 0) return masked({ version: 4, high: 0, low: four }, 32 + length);
  if (length <= 64 && groups.subarray(4).some((group) => group !== 0)) return undefined;
  const bits = { high: groups[0]! * 65_536 + groups[1]!, low: groups[2]! * 65_536 + groups[3]! };
  return masked({ version: 6, ...bits }, Math.min(length, 64));
}

export function blockHolds(block: NetworkBlock, { version, high, low }: AddressBits): boolean {
  return (
    version === block.version &&
    (high & block.highMask) >>> 0 === block.high &&
    (low & block.lowMask) >>> 0 === block.low
  );
}

/** Blocks as a module states them: a wrong one is a programmer's error. */
export function blocksOf(texts: readonly string[]): readonly NetworkBlock[] {
  return texts.map((text) => {
    const block = readNetworkBlock(text);
    if (block === undefined) throw new Error(`${text} is no block of addresses`);
    return block;
  });
}

/** @param length Of the prefix among 64 bits. */
function masked(start: AddressBits, length: number): NetworkBlock | undefined {
  const found = { ...start, highMask: mask(Math.min(length, 32)), lowMask: mask(Math.max(0, length - 32)) };
  return blockHolds(found, start) ? found : undefined;
}

/** The first `length` of 32 bits, 0 to 32. */
function mask(length: number): number {
  return length === 0 ? 0 : (~0 << (32 - length)) >>> 0;
}
