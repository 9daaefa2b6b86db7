import { keyOf } from './assignment.ts';
import type { Gap, TopicPartition } from './offsets.ts';

/** A jump of reading, and where it was. */
export interface OpenGap extends TopicPartition, Gap {}

/**
 * Jumps that nobody has looked into yet: of each partition the widest, so there are no more of them than partitions. What lies between
 * records for another reason, compacted or of a transaction, is narrow beside what was deleted. They outlive assignments and members: what
 * was lost is told by who noticed it, wherever the partition is by then.
 */
export class OpenGaps {
  readonly #open = new Map<string, OpenGap>();
  readonly #onFound: () => void;

  /** @param onFound called whenever there is one to be looked into */
  constructor(onFound: () => void) {
    this.#onFound = onFound;
  }

  found(gap: OpenGap): void {
    const known = this.#open.get(keyOf(gap));
    if (known === undefined || gap.next - gap.from > known.next - known.from) this.#open.set(keyOf(gap), gap);
    this.#onFound();
  }

  get all(): readonly OpenGap[] {
    return [...this.#open.values()];
  }

  /** It was looked into. One that was found meanwhile stays. */
  close(gap: OpenGap): void {
    if (this.#open.get(keyOf(gap)) === gap) this.#open.delete(keyOf(gap));
  }
}
