import type { LoadedModel, ModelShape } from '../../../src/ports.ts';

/** What a fake model computes: from its own columns of one row. */
export interface FakeModelOptions {
  readonly scoreRow?: (row: Float32Array) => number;
  /** Null: the bundle brings no explanation. */
  readonly explainRow?: ((row: Float32Array) => readonly number[]) | null;
  /** Called before each answer: may wait, or throw. */
  readonly before?: (call: 'score' | 'explain') => Promise<void> | void;
}

/** A model that computes what a test tells it to, and remembers how it was called. */
export class FakeModel implements LoadedModel {
  readonly engine = 'onnxruntime';
  /** Matrices that were scored, in order. */
  readonly scored: { readonly features: Float32Array; readonly rows: number }[] = [];
  releases = 0;
  /** Calls under way, and those that were when it was released. */
  underWay = 0;
  underWayAtRelease = 0;
  readonly #options: FakeModelOptions;

  constructor(options: FakeModelOptions = {}) {
    this.#options = options;
  }

  score(features: Float32Array, rows: number): Promise<Float32Array> {
    this.scored.push({ features: features.slice(), rows });
    const scoreRow = this.#options.scoreRow ?? (() => 0.5);
    return this.#answer('score', () => Float32Array.from(rowsOf(features, rows), scoreRow));
  }

  explain(features: Float32Array, rows: number): Promise<Float32Array | null> {
    const explainRow = this.#options.explainRow ?? null;
    if (explainRow === null) return Promise.resolve(null);
    return this.#answer('explain', () => Float32Array.from(rowsOf(features, rows).flatMap((row) => explainRow(row))));
  }

  release(): Promise<void> {
    this.releases++;
    this.underWayAtRelease = this.underWay;
    return Promise.resolve();
  }

  async #answer<T>(call: 'score' | 'explain', compute: () => T): Promise<T> {
    this.underWay++;
    try {
      await this.#options.before?.(call);
      return compute();
    } finally {
      this.underWay--;
    }
  }
}

function rowsOf(features: Float32Array, rows: number): Float32Array[] {
  const width = features.length / rows;
  return Array.from({ length: rows }, (_, row) => features.subarray(row * width, (row + 1) * width));
}

/** The shape of the contract for a model of `width` features. */
export function contractShape(width: number): ModelShape {
  return {
    inputs: [{ name: 'features', type: 'float32', dimensions: ['N', width] }],
    outputs: [{ name: 'probability', type: 'float32', dimensions: ['N', 1] }],
  };
}
