import { runTraining, trainingPython } from '../adapters/python/training.ts';

/** The options of `winnow model pack`. */
export interface PackModelOptions {
  readonly matrix: string;
  readonly name: string;
  readonly version: string;
  readonly author: string;
  readonly out: string;
  readonly python?: string;
}

/** Progress, for a person. */
function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Makes a bundle of an ONNX file. Throws `FailureError` with what cannot be adapted. */
export async function packModel(model: string, options: PackModelOptions): Promise<void> {
  const { matrix, name, version, author, out } = options;
  const python = await trainingPython(options.python, report);
  const words = ['pack', model, '--matrix', matrix, '--name', name, '--version', version, '--author', author];
  await runTraining(python, [...words, '--out', out], report);
}
