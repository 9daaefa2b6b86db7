import type { ICustomPartitioner } from 'kafkajs';
import { murmur2 } from './murmur2.ts';

/**
 * Which partitions a chunk of records falls into, and whether all of them have acknowledged it. For one chunk at a time.
 *
 * Records go by key, as with every Kafka client; without a key by value, and not round robin: a chunk that is tried again
 * must fall into the same batches, or the idempotent producer would take one batch for another. For the same reason a
 * topic must not grow while a chunk is being tried by one producer.
 */
export class Acknowledgements {
  #partitions: number | undefined;
  readonly #awaited = new Set<number>();

  /** A new chunk, or a new producer: either may find another number of partitions. */
  reset(): void {
    this.#partitions = undefined;
  }

  /** A try begins. */
  begin(): void {
    this.#awaited.clear();
  }

  /**
   * A try has ended well, says kafkajs, with answers from these partitions. Throws when one is missing: when a leader
   * moves, between two tries inside kafkajs, to a broker that has answered already, kafkajs leaves the moved partition
   * out and reports success.
   */
  complete(answers: readonly { readonly partition: number }[]): void {
    for (const { partition } of answers) this.#awaited.delete(partition);
    if (this.#awaited.size > 0) throw new Error(`Not acknowledged: partitions ${[...this.#awaited].join(', ')}`);
  }

  readonly createPartitioner: ICustomPartitioner = () => {
    return ({ topic, partitionMetadata, message }) => {
      this.#partitions ??= partitionMetadata.length;
      if (partitionMetadata.length !== this.#partitions) throw new Error(`Topic ${topic} has got new partitions`);
      const key = message.key ?? message.value ?? '';
      const partition = toPositive(murmur2(typeof key === 'string' ? Buffer.from(key) : key)) % this.#partitions;
      this.#awaited.add(partition);
      return partition;
    };
  };
}

/** As every Kafka client makes a partition of a hash: not the absolute value. */
function toPositive(hash: number): number {
  return hash & 0x7fff_ffff;
}
