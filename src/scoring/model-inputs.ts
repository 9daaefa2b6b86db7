import { featureNames } from '../features/catalogue.ts';
import { featureCount } from '../features/extract.ts';
import { Ranker } from '../features/norms/ranker.ts';
import type { Norms } from '../features/norms/norms.ts';

/** Makes the rows of one model, by one set of norms, of the catalogue's matrix. */
export class ModelInputs {
  readonly #columns: Int32Array;
  readonly #isWholeCatalogue: boolean;
  readonly #ranked: Int32Array;
  readonly #ranker: Ranker | null;

  /**
   * @param columns [F] the catalogue's column of each column of the model.
   * @param ranked the model's columns that are ranks.
   * @param norms needed where any is; they describe it.
   */
  constructor(columns: Int32Array, ranked: Int32Array, norms: Norms | null) {
    this.#columns = columns;
    this.#ranked = ranked;
    const rankedColumns = ranked.map((at) => columns[at]!);
    this.#ranker = norms === null || ranked.length === 0 ? null : new Ranker(norms, rankedColumns);
    const isInOrder = columns.length === featureCount && columns.every((column, index) => column === index);
    this.#isWholeCatalogue = isInOrder && ranked.length === 0;
  }

  /** [count × F] rows of the batch from `row` on, as the model takes them. `features` is [rows × featureCount]. */
  pick(features: Float32Array, row: number, count: number): Float32Array {
    if (this.#isWholeCatalogue) return features.subarray(row * featureCount, (row + count) * featureCount);
    const width = this.#columns.length;
    const picked = new Float32Array(count * width);
    for (let index = 0; index < count; index++) {
      const start = (row + index) * featureCount;
      for (let column = 0; column < width; column++)
        picked[index * width + column] = features[start + this.#columns[column]!]!;
    }
    if (this.#ranker !== null) this.#putRanks(this.#ranker.rank(features, row, count), picked);
    return picked;
  }

  /** @param ranks [count × ranked] */
  #putRanks(ranks: Float32Array, picked: Float32Array): void {
    const [width, rankedWidth] = [this.#columns.length, this.#ranked.length];
    for (let from = 0, to = 0; from < ranks.length; from += rankedWidth, to += width)
      for (let index = 0; index < rankedWidth; index++) picked[to + this.#ranked[index]!] = ranks[from + index]!;
  }
}

/** Names of the features that a model takes as ranks and norms do not describe. */
export function undescribed(ranked: Int32Array, columns: Int32Array, { features }: Norms): readonly string[] {
  const described = new Set(features.map(({ name }) => name));
  return Array.from(ranked, (at) => featureNames[columns[at]!]!).filter((name) => !described.has(name));
}
