import { epochOf, isCurrentEpoch, isPastEpoch } from '../../domain/group-epoch.ts';
import {
  compactKey,
  type AccountKey,
  type GroupMember,
  type GroupSighting,
  type SharedValue,
} from '../../domain/group-member.ts';
import { holdersBoundMax } from '../../domain/group-terms.ts';
import type { GroupStore, HeldValue, ToldChange } from '../../group-ports.ts';
import { currentPart, mergeSighting, ofNobody, populationOf } from '../../history/group-memory.ts';
import { inPieces, type Pieces } from './pieces.ts';

export interface EmbeddedGroupStoreOptions {
  /** Accounts held at most; of more, those that came first are forgotten. About a kilobyte each. */
  readonly membersMax: number;
}

/** What it writes into a snapshot, a piece after the other. */
interface Piece {
  /** Another one is not read. */
  readonly format: number;
  /** Accounts that an epoch brought, by epoch. */
  readonly population?: readonly (readonly [epoch: number, accounts: number])[];
  /** Values that are common. */
  readonly common?: readonly SharedValue[];
  readonly members?: readonly KeptMember[];
}

/** JSON knows no infinity: what nobody knows is null. */
type KeptMember = Omit<GroupMember, 'createdMs'> & { readonly createdMs: number | null };

/** Changes with every change to what is written. */
const pieceFormat = 1;
/** Accounts, or values, of one piece: a millisecond's work, and far below the bytes that a piece may have. */
const perPiece = 200;

/** Accounts of which nothing counts any more, let go at a time: a batch does not wait for a whole epoch. */
const endedPerTake = 64;

/** Who has a value: keys of accounts; null where so many have it that it ties nobody. */
type Holders = Set<string> | null;

/** What accounts have in common, in this process. A snapshot of the history can have it with it, piece by piece. */
export class EmbeddedGroupStore implements GroupStore, Pieces {
  readonly #membersMax: number;
  /** By key, in the order in which they came. */
  readonly #members = new Map<string, GroupMember>();
  /** By epoch, by value: an epoch that is over goes at once. */
  readonly #epochs = new Map<number, Map<string, Holders>>();
  /** Values that are common, by value. */
  readonly #common = new Map<string, SharedValue>();
  /** By epoch, accounts that came in it. */
  readonly #population = new Map<number, number>();
  #newestEpoch = 0;
  /**
   * By key, accounts that have changed since a snapshot was begun, as they were then; undefined for one that was not there. At most one an
   * account; no map where no snapshot is being written.
   */
  #then: Map<string, GroupMember | undefined> | undefined;

  constructor({ membersMax }: EmbeddedGroupStoreOptions) {
    this.#membersMax = membersMax;
  }

  take(sightings: readonly GroupSighting[]): Promise<readonly HeldValue[]> {
    for (const sighting of sightings) this.#take(sighting);
    this.#letGo();
    const values = new Map<string, SharedValue>();
    for (const sighting of sightings) {
      const asked = sighting.isNews ? this.#members.get(compactKey(sighting))?.values : sighting.values;
      for (const value of asked ?? []) values.set(compactKey(value), value);
    }
    const texts = [...values.keys()].toSorted();
    return Promise.resolve(texts.flatMap((text) => this.#held(values.get(text)!) ?? []));
  }

  count(values: readonly SharedValue[]): Promise<readonly number[]> {
    return Promise.resolve(
      values.map((value) => {
        const holders = this.#epochs.get(value.epoch)?.get(compactKey(value));
        return holders === null ? Infinity : (holders?.size ?? 0);
      }),
    );
  }

  tell(changes: readonly ToldChange[], common: readonly SharedValue[]): Promise<void> {
    for (const { account, value, told } of changes) {
      const member = this.#members.get(compactKey(account));
      if (member === undefined) continue;
      const text = compactKey(value);
      const values = member.values.map((own) => (compactKey(own) === text ? { ...own, told } : own));
      this.#set(compactKey(account), { ...member, values });
    }
    for (const value of common) if (this.#isCurrent(value.epoch)) this.#makeCommon(value);
    return Promise.resolve();
  }

  forget(account: AccountKey): Promise<void> {
    const key = compactKey(account);
    for (const value of this.#members.get(key)?.values ?? [])
      this.#epochs.get(value.epoch)?.get(compactKey(value))?.delete(key);
    this.#keepThen(key);
    this.#members.delete(key);
    return Promise.resolve();
  }

  size(): number {
    return this.#members.size;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** As `Pieces`, for a snapshot. Whoever calls again gives up the snapshot of before. */
  write(): Iterable<Piece> {
    this.#then = new Map();
    return this.#pieces(this.#then, [...this.#population], [...this.#common.values()]);
  }

  /** As `Pieces`: what `write` wrote, into a store that has taken nothing. */
  read({ format, population = [], common = [], members = [] }: Partial<Piece>): void {
    if (format !== pieceFormat) return;
    for (const [epoch, accounts] of population) {
      this.#enter(epoch);
      this.#count(epoch, accounts);
    }
    for (const value of common) this.#makeCommon(value);
    for (const kept of members) {
      const member = { ...kept, createdMs: kept.createdMs ?? Infinity };
      this.#members.set(compactKey(member), member);
      for (const value of member.values) if (this.#isCurrent(value.epoch)) this.#hold(value, compactKey(member));
    }
  }

  *#pieces(
    then: Map<string, GroupMember | undefined>,
    population: readonly (readonly [number, number])[],
    commonThen: readonly SharedValue[],
  ): Generator<Piece> {
    yield { format: pieceFormat, population };
    for (const common of inPieces(commonThen, perPiece)) yield { format: pieceFormat, common };
    for (const members of inPieces(this.#membersThen(then), perPiece))
      yield { format: pieceFormat, members: members.map(keptMember) };
    if (this.#then === then) this.#then = undefined;
  }

  /** One that changes once it was written comes twice, the same. */
  *#membersThen(then: ReadonlyMap<string, GroupMember | undefined>): Generator<GroupMember> {
    for (const [key, member] of this.#members) if (!then.has(key)) yield member;
    for (const member of then.values()) if (member !== undefined) yield member;
  }

  #set(key: string, member: GroupMember): void {
    this.#keepThen(key);
    this.#members.set(key, member);
  }

  #keepThen(key: string): void {
    if (this.#then !== undefined && !this.#then.has(key)) this.#then.set(key, this.#members.get(key));
  }

  #take(sighting: GroupSighting): void {
    const key = compactKey(sighting);
    const held = this.#members.get(key);
    this.#enter(epochOf(sighting.timeMs));
    const member = mergeSighting(held, currentPart(sighting, this.#newestEpoch));
    if (member === undefined) return;
    if (held === undefined) this.#count(epochOf(sighting.timeMs), 1);
    this.#set(key, member);
    for (const value of member.values.slice(held?.values.length ?? 0)) this.#hold(value, key);
  }

  #makeCommon(value: SharedValue): void {
    const text = compactKey(value);
    this.#valuesOf(value.epoch).set(text, null);
    this.#common.set(text, ofNobody(value));
  }

  #valuesOf(epoch: number): Map<string, Holders> {
    let values = this.#epochs.get(epoch);
    if (values === undefined) this.#epochs.set(epoch, (values = new Map()));
    return values;
  }

  #hold(value: SharedValue, key: string): void {
    const values = this.#valuesOf(value.epoch);
    const text = compactKey(value);
    const holders = values.get(text);
    if (holders === undefined) values.set(text, new Set([key]));
    else if (holders !== null && holders.size <= holdersBoundMax) holders.add(key);
  }

  #held(value: SharedValue): HeldValue | undefined {
    const keys = this.#epochs.get(value.epoch)?.get(compactKey(value));
    if (keys === undefined || (keys !== null && keys.size < 2)) return undefined;
    const holders = [...(keys ?? [])].toSorted().flatMap((key) => this.#members.get(key) ?? []);
    return { value: ofNobody(value), holders, isCommon: keys === null, population: this.#populationOf(value.epoch) };
  }

  #populationOf(epoch: number): number {
    return populationOf(epoch, (one) => this.#population.get(one) ?? 0);
  }

  #count(epoch: number, accounts: number): void {
    this.#population.set(epoch, (this.#population.get(epoch) ?? 0) + accounts);
  }

  #isCurrent(epoch: number): boolean {
    return isCurrentEpoch(epoch, this.#newestEpoch);
  }

  #enter(epoch: number): void {
    if (epoch <= this.#newestEpoch) return;
    this.#newestEpoch = epoch;
    for (const past of this.#epochs.keys()) if (!this.#isCurrent(past)) this.#epochs.delete(past);
    for (const [text, value] of this.#common) if (!this.#isCurrent(value.epoch)) this.#common.delete(text);
    for (const past of this.#population.keys()) if (isPastEpoch(past, epoch)) this.#population.delete(past);
  }

  /** Forgets accounts of which nothing counts any more, and the first that came where there are too many. */
  #letGo(): void {
    let left = endedPerTake;
    for (const member of this.#members.values()) {
      const isOver = member.values.every(({ epoch }) => !this.#isCurrent(epoch));
      if (this.#members.size <= this.#membersMax && (!isOver || left === 0)) break;
      void this.forget(member);
      left--;
    }
  }
}

function keptMember(member: GroupMember): KeptMember {
  return { ...member, createdMs: Number.isFinite(member.createdMs) ? member.createdMs : null };
}
