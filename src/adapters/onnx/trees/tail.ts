import type { LoadedModel, ModelRuntime } from '../../../ports.ts';
import { readChain, type Link } from './graph.ts';

/** What comes after the trees. */
export type Tail = Pick<LoadedModel, 'score' | 'release'>;

/**
 * What comes after the trees by a model of its own. Where that is a chain of products, sums and sigmoids it is computed here: a call of the
 * reference costs some 14 us, be it of one row, and another turn of the loop. Held against the reference on numbers all over; where one bit
 * is another, the reference stays: libraries and processors differ in the last bit of an exponential.
 */
export async function loadTail(reference: ModelRuntime, modelBytes: Uint8Array): Promise<Tail> {
  const { model } = await reference.load(modelBytes, null);
  const chain = readChain(modelBytes);
  if (chain === undefined) return model;
  const own = new ChainTail(chain);
  const expected = await model.score(proofSums, proofSums.length);
  const found = await own.score(proofSums.slice());
  if (!found.every((value, at) => Object.is(value, expected[at]))) return model;
  await model.release();
  return own;
}

/** Sums at which a sigmoid moves, and what no sum should be. */
const proofSums = Float32Array.from([
  ...Array.from({ length: 8_192 }, (_, at) => (at - 4_096) / 203),
  0,
  -0,
  1e-30,
  -1e-30,
  1e30,
  -1e30,
  Infinity,
  -Infinity,
  NaN,
]);

class ChainTail implements Tail {
  readonly #chain: readonly Link[];

  constructor(chain: readonly Link[]) {
    this.#chain = chain;
  }

  /** In their place. */
  async score(sums: Float32Array): Promise<Float32Array> {
    for (const { operator, by } of this.#chain) {
      if (operator === 'Mul') for (let row = 0; row < sums.length; row++) sums[row]! *= by;
      else if (operator === 'Add') for (let row = 0; row < sums.length; row++) sums[row]! += by;
      else for (let row = 0; row < sums.length; row++) sums[row] = sigmoid(sums[row]!);
    }
    return sums;
  }

  async release(): Promise<void> {
    // It holds nothing.
  }
}

/** Beyond it a sigmoid is as good as 0 or 1. */
const sigmoidEnd = 18;
/** Of the odd powers from 9 down, and of the even ones from 10 down. */
const [over9, over7, over5, over3, over1] = Float32Array.of(
  4.37031012579801e-11,
  1.15627324459942e-7,
  6.08574864600143e-5,
  8.51377133304701e-3,
  2.48287947061529e-1,
) as unknown as readonly [number, number, number, number, number];
const [under10, under8, under6, under4, under2, under0] = Float32Array.of(
  6.10247389755681e-13,
  5.76102136993427e-9,
  6.2910678501704e-6,
  1.70198817374094e-3,
  1.16817656904453e-1,
  9.9315192102318e-1,
) as unknown as readonly [number, number, number, number, number, number];

/**
 * The sigmoid of ONNX Runtime on processors with fused multiplication: half of one, and a fraction of two polynomials (MLAS, `logistic.cpp`).
 * The product of two float32 is exact here, so that one rounding is left to each step as there.
 */
function sigmoid(sum: number): number {
  const { fround } = Math;
  const at = Math.min(sigmoidEnd, Math.max(-sigmoidEnd, sum));
  const square = fround(at * at);
  let over = fround(square * over9 + over7);
  over = fround(square * over + over5);
  over = fround(square * over + over3);
  over = fround(square * over + over1);
  over = fround(over * at);
  let under = fround(square * under10 + under8);
  under = fround(square * under + under6);
  under = fround(square * under + under4);
  under = fround(square * under + under2);
  under = fround(square * under + under0);
  return Math.max(0, fround(fround(over / under) + 0.5));
}
