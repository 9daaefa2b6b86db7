import { getPriority, setPriority } from 'node:os';
import { basename, dirname } from 'node:path';
import { containedReader, folderReader } from '../../adapters/file/reader.ts';
import { limits } from '../../domain/limits.ts';
import type { Norms } from '../../features/norms/norms.ts';
import { parseNorms } from '../../scoring/norms-file.ts';
import { checkBundle } from '../../scoring/proof/check-bundle.ts';
import { modelRuntime } from '../model-runtime.ts';
import type { BundleAt, NormsAt, ProofAnswer, ProofRequest } from './prove-bundle.ts';
import { threadCpuMs } from './thread-cpu.ts';

/**
 * The process in which a bundle is proven: is asked once, answers once, and ends. What its graphs do, they do to this process, which has
 * no secret, no connection, and the limits that it was started with.
 */

/** Below those who handle the stream. */
const niceness = 10;

// Who already stands further below may not rise, unless it is root.
if (getPriority() < niceness) setPriority(niceness);
// Whoever asked is gone.
process.once('disconnect', () => process.exit(1));
process.once('message', (request: ProofRequest) => void answer(request));

async function answer({ bundle, against, norms, orderedShareMin, rowUsMax }: ProofRequest): Promise<void> {
  const standards = {
    against: against === null ? null : placeOf(against),
    norms: norms === null ? null : await normsAt(norms),
  };
  const result: ProofAnswer = await checkBundle(placeOf(bundle), modelRuntime, standards, {
    orderedShareMin,
    rowUsMax,
    threadCpuMs,
  });
  process.send!(result, () => process.exit(0));
}

function placeOf({ folder, name, version }: BundleAt) {
  return { files: containedReader(folder), name, version };
}

/** The norms that are in force; null where the file holds others by now, which says nothing of a bundle. */
async function normsAt({ file, sha256 }: NormsAt): Promise<Norms | null> {
  try {
    const norms = parseNorms(await folderReader(dirname(file)).read(basename(file), limits.normsBytesMax), file);
    return norms.ok && norms.value.sha256 === sha256 ? norms.value : null;
  } catch {
    return null;
  }
}
