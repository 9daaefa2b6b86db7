import { describe, expect, it } from 'vitest';
import { onnxRuntime } from '../../../../src/adapters/onnx/runtime.ts';
import { readTreeGraph } from '../../../../src/adapters/onnx/trees/graph.ts';
import { loadTail } from '../../../../src/adapters/onnx/trees/tail.ts';
import type { ModelRuntime } from '../../../../src/ports.ts';
import { field, message, treeModel } from './onnx-file.ts';

/** The reference, which notes how often it is asked, and may say otherwise. */
function referenceThat(says: (scores: Float32Array) => Float32Array) {
  const calls = { count: 0 };
  const runtime: ModelRuntime = {
    load: async (modelBytes, explanationBytes) => {
      const { model, shape } = await onnxRuntime.load(modelBytes, explanationBytes);
      const score = async (features: Float32Array, rows: number): Promise<Float32Array> => {
        calls.count++;
        return says(await model.score(features, rows));
      };
      const asked = { engine: model.engine, score, explain: model.explain.bind(model), release: () => model.release() };
      return { model: asked, shape };
    },
  };
  return { runtime, calls };
}

const text = (place: number, content: string): Buffer => field(place, Buffer.from(content));
const tailOf = (model: Buffer): Uint8Array => readTreeGraph(model)!.tail!;
const sums = (): Float32Array => Float32Array.of(-19, -1.5, -0, 0, 0.25, 3, 40, NaN);

describe('what comes after the trees', () => {
  it.each([
    ['a sigmoid', treeModel([[1]], 1, { sigmoid: true })],
    ['a scale, an offset and a sigmoid', treeModel([[1]], 1, { sigmoid: true, scale: [1.03, -0.02] })],
    ['a scale and an offset', treeModel([[1]], 1, { scale: [-7, 1e20] })],
  ])('is %s, by the same bits as of the reference, which is not asked again', async (_, model) => {
    const { runtime, calls } = referenceThat((scores) => scores);
    const tail = await loadTail(runtime, tailOf(model));
    expect(calls.count).toBe(1);
    const expected = await (await onnxRuntime.load(tailOf(model), null)).model.score(sums(), sums().length);
    expect(await tail.score(sums(), sums().length)).toEqual(expected);
    expect(calls.count).toBe(1);
  });

  it('is left to the reference where that says something else in one bit', async () => {
    const { runtime, calls } = referenceThat((scores) => {
      new Uint32Array(scores.buffer)[100]! ^= 1;
      return scores;
    });
    const tail = await loadTail(runtime, tailOf(treeModel([[1]], 1, { sigmoid: true })));
    await tail.score(sums(), sums().length);
    expect(calls.count).toBe(2);
  });

  it.each([
    ['of another kind', [message(text(1, 'sums'), text(2, 'output'), text(4, 'Tanh'))]],
    ['that takes its number twice', [message(text(1, 'sums'), text(1, 'sums'), text(2, 'output'), text(4, 'Mul'))]],
  ])('is left to the reference where it has a step %s', async (_, tail) => {
    const { runtime, calls } = referenceThat((scores) => scores);
    const loaded = await loadTail(runtime, tailOf(treeModel([[1]], 1, { tail })));
    await loaded.score(sums(), sums().length);
    expect(calls.count).toBe(1);
  });
});
