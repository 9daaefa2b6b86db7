import { createHash, createHmac } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderReader } from '../../adapters/file/reader.ts';
import { writeSmallFile } from '../write-small-file.ts';
import type { ProofLimits } from './prove-bundle.ts';

/** All that a proof depends on, beside what computes it. */
export interface Proving {
  /** SHA-256 of the bundle's `manifest.json`, which has the hash of every file. */
  readonly manifestSha256: string;
  /** The same of what it is held against; null for nothing. */
  readonly againstSha256: string | null;
  /** Of the norms; null for none. */
  readonly normsSha256: string | null;
  /** As of `ProofOptions`. */
  readonly orderedShareMin: number;
  readonly limits: ProofLimits;
}

/** Marks that are kept: of a champion and the one before it, by what each was held against, and by a few machines that share the file. */
const marksMax = 32;
const markPattern = /^[0-9a-f]{64}$/;
const fileBytesMax = 16 * 1024;

/** What reads, computes and judges a bundle here: the files of the program, source or compiled, and its list of libraries. */
const computing = ['../../../package.json', '../../adapters/onnx', '../../features', '../../scoring', '.'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/**
 * Which bundles were proven here, in `<deployment file>.proven`: a restart need not prove again what stands. A mark is a hash over all that the
 * proof depends on: the bytes of the bundle and of what it is held against, the limits, the program, Node, and the processor. It is made with a
 * secret, so that whoever may write the file cannot spare a bundle its proof. What cannot be read is not known, and what cannot be
 * written is proven again.
 */
export class ProofMemory {
  readonly #file: string;
  readonly #secret: string;
  #computing: Promise<string> | undefined;

  constructor(deploymentFile: string, secret: string) {
    this.#file = `${deploymentFile}.proven`;
    this.#secret = secret;
  }

  /** Whether a bundle passed this very proof. */
  async holds(proving: Proving): Promise<boolean> {
    return (await this.#marks()).includes(await this.#markOf(proving));
  }

  /** Remembers that it passed. */
  async keep(proving: Proving): Promise<void> {
    const mark = await this.#markOf(proving);
    const marks = [mark, ...(await this.#marks()).filter((each) => each !== mark)].slice(0, marksMax);
    await writeSmallFile(this.#file, `${marks.join('\n')}\n`).catch(() => undefined);
  }

  async #marks(): Promise<readonly string[]> {
    try {
      const bytes = await folderReader(dirname(this.#file)).read(basename(this.#file), fileBytesMax);
      const lines = Buffer.from(bytes).toString('latin1').split('\n');
      return lines.filter((line) => markPattern.test(line)).slice(0, marksMax);
    } catch {
      return [];
    }
  }

  async #markOf(proving: Proving): Promise<string> {
    const here = await (this.#computing ??= hashOf(computing));
    const { manifestSha256, againstSha256, normsSha256, orderedShareMin, limits } = proving;
    const { cpuMsMax, timeoutMs, memoryBytesMax, rowUsMax } = limits;
    const parts = [
      'winnow.proven/1',
      here,
      process.version,
      arch(),
      cpus()[0]?.model ?? '',
      manifestSha256,
      againstSha256,
      normsSha256,
      orderedShareMin,
      [cpuMsMax, timeoutMs, memoryBytesMax, rowUsMax],
    ];
    return createHmac('sha256', this.#secret).update(JSON.stringify(parts)).digest('hex');
  }
}

/** SHA-256 over files, and over all that lie in folders, by their names. */
async function hashOf(places: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const place of places) {
    const isFolder = (await stat(place)).isDirectory();
    const files = isFolder ? await filesIn(place) : [place];
    const contents = await Promise.all(files.map((file) => readFile(file)));
    for (const [index, file] of files.entries())
      hash.update(`${basename(file)} ${contents[index]!.length}\n`).update(contents[index]!);
  }
  return hash.digest('hex');
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.toSorted();
}
