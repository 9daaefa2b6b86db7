import { BufferPool } from './buffer-pool.ts';
import { snapshotColumnCount } from './state.ts';

/** Arrays for snapshot rows, used again and again: to collect them costs more than to fill them. */
export class SnapshotValues {
  readonly #pool = new BufferPool();

  /** An array of [count × snapshotColumnCount], all NaN. */
  take(count: number): Float64Array {
    const length = count * snapshotColumnCount;
    return new Float64Array(this.#pool.take(length * Float64Array.BYTES_PER_ELEMENT), 0, length).fill(NaN);
  }

  /** Takes an array back that nobody reads or writes any more. */
  give(values: Float64Array): void {
    this.#pool.give(values.buffer);
  }
}
