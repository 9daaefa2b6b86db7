import { keyOf, type PartitionPast } from './assignment.ts';
import type { TopicPartition } from './offsets.ts';

const none: PartitionPast = Object.freeze({ last: 'nothing', reached: undefined });

/** What a process remembers of partitions that it had: those of the topics, at most. It outlives the members. */
export class PartitionPasts {
  readonly #pasts = new Map<string, PartitionPast>();

  of(partition: TopicPartition): PartitionPast {
    return this.#pasts.get(keyOf(partition)) ?? none;
  }

  remember(of: TopicPartition, past: Partial<PartitionPast>): void {
    this.#pasts.set(keyOf(of), { ...this.of(of), ...past });
  }

  /** It is another one, of which nothing is known. */
  forget(of: TopicPartition): void {
    this.#pasts.delete(keyOf(of));
  }

  /** Another member goes on with all but these: where this process was in the others says nothing any more. */
  onlyThese(assigned: readonly TopicPartition[]): void {
    const own = new Set(assigned.map(keyOf));
    for (const [key, past] of this.#pasts) if (!own.has(key)) this.#pasts.set(key, { ...past, position: undefined });
  }
}
