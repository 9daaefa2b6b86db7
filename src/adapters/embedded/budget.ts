import assert from 'node:assert/strict';
import { kindLayouts, type EntityKind } from '../../features/state.ts';
import { ranks, type Rank } from './retention.ts';

/**
 * Parts of the memory that are each kind's own, near what simulated platforms have of them; accounts have more, since label and
 * standing lie with them.
 */
const kindParts: Readonly<Record<EntityKind, number>> = {
  account: 36,
  ip: 8,
  network: 8,
  site: 3,
  site_shape: 2,
  asn: 1,
  device: 8,
  email_domain: 2,
  mailbox: 4,
  phone: 3,
  phone_prefix: 2,
  name_shape: 2,
  client: 2,
  name_stem: 2,
  cohort: 4,
  user_agent: 1,
  app_version: 1,
  display_name: 2,
  bio: 2,
  avatar: 2,
  target: 5,
  text: 4,
  platform: 1,
  platform_part: 1,
};
/** Parts of a kind's own memory that are each rank's, where the kind has the rank. */
const rankParts: Readonly<Record<Rank, number>> = { once: 4, again: 3, regular: 3, standing: 3, labelled: 2 };

/** Entities of one kind and one rank. */
export interface Segment {
  readonly kind: number;
  readonly rank: number;
}

/**
 * How many bytes each kind and rank has, and which of them has to give when they are too many.
 *
 * Each has a share of its own, and may take more while nobody wants it. When memory is full, the lowest rank of which some kind has
 * more than its share gives, and of its kinds the one that is furthest above. So no kind, however many of its entities come, takes
 * from another what is that one's own, and no rank from a higher one while it is itself above its share.
 */
export class Budget {
  /** Bytes of all entities. */
  bytes = 0;
  readonly #segments: readonly Segment[];
  /** [rank × kind] bytes in use, and the share. */
  readonly #used: Float64Array;
  readonly #shares: Float64Array;
  #bytesMax = 0;

  constructor() {
    this.#segments = ranks.flatMap((_, rank) => kindLayouts.map((_layout, kind) => ({ kind, rank })));
    this.#used = new Float64Array(this.#segments.length);
    this.#shares = new Float64Array(this.#segments.length);
  }

  /** Bytes that entities may have between two events: above that, `next` says who gives. */
  get bytesMax(): number {
    return this.#bytesMax;
  }

  set bytesMax(bytesMax: number) {
    assert(bytesMax > 0, 'there is memory for entities');
    this.#bytesMax = bytesMax;
    for (const [index, { kind, rank }] of this.#segments.entries())
      this.#shares[index] = bytesMax * shareOf(kind, rank);
  }

  add(kind: number, rank: number, bytes: number): void {
    this.#used[rank * kindLayouts.length + kind]! += bytes;
    this.bytes += bytes;
  }

  bytesOf(kind: number): number {
    return ranks.reduce((sum, _, rank) => sum + this.#used[rank * kindLayouts.length + kind]!, 0);
  }

  /** Of which segment an entity goes. More than `bytesMax` are in use. */
  next(): Segment {
    assert(this.bytes > this.#bytesMax, 'nobody gives while there is room');
    for (let first = 0; first < this.#used.length; first += kindLayouts.length) {
      let chosen = -1;
      let excess = 1;
      for (let at = first; at < first + kindLayouts.length; at++) {
        // NaN where the kind does not have the rank.
        const ratio = this.#used[at]! / this.#shares[at]!;
        if (!(ratio > excess)) continue;
        excess = ratio;
        chosen = at;
      }
      if (chosen >= 0) return this.#segments[chosen]!;
    }
    throw new assert.AssertionError({ message: 'shares add up to the whole: one is exceeded when the whole is' });
  }
}

/** Ranks that entities of a kind can have. */
export function hasRank(kind: number, rank: Rank): boolean {
  const layout = kindLayouts[kind]!;
  if (rank === 'standing') return layout.kind === 'account';
  return rank !== 'labelled' || layout.kind === 'account' || layout.labelColumn !== null;
}

/** Of a kind and a rank; all add up to 1. */
export function shareOf(kind: number, rank: number): number {
  const name = ranks[rank]!;
  if (!hasRank(kind, name)) return 0;
  const ofKind = ranks.filter((each) => hasRank(kind, each)).reduce((sum, each) => sum + rankParts[each], 0);
  const ofAll = Object.values(kindParts).reduce((sum, part) => sum + part, 0);
  return (kindParts[kindLayouts[kind]!.kind] / ofAll) * (rankParts[name] / ofKind);
}
