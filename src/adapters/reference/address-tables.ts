import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFour, readSix } from '../../domain/ip-address.ts';
import type { AddressBits } from '../../domain/network-blocks.ts';
import { keptRanges } from './kept-ranges.ts';
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
type ValueReader = (text: Uint8Array, from: number, to: number) => number;

/** Reads `<name>-ipv4.csv` and `<name>-ipv6.csv`: lines of first address, last address and a value, in ascending order. */
export async function readAddressTable(folder: string, name: string, readValue: ValueReader): Promise<AddressTable> {
  const rangesOf = (file: string, add: RangeAdder): Promise<RangeTable> => {
    const path = join(folder, file);
    return keptRanges(path, readValue.name, () => readRanges(path, readValue, add));
  };
  return { four: await rangesOf(`${name}-ipv4.csv`, addFour), six: await rangesOf(`${name}-ipv6.csv`, addSix) };
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
    const digit = text[index]! - 0x30;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
};

/** A country as a number from 1 to 676: the place of its two letters among all pairs of letters. */
export const readCountry: ValueReader = (text, from, to) => {
  const first = text[from]! - 0x41;
  const second = text[from + 1]! - 0x41;
  const isCode = to - from === 2 && first >= 0 && first < 26 && second >= 0 && second < 26;
  return isCode ? first * 26 + second + 1 : 0;
};

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
/** The country of each number that `readCountry` gives; 0 has none. */
export const countryOf: readonly (string | undefined)[] = [
  undefined,
  ...letters.flatMap((first) => letters.map((second) => first + second)),
];

const newline = 0x0a;
const comma = 0x2c;

/** Adds what a line says: its first address ends at the comma `middle`, and its last at `to`. */
type RangeAdder = (list: RangeList, text: Uint8Array, from: number, middle: number, to: number, value: number) => void;

/** The file as bytes: of a string of forty megabytes each character costs twice as much to look at. */
async function readRanges(path: string, readValue: ValueReader, add: RangeAdder): Promise<RangeTable> {
  const text = await readFile(path);
  const list = new RangeList();
  for (let from = 0; from < text.length;) {
    const lineEnd = find(newline, text, from, text.length);
    const first = find(comma, text, from, lineEnd);
    const second = find(comma, text, first + 1, lineEnd);
    const third = find(comma, text, second + 1, lineEnd);
    const value = readValue(text, second + 1, third);
    if (value !== 0) add(list, text, from, first, second, value);
    from = lineEnd + 1;
  }
  if (list.count === 0) throw new Error(`${path} holds no line that can be read`);
  return RangeTable.from(list);
}

const addFour: RangeAdder = (list, text, from, middle, to, value) => {
  const start = readFour(text, from, middle);
  const end = readFour(text, middle + 1, to);
  if (start >= 0 && end >= 0) list.add(start, end, value);
};

/** A range is narrowed to the whole /48 networks within it. */
const addSix: RangeAdder = (list, text, from, middle, to, value) => {
  if (!readSix(text, from, middle, groups)) return;
  const start = prefix48() + (hostBitsAre(0) ? 0 : 1);
  if (!readSix(text, middle + 1, to, groups)) return;
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

/** Where the sign is, or `limit` when it is not before that. By hand: most are a few bytes away, nearer than a call of the native search. */
function find(sign: number, text: Uint8Array, from: number, limit: number): number {
  for (let at = from; at < limit; at++) if (text[at] === sign) return at;
  return limit;
}
