import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxRuntime } from '../../../../src/adapters/onnx/runtime.ts';
import { withTreeKernel } from '../../../../src/adapters/onnx/trees/runtime.ts';
import { shuffled } from '../../../../src/evaluation/queue/draw.ts';
import type { LoadedModel } from '../../../../src/ports.ts';
import { parseDeployment, parseGoldenRows, parseManifest } from '../../../../src/scoring/bundle-files.ts';
import { Random } from '../../../../src/simulation/random.ts';
import type { GoldenRow, Manifest } from '../../../../src/wire/bundle-schema.ts';

/** The runtimes with the champion that ships. */
const models = fileURLToPath(new URL('../../../../models/', import.meta.url));

function valueOf<T>(result: { ok: true; value: T } | { ok: false; failure: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

const { champion } = valueOf(parseDeployment(readFileSync(join(models, 'deployment.json')), 'deployment.json'));
const folder = join(models, champion.name, champion.version);
const modelBytes = readFileSync(join(folder, 'model.onnx'));
const explanationBytes = readFileSync(join(folder, 'explanation.onnx'));
const manifest: Manifest = valueOf(parseManifest(readFileSync(join(folder, 'manifest.json')), 'manifest.json'));
const golden: readonly GoldenRow[] = valueOf(
  parseGoldenRows(readFileSync(join(folder, 'golden.jsonl')), 'golden.jsonl'),
);
const width = manifest.features.length;

function matrixOf(rows: readonly GoldenRow[]): Float32Array {
  return Float32Array.from(rows.flatMap(({ features }) => features.map((value) => value ?? NaN)));
}

/** Features that are taken away together, and draws of others a row. */
const [reasons, draws] = [3, 5];

/** How far the log-odds of a row fall when some features go missing. */
async function fall(model: LoadedModel, row: Float32Array, columns: readonly number[]): Promise<number> {
  const both = new Float32Array(2 * width);
  both.set(row);
  both.set(row, width);
  for (const column of columns) both[width + column] = NaN;
  const [whole, rest] = Array.from(await model.score(both, 2), (score) => Math.log(score / (1 - score)));
  return whole! - rest!;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What every runtime owes: the reference, and the kernel that takes its place where it can. */
describe.each([
  { runtime: onnxRuntime, engine: 'onnxruntime' },
  { runtime: withTreeKernel(onnxRuntime), engine: 'trees' },
] as const)('the runtime of models, by $engine', ({ runtime, engine }) => {
  let loaded: Awaited<ReturnType<typeof runtime.load>>;
  beforeAll(async () => {
    loaded = await runtime.load(modelBytes, explanationBytes);
  });
  afterAll(() => loaded.model.release());

  it('computes the champion that ships by that engine', () => {
    expect(loaded.model.engine).toBe(engine);
  });

  it('tells the shape of a model', () => {
    const { inputs, outputs } = loaded.shape;
    expect(inputs).toEqual([{ name: 'features', type: 'float32', dimensions: [expect.any(String) as string, width] }]);
    expect(outputs).toEqual([{ name: 'probability', type: 'float32', dimensions: [expect.any(String) as string, 1] }]);
  });

  it('gives one probability per row', async () => {
    const scores = await loaded.model.score(matrixOf(golden), golden.length);
    expect(scores).toHaveLength(golden.length);
    for (const [row, { probability, tolerance }] of golden.entries()) {
      expect(Math.abs(scores[row]! - probability)).toBeLessThanOrEqual(tolerance);
    }
  });

  it('gives a row the same bits, whatever comes with it', async () => {
    const whole = await loaded.model.score(matrixOf(golden), golden.length);
    for (const row of [0, 7, golden.length - 1]) {
      const [alone] = await loaded.model.score(matrixOf([golden[row]!]), 1);
      expect(alone).toBe(whole[row]);
    }
  });

  it('explains each row by log-odds that add up to its score', async () => {
    const features = matrixOf(golden);
    const scores = await loaded.model.score(features, golden.length);
    const contributions = (await loaded.model.explain(features, golden.length))!;
    expect(contributions).toHaveLength(golden.length * width);
    for (let row = 0; row < golden.length; row++) {
      const own = contributions.subarray(row * width, (row + 1) * width);
      const logOdds = manifest.explanation!.baseLogOdds + own.reduce((sum, one) => sum + one, 0);
      expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(scores[row]!, 4);
    }
  });

  it('names as reasons what the score rests on: without the first three it falls far more than without three others', async () => {
    const random = new Random(1);
    const features = matrixOf(golden);
    const contributions = (await loaded.model.explain(features, golden.length))!;
    const [named, others]: [number[], number[]] = [[], []];
    for (const [row, { probability }] of golden.entries()) {
      if (probability < 0.5) continue;
      const own = contributions.subarray(row * width, (row + 1) * width);
      const one = features.subarray(row * width, (row + 1) * width);
      const byContribution = [...own.keys()]
        .filter((column) => !Number.isNaN(one[column]))
        .toSorted((first, second) => own[second]! - own[first]!);
      named.push(await fall(loaded.model, one, byContribution.slice(0, reasons)));
      for (let draw = 0; draw < draws; draw++) {
        const drawn = shuffled(byContribution.slice(reasons), random).slice(0, reasons);
        others.push(await fall(loaded.model, one, drawn));
      }
    }
    expect(named.length).toBeGreaterThan(20);
    expect(mean(named)).toBeGreaterThan(1);
    expect(mean(named)).toBeGreaterThan(5 * mean(others));
  });

  it('explains nothing without an explanation', async () => {
    const { model } = await runtime.load(modelBytes, null);
    expect(await model.explain(matrixOf(golden), golden.length)).toBeNull();
    await model.release();
  });

  it.each([
    ['a model', Buffer.from('no model'), null],
    ['an explanation', modelBytes, Buffer.from('no model')],
  ])('refuses bytes that are not %s', async (_, model, explanation) => {
    await expect(runtime.load(model, explanation)).rejects.toThrow(/no ONNX file/);
  });

  it('rejects a matrix of another width', async () => {
    await expect(loaded.model.score(new Float32Array(width + 1), 1)).rejects.toThrow(/dimensions/);
  });
});
