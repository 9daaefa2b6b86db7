import { snapshotColumnCount } from './state.ts';

/** Arrays that wait to be used again: as many as batches may be under way at once, and some. */
const waitingMax = 16;

/**
 * Arrays for snapshot rows, used again and again: a batch's are some hundred kilobytes, and to collect them costs more than to
 * fill them.
 */
export class SnapshotValues {
  readonly #waiting: ArrayBufferLike[] = [];

  /** An array of [count × snapshotColumnCount], all NaN. */
  take(count: number): Float64Array {
    const length = count * snapshotColumnCount;
    const waiting = this.#waiting.pop();
    const fits = waiting !== undefined && waiting.byteLength >= length * Float64Array.BYTES_PER_ELEMENT;
    return (fits ? new Float64Array(waiting, 0, length) : new Float64Array(length)).fill(NaN);
  }

  /** Takes an array back that nobody reads or writes any more. */
  give(values: Float64Array): void {
    if (this.#waiting.length < waitingMax) this.#waiting.push(values.buffer);
  }
}
