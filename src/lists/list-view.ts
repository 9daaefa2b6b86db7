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
