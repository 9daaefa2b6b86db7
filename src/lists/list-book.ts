import { listKey, type ListEntry, type ListType, type NetworkWidth } from '../domain/list-entry.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import type { Failure } from '../domain/failure.ts';
import type { Change, ChangeFollower } from '../ports.ts';
import { decodeListEntry } from '../wire/list-schema.ts';
import { ListMatcher } from './match.ts';
import { beginningOf, newBeginnings, partCount, partOf, placeOf, type ListView } from './list-view.ts';

/** Lists that may have entries: each is a label of metrics. */
export const listsMax = 64;
/** Widths of networks that may have entries: an address is looked up once for each. */
export const networkWidthsMax = 16;

/** What is told of the log that the lists are read from. */
export interface ListTelling {
  listsAway(failure: Failure): void;
  listsBack(): void;
  listEntryRefused(failure: Failure): void;
  listsChanged(entriesByList: ReadonlyMap<string, number>): void;
}

/**
 * The entries that hold, as the log tells them. What it refuses changes nothing: what held under the key still holds.
 *
 * A view that was leased is not changed by what comes later; only the parts that a change touches are copied.
 */
export class ListBook implements ChangeFollower {
  readonly #hasher: EntityKeyHasher;
  readonly #telling: ListTelling;
  /** By key of the record. At most `limits.changeKeysMax`, which the log keeps to. */
  readonly #entries = new Map<string, ListEntry>();
  readonly #parts: (Map<string, readonly ListEntry[]> | undefined)[] = new Array<undefined>(partCount).fill(undefined);
  /** Parts that no view has: they are changed as they are. */
  readonly #own = new Set<number>();
  /** Is only ever added to, so that views may share it. */
  readonly #beginnings = newBeginnings();
  readonly #byList = new Map<string, number>();
  readonly #byType = new Map<ListType, number>();
  readonly #byWidth = new Map<string, { readonly width: NetworkWidth; count: number }>();
  /** Entries for which there was no room, by key, in their order: tried again when something goes. No more than the log keeps keys. */
  readonly #waiting = new Map<string, ListEntry>();
  #matcher: ListMatcher | null = null;
  #isChanged = false;

  /** @param hasher with the key under which the entries are kept */
  constructor(hasher: EntityKeyHasher, telling: ListTelling) {
    this.#hasher = hasher;
    this.#telling = telling;
  }

  /** The entries as they are now; null where there are none. */
  lease(): ListMatcher | null {
    if (this.#isChanged) this.#renew();
    return this.#matcher;
  }

  /** Names of the lists that have entries. */
  names(): ReadonlySet<string> {
    return new Set(this.#byList.keys());
  }

  take({ key, value, offset }: Change): void {
    if (value === null) {
      this.#waiting.delete(key);
      const former = this.#entries.get(key);
      if (former === undefined) return;
      this.#remove(key, former);
      this.#takeWaiting();
      return;
    }
    const decoded = decodeListEntry(key, value);
    if (!decoded.ok) {
      this.refused(decoded.failure, offset);
      return;
    }
    this.#waiting.delete(key);
    const fault = this.#faultOf(decoded.value);
    if (fault === undefined) {
      const isReplacing = this.#entries.has(key);
      this.#put(key, decoded.value);
      if (isReplacing) this.#takeWaiting();
      return;
    }
    this.#waiting.set(key, decoded.value);
    this.refused(fault, offset);
  }

  #put(key: string, entry: ListEntry): void {
    const former = this.#entries.get(key);
    if (former !== undefined) this.#remove(key, former);
    this.#add(key, entry);
  }

  /** What went may have made room. Without this, a member that began anew would know entries that those before it refused. */
  #takeWaiting(): void {
    for (const [key, entry] of this.#waiting) {
      if (this.#faultOf(entry) !== undefined) continue;
      this.#waiting.delete(key);
      this.#put(key, entry);
    }
  }

  refused(failure: Failure, offset: number): void {
    this.#telling.listEntryRefused({ ...failure, message: `${failure.message} (offset ${offset})` });
  }

  paused(): void {
    this.#telling.listsChanged(new Map(this.#byList));
  }

  away(failure: Failure): void {
    this.#telling.listsAway(failure);
  }

  back(): void {
    this.#telling.listsBack();
  }

  #faultOf({ list, network, type, hash }: ListEntry): Failure | undefined {
    if (!this.#byList.has(list) && this.#byList.size >= listsMax)
      return invalid(`There are ${listsMax} lists already, as many as are kept: this one waits for room.`, {
        list,
        type,
        hash,
      });
    if (network === undefined || this.#byWidth.has(textOf(network)) || this.#byWidth.size < networkWidthsMax)
      return undefined;
    const message = `Networks of ${networkWidthsMax} widths are listed already, as many as are looked up; this one is another, and waits for room.`;
    return invalid(message, { list, type, hash });
  }

  #add(key: string, entry: ListEntry): void {
    this.#entries.set(key, entry);
    const part = this.#partToChange(entry.hash);
    const place = placeOf(entry.type, entry.hash);
    part.set(place, [...(part.get(place) ?? []), entry]);
    this.#beginnings[beginningOf(Number.parseInt(entry.hash.slice(0, 8), 16))] = 1;
    count(this.#byList, entry.list, 1);
    count(this.#byType, entry.type, 1);
    if (entry.network !== undefined) this.#countWidth(entry.network, 1);
    this.#isChanged = true;
  }

  #remove(key: string, entry: ListEntry): void {
    this.#entries.delete(key);
    const part = this.#partToChange(entry.hash);
    const place = placeOf(entry.type, entry.hash);
    const left = (part.get(place) ?? []).filter((one) => one !== entry);
    if (left.length === 0) part.delete(place);
    else part.set(place, left);
    count(this.#byList, entry.list, -1);
    count(this.#byType, entry.type, -1);
    if (entry.network !== undefined) this.#countWidth(entry.network, -1);
    this.#isChanged = true;
  }

  #partToChange(hash: string): Map<string, readonly ListEntry[]> {
    const index = partOf(hash);
    if (!this.#own.has(index)) {
      this.#parts[index] = new Map(this.#parts[index]);
      this.#own.add(index);
    }
    return this.#parts[index]!;
  }

  #countWidth(width: NetworkWidth, by: number): void {
    const text = textOf(width);
    const counted = this.#byWidth.get(text) ?? { width, count: 0 };
    counted.count += by;
    if (counted.count === 0) this.#byWidth.delete(text);
    else this.#byWidth.set(text, counted);
  }

  #renew(): void {
    this.#isChanged = false;
    this.#own.clear();
    this.#matcher = this.#entries.size === 0 ? null : new ListMatcher(this.#viewOfNow(), this.#hasher);
  }

  #viewOfNow(): ListView {
    return {
      types: new Set(this.#byType.keys()),
      widths: Array.from(this.#byWidth.values(), ({ width }) => width).toSorted((a, b) => b.length - a.length),
      parts: [...this.#parts],
      beginnings: this.#beginnings,
    };
  }
}

function count<K>(counts: Map<K, number>, key: K, by: number): void {
  const next = (counts.get(key) ?? 0) + by;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}

function textOf({ version, length }: NetworkWidth): string {
  return `${version}/${length}`;
}

function invalid(message: string, key: Parameters<typeof listKey>[0]): Failure {
  return { code: 'LIST_ENTRY_INVALID', message, path: listKey(key) };
}
