import { BufferPool } from './buffer-pool.ts';
import { featureCount } from './extract.ts';

/** Matrices of features, used again and again. */
export class FeatureMatrices {
  readonly #pool = new BufferPool();

  /**
   * A matrix for so many rows, until it is disposed of. A model that was given up for being late may still read it then; what it says is
   * thrown away.
   */
  lend(rows: number): LentMatrix {
    const length = rows * featureCount;
    const buffer = this.#pool.take(length * Float32Array.BYTES_PER_ELEMENT);
    return {
      features: new Float32Array(buffer, 0, length),
      [Symbol.dispose]: () => this.#pool.give(buffer),
    };
  }
}

export interface LentMatrix extends Disposable {
  /** [rows × featureCount], holding whatever an earlier batch left: `extractFeatures` fills all of it. */
  readonly features: Float32Array;
}
