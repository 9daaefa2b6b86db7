import { createHash } from 'node:crypto';
import type { ModelReference } from '../domain/decision.ts';
import { failed, success, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { catalogueVersion, definitionHashes, featureColumn } from '../features/catalogue.ts';
import type { FileReader, LoadedModel, ModelRuntime, ModelShape } from '../ports.ts';
import type { GoldenRow, Manifest } from '../wire/bundle-schema.ts';
import { parseGoldenRows, parseManifest } from './bundle-files.ts';
import { undescribed } from './model-inputs.ts';
import { parseNorms } from './norms-file.ts';
import { isOutOfMemory, oneLine } from './runtime-error.ts';
import { ServedModel, type RankInputs } from './served-model.ts';

const modelFile = 'model.onnx';
const explanationFile = 'explanation.onnx';
const manifestFile = 'manifest.json';
const goldenFile = 'golden.jsonl';
const cardFile = 'card.md';
const normsFile = 'norms.json';
/** All files that a bundle may have. */
export const bundleFileNames = [manifestFile, modelFile, explanationFile, goldenFile, cardFile, normsFile] as const;

/** The files of a bundle, read: the ones that the manifest hashed, over features that the catalogue defines as the model learned them. */
export interface BundleContents {
  readonly manifest: Manifest;
  /** Of the bytes of `manifest.json`: stands for all files, since it has the hash of each. */
  readonly manifestSha256: string;
  /** The catalogue's column of each column of the model. */
  readonly columns: Int32Array;
  /** What the model takes as ranks. */
  readonly ranks: RankInputs;
  readonly golden: readonly GoldenRow[];
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

/** Reads `<name>/<version>/`, and holds its files against the manifest, and the manifest against the catalogue. Runs nothing. */
export async function readBundle(files: FileReader, name: string, version: string): Promise<Result<BundleContents>> {
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
  const ranks = ranksOf(contents.value, columns.value, folder);
  if (!ranks.ok) return ranks;
  const golden = goldenOf(manifest, bytes.get(goldenFile)!, folder);
  if (!golden.ok) return golden;
  return success({ ...contents.value, columns: columns.value, ranks: ranks.value, golden: golden.value });
}

/** SHA-256 of a bundle's `manifest.json` as it lies there; null where it cannot be read. */
export async function manifestSha256Of(files: FileReader, name: string, version: string): Promise<string | null> {
  try {
    return sha256Of(await files.read(`${name}/${version}/${manifestFile}`, limits.bundleFileBytesMax));
  } catch {
    return null;
  }
}

/** A bundle that is read, and runs: its graphs have the contract's shape. Whoever has it releases the model. */
export interface OpenedBundle extends BundleContents {
  readonly model: LoadedModel;
}

/** Whatever fails, nothing stays loaded. */
export async function openBundle(
  files: FileReader,
  runtime: ModelRuntime,
  name: string,
  version: string,
): Promise<Result<OpenedBundle>> {
  const contents = await readBundle(files, name, version);
  if (!contents.ok) return contents;
  const { manifest, bytes } = contents.value;
  const folder = `${name}/${version}`;
  let loaded: Awaited<ReturnType<ModelRuntime['load']>>;
  try {
    loaded = await runtime.load(bytes.get(modelFile)!, bytes.get(explanationFile) ?? null);
  } catch (error) {
    return failed(
      isOutOfMemory(error as Error) ? 'BUNDLE_MEMORY' : 'BUNDLE_SHAPE',
      `the runtime does not load it: ${oneLine(error as Error)}.`,
      `${folder}/${modelFile}`,
    );
  }
  const fault = faultOfShape(loaded.shape, manifest);
  if (fault === undefined) return success({ ...contents.value, model: loaded.model });
  await loaded.model.release();
  return failed('BUNDLE_SHAPE', fault, folder);
}

/** What the model takes as ranks, with the norms that the bundle brings for platforms without their own. */
function ranksOf({ manifest, bytes }: Contents, columns: Int32Array, folder: string): Result<RankInputs> {
  const { features, forms = {} } = manifest;
  const ranked = Int32Array.from(features.keys().filter((at) => forms[features[at]!] === 'rank'));
  const file = bytes.get(normsFile);
  if (file === undefined) return success({ columns: ranked, norms: null });
  const norms = parseNorms(file, `${folder}/${normsFile}`);
  if (!norms.ok) return norms;
  const missing = undescribed(ranked, columns, norms.value);
  if (missing.length === 0) return success({ columns: ranked, norms: norms.value });
  const message = `its norms do not describe ${missing.slice(0, 5).join(', ')} (${missing.length} in all).`;
  return failed('BUNDLE_INVALID', message, `${folder}/${normsFile}`);
}

/** A bundle that was proven elsewhere, to serve. `provenSha256`: of the manifest that the proof was about. */
export async function loadBundle(
  files: FileReader,
  runtime: ModelRuntime,
  name: string,
  version: string,
  provenSha256: string,
): Promise<Result<ServedModel>> {
  const opened = await openBundle(files, runtime, name, version);
  if (!opened.ok) return opened;
  if (opened.value.manifestSha256 === provenSha256) return success(servedOf(opened.value));
  await opened.value.model.release();
  return failed('BUNDLE_HASH', 'it was replaced while it was being proven.', `${name}/${version}/${manifestFile}`);
}

/** To serve what is open, which frees it when it is retired. */
export function servedOf({ manifest, model, columns, ranks }: OpenedBundle): ServedModel {
  const { name, version, files, thresholds, training } = manifest;
  const reference: ModelReference = { name, version, sha256: files[modelFile].sha256 };
  return new ServedModel(model, reference, columns, ranks, thresholds, training.simulated !== true);
}

type Contents = Pick<BundleContents, 'manifest' | 'manifestSha256' | 'bytes'>;

async function readFiles(files: FileReader, folder: string): Promise<Result<Contents>> {
  let path = `${folder}/${manifestFile}`;
  try {
    const written = await files.read(path, limits.bundleFileBytesMax);
    const manifest = parseManifest(written, path);
    if (!manifest.ok) return manifest;
    const bytes = new Map<string, Uint8Array>();
    for (const name of [modelFile, goldenFile, cardFile, explanationFile, normsFile] as const) {
      const hash = manifest.value.files[name]?.sha256;
      if (hash === undefined) continue;
      path = `${folder}/${name}`;
      const content = await files.read(path, limits.bundleFileBytesMax);
      if (sha256Of(content) !== hash) {
        return failed('BUNDLE_HASH', 'its SHA-256 is not the one in the manifest.', path);
      }
      bytes.set(name, content);
    }
    return success({ manifest: manifest.value, manifestSha256: sha256Of(written), bytes });
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

/** The golden rows, each as wide as the model and with a tolerance that proves something. */
function goldenOf(manifest: Manifest, bytes: Uint8Array, folder: string): Result<readonly GoldenRow[]> {
  const path = `${folder}/${goldenFile}`;
  const golden = parseGoldenRows(bytes, path);
  if (!golden.ok) return golden;
  for (const [index, { features, tolerance }] of golden.value.entries()) {
    if (features.length !== manifest.features.length)
      return failed('BUNDLE_GOLDEN', `it has ${features.length} features.`, `${path}:${index + 1}`);
    if (tolerance > limits.goldenToleranceMax) {
      const message = `a tolerance of ${tolerance} proves nothing; at most ${limits.goldenToleranceMax}.`;
      return failed('BUNDLE_GOLDEN', message, `${path}:${index + 1}`);
    }
  }
  return golden;
}

function faultOfShape(shape: ModelShape, manifest: Manifest): string | undefined {
  const [input, ...otherInputs] = shape.inputs;
  const [output, ...otherOutputs] = shape.outputs;
  const inputFits =
    input?.name === manifest.input.name &&
    otherInputs.length === 0 &&
    input.type === 'float32' &&
    input.dimensions.length === 2 &&
    typeof input.dimensions[0] === 'string' &&
    input.dimensions[1] === manifest.features.length;
  if (!inputFits) {
    const wanted = `${manifest.input.name} float32 [N, ${manifest.features.length}]`;
    return `inputs are ${describe(shape.inputs)}; it needs ${wanted} alone.`;
  }
  const outputFits =
    output?.name === manifest.output.name &&
    otherOutputs.length === 0 &&
    output.type === 'float32' &&
    (output.dimensions.length === 1 || (output.dimensions.length === 2 && output.dimensions[1] === 1));
  if (outputFits) return undefined;
  return `outputs are ${describe(shape.outputs)}; it needs ${manifest.output.name} float32 [N] or [N, 1] alone.`;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function describe(values: ModelShape['inputs']): string {
  if (values.length === 0) return 'none';
  return values.map(({ name, type, dimensions }) => `${name} ${type} [${dimensions.join(', ')}]`).join(', ');
}
