import { spawn, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, type Failure, type Result } from '../../domain/failure.ts';
import { limits } from '../../domain/limits.ts';
import { orderedShareMins } from '../../scoring/proof/proof.ts';
import type { Proof } from '../../scoring/proof/check-bundle.ts';

/** Where a bundle lies: `<folder>/<name>/<version>/`. */
export interface BundleAt {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** Norms that are in force, or are to be: the file, and the SHA-256 of its bytes. */
export interface NormsAt {
  readonly file: string;
  readonly sha256: string;
}

/** What a proof may take. */
export interface ProofLimits {
  /** Processor time that it may take, milliseconds; counted in whole seconds. */
  readonly cpuMsMax: number;
  /** From its start to its answer, milliseconds by the clock: for a process that waits for something, and computes nothing. */
  readonly timeoutMs: number;
  /** Bytes of memory of its process, beside what it maps from files. */
  readonly memoryBytesMax: number;
  /** Processor time that one row may take, us. */
  readonly rowUsMax: number;
}

export const defaultProofLimits: ProofLimits = {
  cpuMsMax: limits.proofCpuMsMax,
  timeoutMs: limits.proofMsMax,
  memoryBytesMax: limits.proofBytesMax,
  rowUsMax: limits.proofRowUsMax,
};

/** What the process of the proof is asked. */
export interface ProofRequest {
  readonly bundle: BundleAt;
  /** A bundle that is proven, to hold it against; null for none. */
  readonly against: BundleAt | null;
  /** What is usual on the platform; null where that is not known. */
  readonly norms: NormsAt | null;
  /** As of `ProofOptions`. */
  readonly orderedShareMin: number;
  readonly rowUsMax: number;
}

export type ProofAnswer = Result<Proof>;

/** The source runs as it is; the package has it compiled. */
const entry = fileURLToPath(new URL(`./proof-process${extname(import.meta.filename)}`, import.meta.url));
/** Part of the memory that JavaScript may take: a bundle's golden rows and files; the rest is the runtime's. */
const heapShare = 0.5;
/** Megabytes for young objects: it lives for a second, in which what is read of a bundle would be moved again and again. */
const youngMegabytes = 16;
/** Characters of what is told of a bundle. */
const messageLengthMax = 1_000;
/** The shell sets what Node cannot, and becomes Node: limits hold from its first instruction, and outlive us. */
const limitedNode = 'ulimit -c 0 && ulimit -d "$1" && ulimit -S -t "$2" && ulimit -H -t "$3" && shift 3 && exec "$@"';
/** What the kernel ends a process with that has taken its processor time. */
const outOfTime = 'SIGXCPU';

/**
 * Proves a bundle in a process of its own: a graph that never ends, or that takes all memory, would take the loop that handles the
 * stream with it, since the runtime computes on the thread that asks.
 *
 * The kernel bounds the memory (watching it from here would see a burst too late, and nothing while this loop is busy) and the
 * processor time, so that a process whose parent was killed ends too. Time on the clock says little of a bundle: where processors are
 * busy, the proof waits for all others. It is bounded from here, and generously. Of the environment it inherits where Node keeps what it
 * has compiled, if somebody said so, which spares it a quarter of its time; no secret, no name of a server.
 *
 * @param signal ends it: the call then answers that it was cut short.
 */
export async function proveBundle(
  bundle: BundleAt,
  against: BundleAt | null,
  { cpuMsMax, timeoutMs, memoryBytesMax, rowUsMax }: ProofLimits,
  signal?: AbortSignal,
  orderedShareMin: number = orderedShareMins.ofServed,
  norms: NormsAt | null = null,
): Promise<ProofAnswer> {
  const path = `${bundle.name}/${bundle.version}`;
  const request: ProofRequest = { bundle, against, norms, orderedShareMin, rowUsMax };
  const child = start(cpuMsMax, memoryBytesMax);
  const ended = endOf(child);
  const timeout = AbortSignal.timeout(timeoutMs);
  const anySignal = AbortSignal.any(signal === undefined ? [timeout] : [timeout, signal]);
  const kill = (): void => void child.kill('SIGKILL');
  anySignal.addEventListener('abort', kill, { once: true });
  if (anySignal.aborted) kill();
  child.send(request, () => undefined);
  const { answer, cause } = await ended;
  anySignal.removeEventListener('abort', kill);
  if (answer !== undefined) return answer.ok ? answer : { ok: false, failure: inOneLine(answer.failure) };
  if (signal?.aborted === true) return failed('BUNDLE_CRASHED', 'its proof was cut short, for the program ends.', path);
  if (cause === outOfTime)
    return failed('BUNDLE_TIMEOUT', `its proof came to no end in ${cpuMsMax} ms of a processor.`, path);
  if (timeout.aborted)
    return failed('BUNDLE_TIMEOUT', `its proof came to no end in ${timeoutMs} ms by the clock.`, path);
  const megabytes = Math.round(memoryBytesMax / 1024 / 1024);
  const message = `its proof ended by ${cause}: it crashed the runtime, or needed more than ${megabytes} MiB.`;
  return failed('BUNDLE_CRASHED', message, path);
}

/** What a manifest calls its features, and other things, is told as it stands there: line breaks and all. */
function inOneLine({ message, ...failure }: Failure): Failure {
  return { ...failure, message: message.replaceAll(/[\s\p{Cc}]+/gu, ' ').slice(0, messageLengthMax) };
}

function start(cpuMsMax: number, memoryBytesMax: number): ChildProcess {
  const kibibytes = String(Math.floor(memoryBytesMax / 1024));
  const seconds = Math.ceil(cpuMsMax / 1_000);
  const heapMegabytes = Math.floor((memoryBytesMax * heapShare) / 1024 / 1024);
  const compileCache = process.env['NODE_COMPILE_CACHE'];
  const flags = [`--max-old-space-size=${heapMegabytes}`, `--min-semi-space-size=${youngMegabytes}`];
  const node = [process.execPath, ...flags, entry];
  return spawn('/bin/sh', ['-c', limitedNode, 'proof', kibibytes, String(seconds), String(seconds + 1), ...node], {
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'json',
  });
}

interface End {
  readonly answer?: ProofAnswer;
  /** How it ended, for a sentence. */
  readonly cause: string;
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    let answer: ProofAnswer | undefined;
    child.once('message', (message) => (answer = message as ProofAnswer));
    // It could not be started, or sent to: `close` need not follow.
    child.once('error', ({ message }) => resolve({ cause: message }));
    child.once('close', (code, signalName) => {
      resolve({ ...(answer === undefined ? {} : { answer }), cause: signalName ?? `exit code ${code}` });
    });
  });
}
