import { createHash } from 'node:crypto';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { ModelReference } from '../domain/decision.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { catalogueVersion, definitionHashes, featureColumn } from '../features/catalogue.ts';
import type { FileReader, LoadedModel, ModelRuntime, ModelShape } from '../ports.ts';
import type { GoldenRow, Manifest } from '../wire/bundle-schema.ts';
import { parseGoldenRows, parseManifest } from './bundle-files.ts';
import { ServedModel } from './served-model.ts';

const modelFile = 'model.onnx';
const explanationFile = 'explanation.onnx';
const manifestFile = 'manifest.json';
const goldenFile = 'golden.jsonl';
const cardFile = 'card.md';

/**
 * Loads a bundle `<name>/<version>/` and proves it: the files are the ones that the manifest hashed, the catalogue has every
 * feature, the graph has the contract's shape, and every golden row gives its probability here and now.
 * Whatever fails, nothing stays loaded.
 */
export async function loadBundle(
  files: FileReader,
  runtime: ModelRuntime,
  name: string,
  version: string,
): Promise<Result<ServedModel>> {
  const folder = `${name}/${version}`;
  const contents = await readFiles(files, folder);
  if (!contents.ok) return contents;
  const { manifest, bytes } = contents.value;
  if (manifest.name !== name || manifest.version !== version) {
    return failed(
      'BUNDLE_INVALID',
      `the manifest is that of ${manifest.name} ${manifest.version}`,
      `${folder}/${manifestFile}`,
    );
  }
  const columns = columnsOf(manifest, folder);
  if (!columns.ok) return columns;
  const golden = parseGoldenRows(bytes.get(goldenFile)!, `${folder}/${goldenFile}`);
  if (!golden.ok) return golden;

  let loaded: Awaited<ReturnType<ModelRuntime['load']>>;
  try {
    loaded = await runtime.load(bytes.get(modelFile)!, bytes.get(explanationFile) ?? null);
  } catch (error) {
    return failed(
      'BUNDLE_SHAPE',
      `the runtime does not load it: ${(error as Error).message}`,
      `${folder}/${modelFile}`,
    );
  }
  const fault = faultOfShape(loaded.shape, manifest) ?? (await faultOfGoldenRows(loaded.model, manifest, golden.value));
  if (fault !== undefined) {
    await loaded.model.release();
    return failed(fault.code, fault.message, folder);
  }
  const reference: ModelReference = { name, version, sha256: manifest.files[modelFile].sha256 };
  return success(new ServedModel(loaded.model, reference, columns.value));
}

type Contents = { readonly manifest: Manifest; readonly bytes: ReadonlyMap<string, Uint8Array> };

async function readFiles(files: FileReader, folder: string): Promise<Result<Contents>> {
  let path = `${folder}/${manifestFile}`;
  try {
    const manifest = parseManifest(await files.read(path, limits.bundleFileBytesMax), path);
    if (!manifest.ok) return manifest;
    const bytes = new Map<string, Uint8Array>();
    for (const name of [modelFile, goldenFile, cardFile, explanationFile] as const) {
      const hash = manifest.value.files[name]?.sha256;
      if (hash === undefined) continue;
      path = `${folder}/${name}`;
      const content = await files.read(path, limits.bundleFileBytesMax);
      if (createHash('sha256').update(content).digest('hex') !== hash) {
        return failed('BUNDLE_HASH', 'its SHA-256 is not the one in the manifest.', path);
      }
      bytes.set(name, content);
    }
    return success({ manifest: manifest.value, bytes });
  } catch (error) {
    return failed('BUNDLE_UNREADABLE', `${(error as Error).message}.`, path);
  }
}

/** The catalogue's column of each column of the model. */
function columnsOf(manifest: Manifest, folder: string): Result<Int32Array> {
  const unknown = manifest.features.filter((name) => featureColumn(name) === undefined);
  if (unknown.length > 0) {
    const versions = `trained with catalogue ${manifest.catalogueVersion}, this one is ${catalogueVersion}`;
    return failed(
      'BUNDLE_FEATURES',
      `unknown: ${unknown.slice(0, 5).join(', ')} (${unknown.length} in all; ${versions}).`,
      folder,
    );
  }
  const columns = Int32Array.from(manifest.features, (name) => featureColumn(name)!);
  const { definitions } = manifest;
  if (definitions === undefined)
    return failed('BUNDLE_DEFINITIONS', 'the manifest does not say what features the model learned.', folder);
  const others = manifest.features.filter((name, index) => definitions[name] !== definitionHashes[columns[index]!]);
  if (others.length === 0) return success(columns);
  return failed(
    'BUNDLE_DEFINITIONS',
    `defined otherwise where it was trained: ${others.slice(0, 5).join(', ')} (${others.length} in all).`,
    folder,
  );
}

type Fault = { readonly code: 'BUNDLE_SHAPE' | 'BUNDLE_GOLDEN'; readonly message: string };

function faultOfShape(shape: ModelShape, manifest: Manifest): Fault | undefined {
  const [input, ...otherInputs] = shape.inputs;
  const [output, ...otherOutputs] = shape.outputs;
  const inputFits =
    input?.name === manifest.input.name &&
    otherInputs.length === 0 &&
    input.type === 'float32' &&
    input.dimensions.length === 2 &&
    typeof input.dimensions[0] === 'string' &&
    input.dimensions[1] === manifest.features.length;
  if (!inputFits) return { code: 'BUNDLE_SHAPE', message: `inputs are ${describe(shape.inputs)}.` };
  const outputFits =
    output?.name === manifest.output.name &&
    otherOutputs.length === 0 &&
    output.type === 'float32' &&
    (output.dimensions.length === 1 || (output.dimensions.length === 2 && output.dimensions[1] === 1));
  return outputFits ? undefined : { code: 'BUNDLE_SHAPE', message: `outputs are ${describe(shape.outputs)}.` };
}

/**
 * What is wrong with what the model gives for its golden rows. They are thousands, and the runtime computes on the thread that
 * handles the stream: they are run in calls as short as a batch's, and batches go in between.
 */
async function faultOfGoldenRows(
  model: LoadedModel,
  manifest: Manifest,
  rows: readonly GoldenRow[],
): Promise<Fault | undefined> {
  const width = manifest.features.length;
  const narrow = rows.findIndex(({ features }) => features.length !== width);
  if (narrow >= 0)
    return {
      code: 'BUNDLE_GOLDEN',
      message: `golden row ${narrow + 1} has ${rows[narrow]!.features.length} features.`,
    };
  for (let first = 0; first < rows.length; first += limits.scoreRowsMax) {
    const fault = await faultOfSomeRows(model, width, rows.slice(first, first + limits.scoreRowsMax), first);
    if (fault !== undefined) return fault;
    await turnOfTheLoop();
  }
  return undefined;
}

async function faultOfSomeRows(
  model: LoadedModel,
  width: number,
  rows: readonly GoldenRow[],
  first: number,
): Promise<Fault | undefined> {
  const features = Float32Array.from(rows.flatMap((golden) => golden.features.map((value) => value ?? NaN)));
  let scores: Float32Array;
  let explanation: Float32Array | null;
  try {
    scores = await model.score(features, rows.length);
    await turnOfTheLoop();
    explanation = await model.explain(features, rows.length);
  } catch (error) {
    return { code: 'BUNDLE_GOLDEN', message: `the golden rows make it throw: ${(error as Error).message}.` };
  }
  if (explanation !== null && explanation.length !== features.length) {
    const numbers = explanation.length / rows.length;
    return { code: 'BUNDLE_SHAPE', message: `the explanation gives ${numbers} numbers a row, not ${width}.` };
  }
  const infinite = explanation?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (infinite >= 0) {
    const row = first + Math.floor(infinite / width) + 1;
    return { code: 'BUNDLE_GOLDEN', message: `the explanation of golden row ${row} is ${explanation![infinite]}.` };
  }
  const wrong = rows.findIndex(
    ({ probability, tolerance }, row) => !(Math.abs(scores[row]! - probability) <= tolerance),
  );
  if (wrong < 0) return undefined;
  return {
    code: 'BUNDLE_GOLDEN',
    message: `golden row ${first + wrong + 1} gives ${scores[wrong]}, not ${rows[wrong]!.probability}.`,
  };
}

function describe(values: ModelShape['inputs']): string {
  return values.map(({ name, type, dimensions }) => `${name} ${type} [${dimensions.join(', ')}]`).join(', ');
}
