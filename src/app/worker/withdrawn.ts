import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelReference } from '../../domain/decision.ts';
import { writeSmallFile } from '../write-small-file.ts';

const recordSchema = z
  .array(z.object({ name: z.string(), version: z.string(), reason: z.string(), at: z.string() }))
  .max(64);
export type Withdrawal = z.output<typeof recordSchema>[number];

/** Canaries that are remembered; of more, the oldest are forgotten. */
const withdrawalsMax = 32;

/**
 * Canaries that were withdrawn, and why, on disk beside the deployment: neither a restart nor the same deployment again seats them
 * anew. A bundle that was mended has a version of its own.
 */
export class Withdrawn {
  /** Where it is remembered: beside the deployment file. */
  readonly file: string;
  readonly #unwritable: (error: Error) => void;
  #withdrawals: readonly Withdrawal[] = [];
  #writing: Promise<void> = Promise.resolve();

  static fileOf(deploymentFile: string): string {
    return `${deploymentFile}.withdrawn`;
  }

  private constructor(file: string, unwritable: (error: Error) => void) {
    this.file = file;
    this.#unwritable = unwritable;
  }

  /** @param unwritable told when it cannot be written; it is then remembered until the process ends. */
  static async open(deploymentFile: string, unwritable: (error: Error) => void): Promise<Withdrawn> {
    const record = new Withdrawn(Withdrawn.fileOf(deploymentFile), unwritable);
    await record.refresh();
    return record;
  }

  /** Takes what others wrote into the file: members that share it. Returns what is new here. */
  async refresh(): Promise<readonly Withdrawal[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '[]');
    try {
      const fresh = recordSchema.parse(JSON.parse(text)).filter((one) => this.reasonOf(one) === undefined);
      this.#withdrawals = [...this.#withdrawals, ...fresh].slice(-withdrawalsMax);
      return fresh;
    } catch {
      // Somebody wrote into it: what cannot be read is not remembered.
      return [];
    }
  }

  /** In the order of time. */
  get all(): readonly Withdrawal[] {
    return this.#withdrawals;
  }

  /** Why a bundle was withdrawn; undefined where it was not. */
  reasonOf({ name, version }: Pick<ModelReference, 'name' | 'version'>): string | undefined {
    return this.#withdrawals.find((one) => one.name === name && one.version === version)?.reason;
  }

  /** Returns whether it is new. */
  add({ name, version }: Pick<ModelReference, 'name' | 'version'>, reason: string, atMs: number): boolean {
    if (this.reasonOf({ name, version }) !== undefined) return false;
    const withdrawal = { name, version, reason, at: new Date(atMs).toISOString() };
    this.#withdrawals = [...this.#withdrawals, withdrawal].slice(-withdrawalsMax);
    const text = `${JSON.stringify(this.#withdrawals, null, 2)}\n`;
    this.#writing = this.#writing.then(() => writeSmallFile(this.file, text)).catch(this.#unwritable);
    return true;
  }

  /** Resolves when all is written. */
  written(): Promise<void> {
    return this.#writing;
  }
}
