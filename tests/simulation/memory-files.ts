import type * as original from 'node:fs/promises';
import { demand } from './ledger.ts';
import { currentProcess, virtualTime, type SimulatedProcess } from './virtual-time.ts';

/**
 * Stands for `node:fs/promises` where the simulation runs: files in memory, which outlive processes, under the time of the
 * simulation. As much of it as snapshots and their lock use.
 */

type Original = typeof original;

interface MemoryFile {
  bytes: Uint8Array;
  changedMs: number;
  readonly madeBy: SimulatedProcess | undefined;
}

export class MemoryDisk {
  readonly #files = new Map<string, MemoryFile>();
  /** Whether writing fails. */
  isFull = false;

  /** A call takes its time, on some days. */
  async #work(): Promise<void> {
    const time = virtualTime()!;
    if (time.chance(0.1)) await time.sleep(time.whole(1, 20));
  }

  async open(path: string, flags: string | number): Promise<MemoryHandle> {
    await this.#work();
    const known = this.#files.get(path);
    if (flags === 'wx') {
      if (known !== undefined) throw failure('EEXIST', path);
      const made = { bytes: new Uint8Array(0), changedMs: virtualTime()!.nowMs, madeBy: currentProcess() };
      this.#files.set(path, made);
      return new MemoryHandle(this, made);
    }
    if (known === undefined && path.includes('.')) throw failure('ENOENT', path);
    return new MemoryHandle(this, known ?? { bytes: new Uint8Array(0), changedMs: 0, madeBy: undefined });
  }

  async readFile(path: string): Promise<string> {
    await this.#work();
    return new TextDecoder().decode(this.#there(path).bytes);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#work();
    this.#files.set(to, this.#there(from));
    this.#files.delete(from);
  }

  async link(from: string, to: string): Promise<void> {
    await this.#work();
    if (this.#files.has(to)) throw failure('EEXIST', to);
    this.#files.set(to, this.#there(from));
  }

  async rm(path: string): Promise<void> {
    await this.#work();
    this.#files.delete(path);
  }

  async stat(path: string): Promise<{ readonly mtimeMs: number }> {
    await this.#work();
    return { mtimeMs: this.#there(path).changedMs };
  }

  async access(path: string): Promise<void> {
    await this.#work();
    this.#there(path);
  }

  async readdir(folder: string): Promise<string[]> {
    await this.#work();
    return [...this.#files.keys()]
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));
  }

  async utimes(path: string): Promise<void> {
    await this.#work();
    this.touch(this.#there(path));
  }

  async write(file: MemoryFile, data: Uint8Array | string): Promise<void> {
    await this.#work();
    if (this.isFull) throw failure('ENOSPC', 'write');
    const added = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    const bytes = new Uint8Array(file.bytes.length + added.length);
    bytes.set(file.bytes);
    bytes.set(added, file.bytes.length);
    file.bytes = bytes;
    file.changedMs = virtualTime()!.nowMs;
  }

  /** Moves a time stamp: who beats a lock says by it that its maker lives. */
  touch(file: MemoryFile): void {
    file.changedMs = virtualTime()!.nowMs;
    const by = currentProcess();
    demand(file.madeBy === by, () => `${by?.name} beats the lock of ${file.madeBy?.name}`);
  }

  work(): Promise<void> {
    return this.#work();
  }

  #there(path: string): MemoryFile {
    const file = this.#files.get(path);
    if (file === undefined) throw failure('ENOENT', path);
    return file;
  }
}

class MemoryHandle {
  readonly #disk: MemoryDisk;
  readonly #file: MemoryFile;
  #at = 0;

  constructor(disk: MemoryDisk, file: MemoryFile) {
    this.#disk = disk;
    this.#file = file;
  }

  writeFile(data: Uint8Array | string): Promise<void> {
    return this.#disk.write(this.#file, data);
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<{ readonly bytesRead: number }> {
    await this.#disk.work();
    const part = this.#file.bytes.subarray(this.#at, this.#at + length);
    target.set(part, offset);
    this.#at += part.length;
    return { bytesRead: part.length };
  }

  async stat(): Promise<{ readonly size: number; isFile(): boolean }> {
    await this.#disk.work();
    return { size: this.#file.bytes.length, isFile: () => true };
  }

  async utimes(): Promise<void> {
    await this.#disk.work();
    this.#disk.touch(this.#file);
  }

  sync(): Promise<void> {
    return this.#disk.work();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

let mounted: MemoryDisk | undefined;

/** The disk of the simulation under way. */
export function mount(disk: MemoryDisk | undefined): void {
  mounted = disk;
}

const calls = ['open', 'readFile', 'rename', 'link', 'rm', 'stat', 'access', 'readdir', 'utimes'] as const;

export function memoryFiles(files: Original): Original {
  const replaced = calls.map((name) => [
    name,
    (...given: unknown[]): unknown => {
      const target = mounted ?? files;
      return Reflect.apply(Reflect.get(target, name) as () => unknown, target, given);
    },
  ]);
  return { ...files, ...(Object.fromEntries(replaced) as Partial<Original>) };
}

function failure(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
