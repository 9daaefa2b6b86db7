import { featureCount } from './extract.ts';

/** Matrices that wait to be used again: as many as batches may be under way at once, and some. */
const waitingMax = 16;

/**
 * Matrices of features, used again and again: a batch's has some hundred kilobytes, which the system hands out page by page, each of
 * them cleared, and takes back at the next collection.
 */
export class FeatureMatrices {
  readonly #waiting: ArrayBuffer[] = [];

  /**
   * A matrix for so many rows, until it is disposed of. A model that was given up for being late may still read it then; what it says is
   * thrown away.
   */
  lend(rows: number): LentMatrix {
    const length = rows * featureCount;
    const waiting = this.#waiting.pop();
    const fits = waiting !== undefined && waiting.byteLength >= length * Float32Array.BYTES_PER_ELEMENT;
    const buffer = fits ? waiting : new ArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT);
    return {
      features: new Float32Array(buffer, 0, length),
      [Symbol.dispose]: () => {
        if (this.#waiting.length < waitingMax) this.#waiting.push(buffer);
      },
    };
  }
}

export interface LentMatrix extends Disposable {
  /** [rows × featureCount], holding whatever an earlier batch left: `extractFeatures` fills all of it. */
  readonly features: Float32Array;
}
