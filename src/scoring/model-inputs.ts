import { featureNames } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import { Ranker } from '../features/norms/ranker.ts';
import type { Norms } from '../features/norms/norms.ts';

/** Makes the rows of one model, by one set of norms, of the catalogue's matrix. */
export class ModelInputs {
  readonly #columns: Int32Array;
  /** Whether its columns are those of the catalogue, in order. */
  readonly #isWholeCatalogue: boolean;
  readonly #ranker: Ranker | null;

  /**
   * @param columns [F] the catalogue's column of each column of the model.
   * @param ranked the model's columns that are ranks.
   * @param norms needed where any is; they describe it.
   */
  constructor(columns: Int32Array, ranked: Int32Array, norms: Norms | null) {
    this.#columns = columns;
    this.#isWholeCatalogue = columns.length === featureCount && columns.every((column, index) => column === index);
    const rankedColumns = ranked.map((at) => columns[at]!);
    this.#ranker =
      norms === null || ranked.length === 0 ? null : new Ranker(norms, rankedColumns, ranked, columns.length);
  }

  /** [count × F] rows of the batch from `row` on, as the model takes them. `features` is [rows × featureCount]. */
  pick(features: Float32Array, row: number, count: number): Float32Array {
    const values = this.#isWholeCatalogue
      ? features.subarray(row * featureCount, (row + count) * featureCount)
      : this.#pickColumns(features, row, count);
    if (this.#ranker === null) return values;
    return this.#ranker.rank(features, row, count, this.#isWholeCatalogue ? values.slice() : values);
  }

  #pickColumns(features: Float32Array, row: number, count: number): Float32Array {
    const width = this.#columns.length;
    const picked = new Float32Array(count * width);
    for (let index = 0; index < count; index++) {
      const start = (row + index) * featureCount;
      for (let column = 0; column < width; column++)
        picked[index * width + column] = features[start + this.#columns[column]!]!;
    }
    return picked;
  }
}

/** Names of the features that a model takes as ranks and norms do not describe. */
export function undescribed(ranked: Int32Array, columns: Int32Array, { features }: Norms): readonly string[] {
  const described = new Set(features.map(({ name }) => name));
  return Array.from(ranked, (at) => featureNames[columns[at]!]!).filter((name) => !described.has(name));
}
