import type { Result } from '../../domain/failure.ts';
import { success } from '../../domain/failure.ts';
import type { FileReader, ModelRuntime } from '../../ports.ts';
import type { Manifest } from '../../wire/bundle-schema.ts';
import { openBundle, readBundle, servedOf, type BundleContents } from '../bundle.ts';
import type { ServedModel } from '../served-model.ts';
import type { ProofOptions, ReferenceSample } from './proof.ts';
import { proveModel } from './prove.ts';

/** A bundle `<name>/<version>/` in a folder of bundles. */
export interface BundlePlace {
  readonly files: FileReader;
  readonly name: string;
  readonly version: string;
}

/** What is known of a bundle that passed. */
export interface Proof {
  /** Of the bytes of its `manifest.json`, which has the hash of every file: what serves later must be this. */
  readonly manifestSha256: string;
  readonly goldenRows: number;
  /** Rows of the reference sample; 0 where there was none. */
  readonly referenceRows: number;
}

/**
 * The whole check of a bundle: what `winnow model check` says, and what the processor asks before it serves one.
 * @param against a bundle that is proven, whose golden rows are the reference sample. What cannot be read is none.
 */
export async function checkBundle(
  { files, name, version }: BundlePlace,
  runtime: ModelRuntime,
  against: BundlePlace | null,
  options: Omit<ProofOptions, 'reference'>,
): Promise<Result<Proof>> {
  const opened = await openBundle(files, runtime, name, version);
  if (!opened.ok) return opened;
  const { model, manifest, golden, manifestSha256 } = opened.value;
  try {
    const proven = against === null ? null : await readBundle(against.files, against.name, against.version);
    const reference = proven?.ok === true ? referenceOf(proven.value, manifest) : null;
    const fault = await proveModel({ model, manifest, golden }, { ...options, reference });
    if (fault !== undefined) return { ok: false, failure: { ...fault, path: `${name}/${version}` } };
    const referenceRows = reference?.scores.length ?? 0;
    return success({ manifestSha256, goldenRows: golden.length, referenceRows });
  } finally {
    await model.release();
  }
}

/**
 * Proves a bundle in this process, against its own golden rows, and serves what was proven without reading it again. For one that has been
 * proven apart before, where no stream waits: a graph that never ends would keep this process for itself.
 */
export async function openProven(
  { files, name, version }: BundlePlace,
  runtime: ModelRuntime,
  options: Omit<ProofOptions, 'reference'>,
): Promise<Result<ServedModel>> {
  const opened = await openBundle(files, runtime, name, version);
  if (!opened.ok) return opened;
  const { model, manifest, golden } = opened.value;
  const reference = referenceOf(opened.value, manifest);
  const fault = await proveModel({ model, manifest, golden }, { ...options, reference });
  if (fault === undefined) return success(servedOf(opened.value));
  await model.release();
  return { ok: false, failure: { ...fault, path: `${name}/${version}` } };
}

/**
 * The golden rows of a proven bundle in the columns of another model; null when they have no column in common. A rank says nothing to
 * whoever takes the value of the same feature: there it is missing.
 */
export function referenceOf(
  { manifest, golden }: Pick<BundleContents, 'manifest' | 'golden'>,
  { features, forms }: Pick<Manifest, 'features' | 'forms'>,
): ReferenceSample | null {
  const isSameForm = (name: string): boolean => (forms?.[name] ?? 'value') === (manifest.forms?.[name] ?? 'value');
  const columns = features.map((name) => (isSameForm(name) ? manifest.features.indexOf(name) : -1));
  if (columns.every((column) => column < 0)) return null;
  return {
    by: `${manifest.name} ${manifest.version}`,
    features: Float32Array.from(golden.flatMap((row) => columns.map((column) => row.features[column] ?? NaN))),
    scores: Float32Array.from(golden, ({ probability }) => probability),
  };
}
