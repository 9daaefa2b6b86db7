import { getPriority, setPriority } from 'node:os';
import { containedReader } from '../../adapters/file/reader.ts';
import { checkBundle } from '../../scoring/proof/check-bundle.ts';
import { modelRuntime } from '../model-runtime.ts';
import type { BundleAt, ProofAnswer, ProofRequest } from './prove-bundle.ts';
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

async function answer({ bundle, against, orderedShareMin, rowUsMax }: ProofRequest): Promise<void> {
  const reference = against === null ? null : placeOf(against);
  const result: ProofAnswer = await checkBundle(placeOf(bundle), modelRuntime, reference, {
    orderedShareMin,
    rowUsMax,
    threadCpuMs,
  });
  process.send!(result, () => process.exit(0));
}

function placeOf({ folder, name, version }: BundleAt) {
  return { files: containedReader(folder), name, version };
}
