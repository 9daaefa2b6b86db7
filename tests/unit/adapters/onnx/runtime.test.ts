import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxRuntime } from '../../../../src/adapters/onnx/runtime.ts';
import { withTreeKernel } from '../../../../src/adapters/onnx/trees/runtime.ts';
import { parseDeployment, parseGoldenRows, parseManifest } from '../../../../src/scoring/bundle-files.ts';
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
