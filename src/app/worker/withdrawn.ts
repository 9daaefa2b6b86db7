import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelReference } from '../../domain/decision.ts';
import { time } from '../../wire/primitives.ts';
import { writeSmallFile } from '../write-small-file.ts';

/** A time that somebody wrote otherwise says nothing against the withdrawal: it is taken to be long ago. */
const at = time.catch(new Date(0).toISOString());
const recordSchema = z.array(z.object({ name: z.string(), version: z.string(), reason: z.string(), at })).max(64);
export type Withdrawal = z.output<typeof recordSchema>[number];

/** Canaries that are remembered; of more, the oldest are forgotten. */
const withdrawalsMax = 32;

/**
 * Canaries that were withdrawn, and why, on disk beside the deployment: neither a restart nor the same deployment again seats them
 * anew. A bundle that was mended has a version of its own.
 *
 * Members that share the file write it as a whole, each with what the others wrote. Two who do so in the same moment may still lose what one of
 * them had to say: until a member has found its own in the file, it writes it again whenever the file has changed.
 */
export class Withdrawn {
  /** Where it is remembered: beside the deployment file. */
  readonly file: string;
  readonly #unwritable: (error: Error) => void;
  #withdrawals: readonly Withdrawal[] = [];
  /** Of this member, and not found in the file yet. */
  #unconfirmed: readonly Withdrawal[] = [];
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
    const written = await this.#read();
    const fresh = written.filter((one) => this.reasonOf(one) === undefined);
    this.#withdrawals = [...this.#withdrawals, ...fresh].slice(-withdrawalsMax);
    this.#unconfirmed = without(this.#unconfirmed, written);
    if (this.#unconfirmed.length > 0) this.#write();
    return fresh;
  }

  /** What cannot be read, since somebody wrote into it, is not remembered. */
  async #read(): Promise<readonly Withdrawal[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '[]');
    try {
      return recordSchema.parse(JSON.parse(text));
    } catch {
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
    this.#unconfirmed = [...this.#unconfirmed, withdrawal].slice(-withdrawalsMax);
    this.#write();
    return true;
  }

  #write(): void {
    this.#writing = this.#writing.then(() => this.#writeAll()).catch(this.#unwritable);
  }

  /** What others wrote meanwhile stays in the file; this member takes it when it next looks. */
  async #writeAll(): Promise<void> {
    const written = await this.#read();
    const all = [...written, ...without(this.#withdrawals, written)].toSorted(byTime);
    await writeSmallFile(this.file, `${JSON.stringify(all.slice(-withdrawalsMax), null, 2)}\n`);
  }

  /** Resolves when all is written. */
  written(): Promise<void> {
    return this.#writing;
  }
}

function without(some: readonly Withdrawal[], others: readonly Withdrawal[]): readonly Withdrawal[] {
  return some.filter(({ name, version }) => !others.some((one) => one.name === name && one.version === version));
}

function byTime({ at: one }: Withdrawal, { at: other }: Withdrawal): number {
  return one < other ? -1 : Number(one > other);
}
