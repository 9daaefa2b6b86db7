// Before the library, for what it does.
// oxlint-disable-next-line import/no-unassigned-import
import './telemetry-off.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { LoadedModel, ModelRuntime, ModelShape } from '../../ports.ts';
import { hasExternalData } from './external-data.ts';

/**
 * One thread per session: `run` computes on the caller's thread either way, one process serves one core, and idle threads of
 * a pool would spin on the cores of others.
 */
const sessionOptions: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // Warnings of the library would go to stderr past the log.
  logSeverityLevel: 3,
};

/** Runs models by ONNX Runtime, on the CPU. */
export const onnxRuntime: ModelRuntime = {
  async load(modelBytes, explanationBytes) {
    for (const bytes of [modelBytes, explanationBytes])
      if (bytes !== null && hasExternalData(bytes))
        throw new Error('it keeps data in another file, which no manifest hashes: save it as one file');
    const session = await InferenceSession.create(modelBytes, sessionOptions);
    // Each is made on this thread, in ten milliseconds or two: the stream goes on between them.
    await nextTurn();
    try {
      const explanation =
        explanationBytes === null ? null : await InferenceSession.create(explanationBytes, sessionOptions);
      return { model: new OnnxModel(session, explanation), shape: shapeOf(session) };
    } catch (error) {
      await session.release();
      throw error;
    }
  },
};

class OnnxModel implements LoadedModel {
  readonly engine = 'onnxruntime';
  readonly #session: InferenceSession;
  readonly #explanation: InferenceSession | null;

  constructor(session: InferenceSession, explanation: InferenceSession | null) {
    this.#session = session;
    this.#explanation = explanation;
  }

  score(features: Float32Array, rows: number): Promise<Float32Array> {
    return run(this.#session, features, rows);
  }

  async explain(features: Float32Array, rows: number): Promise<Float32Array | null> {
    return this.#explanation === null ? null : run(this.#explanation, features, rows);
  }

  async release(): Promise<void> {
    await this.#session.release();
    await this.#explanation?.release();
  }
}

/** Feeds a matrix to the only input, and gives the only output's numbers. */
async function run(session: InferenceSession, features: Float32Array, rows: number): Promise<Float32Array> {
  const input = new Tensor('float32', features, [rows, features.length / rows]);
  const results = await session.run({ [session.inputNames[0]!]: input });
  const output = results[session.outputNames[0]!];
  if (output === undefined || !(output.data instanceof Float32Array)) throw new Error('the output is not float32');
  return output.data;
}

function shapeOf(session: InferenceSession): ModelShape {
  return { inputs: session.inputMetadata.map(describe), outputs: session.outputMetadata.map(describe) };
}

function describe(value: InferenceSession.ValueMetadata): ModelShape['inputs'][number] {
  return value.isTensor
    ? { name: value.name, type: value.type, dimensions: value.shape }
    : { name: value.name, type: 'no tensor', dimensions: [] };
}
