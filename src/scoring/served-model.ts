import assert from 'node:assert/strict';
import type { ModelReference } from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import { featureCount } from '../features/extract.ts';
import type { LoadedModel } from '../ports.ts';
import { occlude } from './occlusion.ts';

/**
 * A proven model, fed from the catalogue's matrix: picks its own columns, cuts batches into calls that the runtime does well,
 * and is freed only when nobody uses it.
 */
export class ServedModel {
  readonly reference: ModelReference;
  readonly #model: LoadedModel;
  /** The catalogue's column of each column of the model. */
  readonly #columns: Int32Array;
  readonly #isWholeCatalogue: boolean;
  #users = 0;
  #isRetired = false;

  constructor(model: LoadedModel, reference: ModelReference, columns: Int32Array) {
    this.reference = reference;
    this.#model = model;
    this.#columns = columns;
    this.#isWholeCatalogue = columns.length === featureCount && columns.every((column, index) => column === index);
  }

  /** Scores the batch: `features` is [rows × featureCount]; returns [rows] probabilities. Rejects as the runtime does. */
  score(features: Float32Array, rows: number): Promise<Float32Array> {
    return this.#use(async () => {
      const scores = new Float32Array(rows);
      for (let row = 0; row < rows; row += limits.scoreRowsMax) {
        const count = Math.min(limits.scoreRowsMax, rows - row);
        scores.set(exactly(count, await this.#model.score(this.#pick(features, row, count), count)), row);
      }
      return scores;
    });
  }

  /**
   * Log-odds that each feature of the catalogue adds to the score of some rows: [rows.length × featureCount], 0 for features
   * that the model does not use. By the bundle's own explanation, or by leaving features out where it brings none.
   */
  explain(features: Float32Array, rows: readonly number[]): Promise<Float32Array> {
    return this.#use(() => this.#explain(features, rows));
  }

  async #explain(features: Float32Array, rows: readonly number[]): Promise<Float32Array> {
    const contributions = new Float32Array(rows.length * featureCount);
    const width = this.#columns.length;
    for (let from = 0; from < rows.length; from += limits.scoreRowsMax) {
      const chunk = rows.slice(from, from + limits.scoreRowsMax);
      const picked = new Float32Array(chunk.length * width);
      for (const [index, row] of chunk.entries()) picked.set(this.#pick(features, row, 1), index * width);
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

  /** Rows of the batch, in the model's columns. */
  #pick(features: Float32Array, row: number, count: number): Float32Array {
    if (this.#isWholeCatalogue) return features.subarray(row * featureCount, (row + count) * featureCount);
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

/** What the runtime answered, if it is as many numbers as were asked for: one that is missing would read as 0. */
function exactly(count: number, answer: Float32Array): Float32Array {
  if (answer.length !== count) throw new Error(`the model gave ${answer.length} numbers instead of ${count}`);
  return answer;
}
