import type { ListEntry, ListType, NetworkWidth } from '../domain/list-entry.ts';

/** Parts of the index: a change copies one of them, and not all. */
export const partCount = 256;

/** By type and hash, the entries of all lists. */
export type Part = ReadonlyMap<string, readonly ListEntry[]>;

/** The entries at one moment. It never changes: whoever has one asks it as often as the batch is long. */
export interface ListView {
  /** Types that have entries: of others nothing is hashed. */
  readonly types: ReadonlySet<ListType>;
  /** Widths of networks that have entries, the longest first. */
  readonly widths: readonly NetworkWidth[];
  readonly parts: readonly (Part | undefined)[];
  /** [2^20] 1 where a hash that begins with these bits is listed, or was: all views share it, and who finds a 0 need not look further. */
  readonly beginnings: Uint8Array;
}

/** Bits of a hash by which it is sought first: a tenth of the places is taken by 100,000 entries. */
const beginningBits = 20;

export function newBeginnings(): Uint8Array {
  return new Uint8Array(2 ** beginningBits);
}

/** @param high the first 32 bits of a hash */
export function beginningOf(high: number): number {
  return high >>> (32 - beginningBits);
}

const none: readonly ListEntry[] = Object.freeze([]);

/** @param hash 16 hexadecimal digits */
export function entriesOf({ parts }: ListView, type: ListType, hash: string): readonly ListEntry[] {
  return parts[partOf(hash)]?.get(placeOf(type, hash)) ?? none;
}

export function partOf(hash: string): number {
  return Number.parseInt(hash.slice(0, 2), 16);
}

export function placeOf(type: ListType, hash: string): string {
  return `${type}|${hash}`;
}
