import { limits } from '../domain/limits.ts';

/**
 * Memory that batches use again and again: a batch's has some hundred kilobytes, which the system hands out page by page, each of them
 * cleared, and takes back at the next collection.
 */
export class BufferPool {
  /** The smallest first; as many as batches may be under way at once. */
  readonly #waiting: ArrayBufferLike[] = [];

  /** The smallest of at least so many bytes, holding whatever was left in it; a new one, of zeros, where none waits. */
  take(bytes: number): ArrayBufferLike {
    const at = this.#waiting.findIndex(({ byteLength }) => byteLength >= bytes);
    return at === -1 ? new ArrayBuffer(bytes) : this.#waiting.splice(at, 1)[0]!;
  }

  /** Takes one back that nobody reads or writes any more. Where too many wait, the smallest goes, which costs least to make anew. */
  give(buffer: ArrayBufferLike): void {
    const at = this.#waiting.findLastIndex(({ byteLength }) => byteLength <= buffer.byteLength) + 1;
    this.#waiting.splice(at, 0, buffer);
    if (this.#waiting.length > limits.partitionsUnsettledMax) this.#waiting.shift();
  }
}
