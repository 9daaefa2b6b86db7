import { keyOf } from './assignment.ts';
import type { Gap, TopicPartition } from './offsets.ts';

/** A jump of reading, and where it was. */
export interface OpenGap extends TopicPartition, Gap {}

/** Of one partition: so many jumps wait at most, and so many losses are remembered. */
const gapsMax = 8;

/**
 * Jumps that nobody has looked into yet: of each partition the widest few. What lies between records for another reason, compacted or of a
 * transaction, is narrow beside what was deleted. They outlive assignments and members: what was lost is told by who noticed it, wherever
 * the partition is by then. A process tells a loss once, though it jumps over it at each assignment until something behind it is committed.
 */
export class OpenGaps {
  readonly #open = new Map<string, readonly OpenGap[]>();
  /** The latest that were lost, by partition. */
  readonly #lost = new Map<string, readonly OpenGap[]>();
  readonly #onFound: () => void;

  /** @param onFound called whenever there is one to be looked into */
  constructor(onFound: () => void) {
    this.#onFound = onFound;
  }

  found(gap: OpenGap): void {
    const key = keyOf(gap);
    const open = this.#open.get(key) ?? [];
    const known = [...(this.#lost.get(key) ?? []), ...open];
    // Retention may have gone on since: what is behind the known part is another loss.
    const from = known.reduce((at, each) => (each.from <= at && at < each.next ? each.next : at), gap.from);
    if (from >= gap.next) return;
    this.#open.set(
      key,
      [...open, { ...gap, from }].toSorted((one, other) => widthOf(other) - widthOf(one)).slice(0, gapsMax),
    );
    this.#onFound();
  }

  get all(): readonly OpenGap[] {
    return [...this.#open.values()].flat();
  }

  /** It was looked into. One that was found meanwhile stays. */
  close(gap: OpenGap, isLost: boolean): void {
    const key = keyOf(gap);
    const open = this.#open.get(key) ?? [];
    if (!open.includes(gap)) return; // its partition was made anew meanwhile
    const rest = open.filter((each) => each !== gap);
    if (rest.length === 0) this.#open.delete(key);
    else this.#open.set(key, rest);
    if (isLost) this.#lost.set(key, [...(this.#lost.get(key) ?? []), gap].slice(-gapsMax));
  }

  /** The partition was made anew: offsets that were jumped over are other records now. */
  forget(of: TopicPartition): void {
    this.#open.delete(keyOf(of));
    this.#lost.delete(keyOf(of));
  }
}

function widthOf({ from, next }: Gap): number {
  return next - from;
}
