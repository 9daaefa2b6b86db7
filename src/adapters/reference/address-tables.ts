import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFour, readSix } from '../../domain/ip-address.ts';
import type { AddressBits } from '../../domain/network-blocks.ts';
import { RangeList, RangeTable } from './range-table.ts';

/**
 * A table from addresses to one number each: of IPv4 addresses by the address, of IPv6 addresses by their first 48 bits.
 * Networks exchange no longer prefixes than /48, and 48 bits are exact in a double.
 */
export interface AddressTable {
  readonly four: RangeTable;
  readonly six: RangeTable;
}

/** Turns the third member of a line, `text` from `from` to `to`, into a value; 0 leaves the line out. */
type ValueReader = (text: string, from: number, to: number) => number;

/** Reads `<name>-ipv4.csv` and `<name>-ipv6.csv`: lines of first address, last address and a value, in ascending order. */
export async function readAddressTable(folder: string, name: string, readValue: ValueReader): Promise<AddressTable> {
  const four = await readRanges(join(folder, `${name}-ipv4.csv`), readValue, addFour);
  const six = await readRanges(join(folder, `${name}-ipv6.csv`), readValue, addSix);
  return { four, six };
}

const groups = new Uint16Array(8);

/** The value of an address; 0 when none is known. */
export function valueOf({ four, six }: AddressTable, { version, high, low }: AddressBits): number {
  return version === 4 ? four.valueAt(low) : six.valueAt(high * 65_536 + (low >>> 16));
}

/** The number of an autonomous system. */
export const readNumber: ValueReader = (text, from, to) => {
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
};

/** A country as a number from 1 to 676: the place of its two letters among all pairs of letters. */
export const readCountry: ValueReader = (text, from, to) => {
  const first = text.charCodeAt(from) - 0x41;
  const second = text.charCodeAt(from + 1) - 0x41;
  const isCode = to - from === 2 && first >= 0 && first < 26 && second >= 0 && second < 26;
  return isCode ? first * 26 + second + 1 : 0;
};

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
/** The country of each number that `readCountry` gives; 0 has none. */
export const countryOf: readonly (string | undefined)[] = [
  undefined,
  ...letters.flatMap((first) => letters.map((second) => first + second)),
];

type RangeAdder = (list: RangeList, text: string, from: number, comma: number, to: number, value: number) => void;

async function readRanges(path: string, readValue: ValueReader, add: RangeAdder): Promise<RangeTable> {
  const text = await readFile(path, 'latin1');
  const list = new RangeList();
  for (let from = 0; from < text.length;) {
    const lineEnd = ends(text, '\n', from, text.length);
    const first = ends(text, ',', from, lineEnd);
    const second = ends(text, ',', first + 1, lineEnd);
    const third = ends(text, ',', second + 1, lineEnd);
    const value = readValue(text, second + 1, third);
    if (value !== 0) add(list, text, from, first, second, value);
    from = lineEnd + 1;
  }
  if (list.starts.length === 0) throw new Error(`${path} holds no line that can be read`);
  return new RangeTable(list);
}

const addFour: RangeAdder = (list, text, from, comma, to, value) => {
  const start = readFour(text, from, comma);
  const end = readFour(text, comma + 1, to);
  if (start >= 0 && end >= 0) list.add(start, end, value);
};

/** A range is narrowed to the whole /48 networks within it. */
const addSix: RangeAdder = (list, text, from, comma, to, value) => {
  if (!readSix(text, from, comma, groups)) return;
  const start = prefix48() + (hostBitsAre(0) ? 0 : 1);
  if (!readSix(text, comma + 1, to, groups)) return;
  const end = prefix48() - (hostBitsAre(0xffff) ? 0 : 1);
  if (start <= end) list.add(start, end, value);
};

function prefix48(): number {
  return groups[0]! * 2 ** 32 + groups[1]! * 65_536 + groups[2]!;
}

function hostBitsAre(group: number): boolean {
  for (let index = 3; index < 8; index++) if (groups[index] !== group) return false;
  return true;
}

/** Where the sign is, or `limit` when it is not before that. */
function ends(text: string, sign: string, from: number, limit: number): number {
  const at = text.indexOf(sign, from);
  return at < 0 || at > limit ? limit : at;
}
