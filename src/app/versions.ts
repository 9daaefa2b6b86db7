import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderReader } from '../adapters/file/reader.ts';
import { onnxRuntime } from '../adapters/onnx/runtime.ts';
import { withTreeKernel } from '../adapters/onnx/trees/runtime.ts';
import { failed, FailureError, success, type Result } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { featureNames } from '../features/catalogue.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { describeFaults } from '../policy/policy-fault.ts';
import type { Policy } from '../policy/policy.ts';
import { loadBundle } from '../scoring/bundle.ts';
import { parseDeployment } from '../scoring/bundle-files.ts';
import type { ServedModel } from '../scoring/served-model.ts';

/** Loads what a batch is decided with: the champion and the policy, from files. */

/** The policy that ships with the program. */
export const defaultPolicyFile = fileURLToPath(new URL('../policy/default-policy.yaml', import.meta.url));
/** The models that ship with the program. */
export const defaultModelFolder = fileURLToPath(new URL('../../models/', import.meta.url));
export const defaultDeploymentFile = join(defaultModelFolder, 'deployment.json');

const runtime = withTreeKernel(onnxRuntime);

/** The champion that a deployment file names, loaded and proven. */
export async function loadChampion(modelFolder: string, deploymentFile: string): Promise<Result<ServedModel>> {
  let bytes: Uint8Array;
  try {
    bytes = await folderReader(dirname(deploymentFile)).read(basename(deploymentFile), limits.bundleFileBytesMax);
  } catch (error) {
    return failed('DEPLOYMENT_INVALID', `${(error as Error).message}.`, deploymentFile);
  }
  const deployment = parseDeployment(bytes, deploymentFile);
  if (!deployment.ok) return deployment;
  const { champion, challengers, canary } = deployment.value;
  if (challengers.length > 0 || canary !== null) {
    return failed(
      'DEPLOYMENT_INVALID',
      'challengers and canary are not served by this version: leave them empty.',
      deploymentFile,
    );
  }
  return loadBundle(folderReader(modelFolder), runtime, champion.name, champion.version);
}

/** The bundle in a folder `…/<name>/<version>`. */
export function loadBundleFolder(folder: string): Promise<Result<ServedModel>> {
  const path = resolve(folder);
  return loadBundle(folderReader(dirname(dirname(path))), runtime, basename(dirname(path)), basename(path));
}

/** The policy in a file, checked against the catalogue. */
export async function loadPolicyFile(file: string): Promise<Result<Policy>> {
  let bytes: Uint8Array;
  try {
    bytes = await folderReader(dirname(file)).read(basename(file), limits.policyBytesMax);
  } catch (error) {
    return failed('POLICY_UNREADABLE', `${(error as Error).message}.`, file);
  }
  const policy = loadPolicy(bytes, featureNames);
  if (policy.ok) return success(policy.value);
  return failed('POLICY_INVALID', `it has faults.\n${describeFaults(file, policy.failure)}\n`, file);
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
