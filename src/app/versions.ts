import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { containedReader, folderReader } from '../adapters/file/reader.ts';
import { failed, FailureError, success, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { featureDomain, featureNames, sayFeature } from '../features/catalogue.ts';
import type { Norms } from '../features/norms/norms.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { describeFaults } from '../policy/policy-fault.ts';
import type { Policy } from '../policy/policy.ts';
import { bundleFileNames, loadBundle, manifestSha256Of } from '../scoring/bundle.ts';
import { parseDeployment } from '../scoring/bundle-files.ts';
import { openProven, type Proof } from '../scoring/proof/check-bundle.ts';
import { orderedShareMins } from '../scoring/proof/proof.ts';
import { parseNorms } from '../scoring/norms-file.ts';
import type { ModelRuntime } from '../ports.ts';
import type { ServedModel } from '../scoring/served-model.ts';
import type { Deployment } from '../wire/bundle-schema.ts';
import {
  defaultProofLimits,
  proveBundle,
  type BundleAt,
  type NormsAt,
  type ProofLimits,
} from './proof/prove-bundle.ts';
import type { ProofMemory, Proving } from './proof/proof-memory.ts';
import { threadCpuMs } from './proof/thread-cpu.ts';

/** Loads what a batch is decided with: the champion and the policy, from files. */

/** The policy that ships with the program. */
export const defaultPolicyFile = fileURLToPath(new URL('../policy/default-policy.yaml', import.meta.url));
/** The models that ship with the program. */
export const defaultModelFolder = fileURLToPath(new URL('../../models/', import.meta.url));
export const defaultDeploymentFile = join(defaultModelFolder, 'deployment.json');

/** Norms of the simulated platform, for the champion that ships: what the demo runs with. */
export const sampleNormsFile = join(defaultModelFolder, 'sample-norms.json');

/** What a deployment file says. */
export async function loadDeployment(deploymentFile: string): Promise<Result<Deployment>> {
  let bytes: Uint8Array;
  try {
    bytes = await folderReader(dirname(deploymentFile)).read(basename(deploymentFile), limits.bundleFileBytesMax);
  } catch (error) {
    return failed('DEPLOYMENT_INVALID', `${(error as Error).message}.`, deploymentFile);
  }
  return parseDeployment(bytes, deploymentFile);
}

export interface ProvingOptions {
  readonly limits?: ProofLimits;
  /**
   * A bundle that serves here, to hold the new one against; unless given, the one that ships, which has served elsewhere and is no
   * judge of a model of this platform's own but for its sense.
   */
  readonly against?: BundleAt | null;
  /** What is usual on the platform: its sample and its budget. None unless given. */
  readonly norms?: NormsAt | null;
  /** Cuts the proof short. */
  readonly signal?: AbortSignal;
  /** What was proven before, and need not be again: for a start. None unless given. */
  readonly memory?: ProofMemory;
}

/** The champion that a deployment file names, proven and loaded. */
export async function loadChampion(
  modelFolder: string,
  deploymentFile: string,
  options: ProvingOptions = {},
): Promise<Result<ServedModel>> {
  const deployment = await loadDeployment(deploymentFile);
  return deployment.ok ? loadProven({ folder: modelFolder, ...deployment.value.champion }, options) : deployment;
}

/** The bundle in a folder `…/<name>/<version>`, or the program's own champion where none is named: as commands over files take them. */
export function loadBundleOrChampion(bundleFolder: string | undefined): Promise<Result<ServedModel>> {
  return bundleFolder === undefined ? loadOwnChampion() : loadProven(bundleAt(bundleFolder));
}

/**
 * The champion of the program's own deployment, which ships or was proven when it was promoted, proven again in this process: no
 * stream waits for a command over files, and a process of its own takes longer than all else of a short one.
 */
async function loadOwnChampion(): Promise<Result<ServedModel>> {
  const deployment = await loadDeployment(defaultDeploymentFile);
  if (!deployment.ok) return deployment;
  const place = { files: containedReader(defaultModelFolder), ...deployment.value.champion };
  const { rowUsMax } = defaultProofLimits;
  return openProven(place, await runtime(), { orderedShareMin: orderedShareMins.ofServed, rowUsMax, threadCpuMs });
}

/** Proves a bundle where that does no harm, unless that was done before, and loads what was proven. */
export async function loadProven(bundle: BundleAt, options: ProvingOptions = {}): Promise<Result<ServedModel>> {
  const proven = await provenManifest(bundle, options);
  if (!proven.ok) return proven;
  const { folder, name, version } = bundle;
  return loadBundle(containedReader(folder), await runtime(), name, version, proven.value);
}

/** SHA-256 of the manifest of a bundle that is proven, now or before: what it says of each file holds what is loaded to it. */
async function provenManifest(bundle: BundleAt, options: ProvingOptions): Promise<Result<string>> {
  const { memory } = options;
  const proving = memory && (await provingOf(bundle, options));
  if (proving !== undefined && (await memory!.holds(proving))) return success(proving.manifestSha256);
  const proof = await proveAgainst(bundle, options);
  if (!proof.ok) return proof;
  const { manifestSha256 } = proof.value;
  // Else it was replaced meanwhile.
  if (manifestSha256 === proving?.manifestSha256) await memory!.keep(proving);
  return success(manifestSha256);
}

/** What a proof of this bundle is about; undefined where its manifest cannot be read. */
async function provingOf(bundle: BundleAt, options: ProvingOptions): Promise<Proving | undefined> {
  const manifestSha256 = await manifestOf(bundle);
  if (manifestSha256 === null) return undefined;
  const { reference, orderedShareMin } = await standardsOf(options);
  return {
    manifestSha256,
    againstSha256: reference && (await manifestOf(reference)),
    normsSha256: options.norms?.sha256 ?? null,
    orderedShareMin,
    limits: options.limits ?? defaultProofLimits,
  };
}

function manifestOf({ folder, name, version }: BundleAt): Promise<string | null> {
  return manifestSha256Of(containedReader(folder), name, version);
}

/** Loaded with the first model: most commands have none, and its library is the largest there is. */
async function runtime(): Promise<ModelRuntime> {
  return (await import('./model-runtime.ts')).modelRuntime;
}

/** Proves a bundle and loads nothing. */
export async function proveAgainst(bundle: BundleAt, options: ProvingOptions): Promise<Result<Proof>> {
  const { limits: bounds = defaultProofLimits, norms, signal } = options;
  const { reference, orderedShareMin } = await standardsOf(options);
  return proveBundle(bundle, reference, bounds, signal, orderedShareMin, norms);
}

/** What a bundle is held against, and how strictly. */
async function standardsOf({ against }: ProvingOptions) {
  return against === undefined
    ? { reference: await shippedBundle(), orderedShareMin: orderedShareMins.ofStranger }
    : { reference: against, orderedShareMin: orderedShareMins.ofServed };
}

/** The bundle in a folder `…/<name>/<version>`. */
export function bundleAt(bundleFolder: string): BundleAt {
  const path = resolve(bundleFolder);
  return { folder: dirname(dirname(path)), name: basename(dirname(path)), version: basename(path) };
}

/** All bundles that a deployment names, the champion first. */
export function bundlesOf({ champion, canary, challengers }: Deployment): readonly Deployment['champion'][] {
  return [champion, ...(canary === null ? [] : [canary]), ...challengers];
}

/** The bundle that ships with the program; null where it was taken away. */
async function shippedBundle(): Promise<BundleAt | null> {
  const deployment = await loadDeployment(defaultDeploymentFile);
  return deployment.ok ? { folder: defaultModelFolder, ...deployment.value.champion } : null;
}

/**
 * The policy in a file, checked against the catalogue.
 * @param lists names of the lists that there are, where they are known.
 */
export async function loadPolicyFile(file: string, lists?: ReadonlySet<string>): Promise<Result<Policy>> {
  let bytes: Uint8Array;
  try {
    bytes = await folderReader(dirname(file)).read(basename(file), limits.policyBytesMax);
  } catch (error) {
    return failed('POLICY_UNREADABLE', `${(error as Error).message}.`, file);
  }
  const policy = loadPolicy(bytes, featureNames, sayFeature, lists, featureDomain);
  if (policy.ok) return success(policy.value);
  return failed('POLICY_INVALID', `it has faults.\n${describeFaults(file, policy.failure)}\n`, file);
}

/** The norms in a file, over features as they are defined here. */
export async function loadNormsFile(file: string): Promise<Result<Norms>> {
  let bytes: Uint8Array;
  try {
    bytes = await folderReader(dirname(file)).read(basename(file), limits.normsBytesMax);
  } catch (error) {
    return failed('NORMS_UNREADABLE', `${(error as Error).message}.`, file);
  }
  return parseNorms(bytes, file);
}

/** Where the norms lie that a platform has, for a proof; null where no file is named or it holds none, which is told elsewhere. */
export async function normsAt(file: string | undefined): Promise<NormsAt | null> {
  if (file === undefined) return null;
  const norms = await loadNormsFile(file);
  return norms.ok ? { file, sha256: norms.value.sha256 } : null;
}

/** A result's value; throws its failure. For start-up, where there is nothing else to do. */
export function orThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}

/** SHA-256 of a file's bytes, or null when it cannot be read: tells that a watched file has changed. */
export async function fingerprint(file: string): Promise<string | null> {
  try {
    const bytes = await folderReader(dirname(file)).read(basename(file), limits.bundleFileBytesMax);
    return createHash('sha256').update(bytes).digest('hex');
  } catch {
    return null;
  }
}

/**
 * Of the files of the bundles that a deployment names: size, time and place of each, without reading them. Another text tells
 * that something has arrived or changed.
 */
export async function bundlesFingerprint(modelFolder: string, deployment: Deployment): Promise<string> {
  const told = bundlesOf(deployment).flatMap(({ name, version }) =>
    bundleFileNames.map(async (file) => {
      const status = await stat(join(modelFolder, name, version, file)).catch(() => null);
      return status === null ? '' : `${file} ${status.size} ${status.mtimeMs} ${status.ino}`;
    }),
  );
  return (await Promise.all(told)).join('\n');
}
