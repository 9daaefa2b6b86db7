import assert from 'node:assert/strict';
import type { ModelReference } from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import { featureCount } from '../features/extract.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { LoadedModel } from '../ports.ts';
import type { Thresholds } from './comparison.ts';
import { ModelInputs, undescribed } from './model-inputs.ts';
import { occlude } from './occlusion.ts';

/** What a model takes as ranks. */
export interface RankInputs {
  /** The model's columns that are ranks, ascending. */
  readonly columns: Int32Array;
  /** What the bundle brings for platforms without norms of their own; describes those columns. */
  readonly norms: Norms | null;
}

/** No score asks for anything. */
const unset: Thresholds = { challenge: Infinity, review: Infinity, block: Infinity };
const noRanks: RankInputs = { columns: new Int32Array(0), norms: null };

/**
 * A proven model, fed from the catalogue's matrix: picks its own columns, cuts batches into calls that the runtime does well,
 * and is freed only when nobody uses it.
 */
export class ServedModel {
  readonly reference: ModelReference;
  /** Scores at which each action begins, as its bundle suggests. */
  readonly thresholds: Thresholds;
  /** Whether people's habits on some platform taught it. One of simulated streams alone knows what campaigns share, and not what people do here. */
  readonly knowsHabits: boolean;
  readonly #model: LoadedModel;
  /** The catalogue's column of each column of the model. */
  readonly #columns: Int32Array;
  readonly #ranks: RankInputs;
  /** The inputs by the norms that were used last: they seldom change. */
  #inputs: { readonly norms: Norms | null; readonly rows: ModelInputs } | undefined;
  /** The norms that were asked about last, and whether they describe all that it ranks: that is asked of each batch. */
  #asked: { readonly norms: Norms; readonly isDescribed: boolean } | undefined;
  #users = 0;
  #isRetired = false;

  /** @param thresholds that its bundle suggests. */
  constructor(
    model: LoadedModel,
    reference: ModelReference,
    columns: Int32Array,
    ranks = noRanks,
    thresholds: Thresholds = unset,
    knowsHabits = true,
  ) {
    this.thresholds = thresholds;
    this.knowsHabits = knowsHabits;
    assert(ranks.norms !== null || ranks.columns.length === 0, 'a model that takes ranks brings norms');
    this.reference = reference;
    this.#model = model;
    this.#columns = columns;
    this.#ranks = ranks;
  }

  /** Whether how it scores depends on norms. */
  get takesRanks(): boolean {
    return this.#ranks.columns.length > 0;
  }

  /** The norms that the model is used with where the platform has these: its own where they do not describe all that it ranks. */
  normsBy(platform: Norms | null): Norms | null {
    return platform !== null && this.#isDescribedBy(platform) ? platform : this.#ranks.norms;
  }

  /**
   * Scores the batch: `features` is [rows × featureCount]; returns [rows] probabilities. Rejects as the runtime does.
   * @param norms that `normsBy` gave.
   */
  score(features: Float32Array, rows: number, norms: Norms | null = this.#ranks.norms): Promise<Float32Array> {
    const inputs = this.#inputsBy(norms);
    return this.#use(async () => {
      const scores = new Float32Array(rows);
      for (let row = 0; row < rows; row += limits.scoreRowsMax) {
        const count = Math.min(limits.scoreRowsMax, rows - row);
        scores.set(exactly(count, await this.#model.score(inputs.pick(features, row, count), count)), row);
      }
      return scores;
    });
  }

  /**
   * Log-odds that each feature of the catalogue adds to the score of some rows: [rows.length × featureCount], 0 for features
   * that the model does not use. By the bundle's own explanation, or by leaving features out where it brings none.
   */
  explain(
    features: Float32Array,
    rows: readonly number[],
    norms: Norms | null = this.#ranks.norms,
  ): Promise<Float32Array> {
    const inputs = this.#inputsBy(norms);
    return this.#use(() => this.#explain(inputs, features, rows));
  }

  async #explain(inputs: ModelInputs, features: Float32Array, rows: readonly number[]): Promise<Float32Array> {
    const contributions = new Float32Array(rows.length * featureCount);
    const width = this.#columns.length;
    for (let from = 0; from < rows.length; from += limits.scoreRowsMax) {
      const chunk = rows.slice(from, from + limits.scoreRowsMax);
      const picked = new Float32Array(chunk.length * width);
      for (const [index, row] of chunk.entries()) picked.set(inputs.pick(features, row, 1), index * width);
      const own = await this.#model.explain(picked, chunk.length);
      const explained = exactly(picked.length, own ?? (await occlude(this.#model, picked, chunk.length)));
      for (let index = 0; index < chunk.length; index++) {
        for (let column = 0; column < width; column++) {
          contributions[(from + index) * featureCount + this.#columns[column]!] = explained[index * width + column]!;
        }
      }
    }
    return contributions;
  }

  /** Keeps the model in memory until `leave`. */
  enter(): void {
    assert(!this.#isRetired || this.#users > 0, 'a retired model has no new users');
    this.#users++;
  }

  async leave(): Promise<void> {
    this.#users--;
    if (this.#isRetired && this.#users === 0) await this.#model.release();
  }

  /** Frees the model as soon as its last user leaves. */
  async retire(): Promise<void> {
    if (this.#isRetired) return;
    this.#isRetired = true;
    if (this.#users === 0) await this.#model.release();
  }

  /** A call is a user, too: one that is given up for being late goes on, and the model must not be freed under it. */
  async #use<T>(call: () => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await call();
    } finally {
      await this.leave();
    }
  }

  #inputsBy(norms: Norms | null): ModelInputs {
    if (this.#inputs === undefined || this.#inputs.norms !== norms)
      this.#inputs = { norms, rows: new ModelInputs(this.#columns, this.#ranks.columns, norms) };
    return this.#inputs.rows;
  }

  #isDescribedBy(norms: Norms): boolean {
    if (this.#asked?.norms !== norms) {
      const isDescribed = undescribed(this.#ranks.columns, this.#columns, norms).length === 0;
      this.#asked = { norms, isDescribed };
    }
    return this.#asked.isDescribed;
  }
}

/** What the runtime answered, if it is as many numbers as were asked for: one that is missing would read as 0. */
function exactly(count: number, answer: Float32Array): Float32Array {
  if (answer.length !== count) throw new Error(`the model gave ${answer.length} numbers instead of ${count}`);
  return answer;
}
