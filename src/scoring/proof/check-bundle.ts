import type { Result } from '../../domain/failure.ts';
import { success } from '../../domain/failure.ts';
import type { Norms } from '../../features/norms/norms.ts';
import type { FileReader, ModelRuntime } from '../../ports.ts';
import type { Manifest } from '../../wire/bundle-schema.ts';
import { openBundle, readBundle, servedOf, type BundleContents, type OpenedBundle } from '../bundle.ts';
import type { ServedModel } from '../served-model.ts';
import { hasBothSides } from './behaviour.ts';
import { platformAccounts } from './platform-accounts.ts';
import type { PlatformAccounts, ProofOptions, ReferenceSample } from './proof.ts';
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
  /** Whose rows these are; null where there was none. */
  readonly referenceOf: string | null;
  /** Accounts of the platform whose blocks were held against its budget; 0 where there were none. */
  readonly platformAccounts: number;
}

/** What a bundle is held against. */
export interface Standards {
  /** A bundle that is proven. What cannot be read is none. */
  readonly against: BundlePlace | null;
  /** What is usual on the platform: with its sample, it says whose rows and accounts these are. */
  readonly norms: Norms | null;
}

/** Rows that were chosen to show the whole range of scores: a tenth at either end may be odd ones. */
const goldenTailShare = 0.1;
/** Rows as they come, of which few are fake. */
const platformTailShare = 0.005;

/**
 * The whole check of a bundle: what `winnow model check` says, and what the processor asks before it serves one. The reference sample is the
 * platform's own where its norms have one and the proven bundle holds enough of it for fake; else the golden rows of that bundle.
 */
export async function checkBundle(
  { files, name, version }: BundlePlace,
  runtime: ModelRuntime,
  { against, norms }: Standards,
  options: Omit<ProofOptions, 'reference' | 'platform'>,
): Promise<Result<Proof>> {
  const opened = await openBundle(files, runtime, name, version);
  if (!opened.ok) return opened;
  const { model, manifest, golden, manifestSha256 } = opened.value;
  try {
    const platform = norms === null ? null : await platformOf(norms, opened.value, runtime, against);
    const reference = referenceByPlatform(platform) ?? (await goldenReference(against, manifest));
    const fault = await proveModel({ model, manifest, golden }, { ...options, reference, platform });
    if (fault !== undefined) return { ok: false, failure: { ...fault, path: `${name}/${version}` } };
    return success({
      manifestSha256,
      goldenRows: golden.length,
      referenceRows: reference?.scores.length ?? 0,
      referenceOf: reference?.of ?? null,
      platformAccounts: platform?.days.length ?? 0,
    });
  } finally {
    await model.release();
  }
}

/** The accounts of the platform, judged by the proven bundle where that runs. */
async function platformOf(
  norms: Norms,
  candidate: OpenedBundle,
  runtime: ModelRuntime,
  against: BundlePlace | null,
): Promise<PlatformAccounts | null> {
  if (norms.sample === undefined) return null;
  const opened = against === null ? null : await openBundle(against.files, runtime, against.name, against.version);
  const judge = opened?.ok === true ? opened.value : null;
  try {
    return await platformAccounts(norms, norms.sample, candidate, judge);
  } finally {
    await judge?.model.release();
  }
}

/** The platform's rows as a reference; null where nobody judges them, or too few are held for fake to say how they are ordered. */
function referenceByPlatform(platform: PlatformAccounts | null): ReferenceSample | null {
  if (platform === null) return null;
  const { norms, features, judged } = platform;
  if (judged === null || !hasBothSides(judged.scores)) return null;
  return { of: `norms ${norms}`, by: judged.by, tailShare: platformTailShare, features, scores: judged.scores };
}

async function goldenReference(against: BundlePlace | null, manifest: Manifest): Promise<ReferenceSample | null> {
  const proven = against === null ? null : await readBundle(against.files, against.name, against.version);
  return proven?.ok === true ? referenceOf(proven.value, manifest) : null;
}

/**
 * Proves a bundle in this process, against its own golden rows, and serves what was proven without reading it again. For one that has been
 * proven apart before, where no stream waits: a graph that never ends would keep this process for itself.
 */
export async function openProven(
  { files, name, version }: BundlePlace,
  runtime: ModelRuntime,
  options: Omit<ProofOptions, 'reference' | 'platform'>,
): Promise<Result<ServedModel>> {
  const opened = await openBundle(files, runtime, name, version);
  if (!opened.ok) return opened;
  const { model, manifest, golden } = opened.value;
  const reference = referenceOf(opened.value, manifest);
  const fault = await proveModel({ model, manifest, golden }, { ...options, reference, platform: null });
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
  const by = `${manifest.name} ${manifest.version}`;
  return {
    of: by,
    by,
    tailShare: goldenTailShare,
    features: Float32Array.from(golden.flatMap((row) => columns.map((column) => row.features[column] ?? NaN))),
    scores: Float32Array.from(golden, ({ probability }) => probability),
  };
}
