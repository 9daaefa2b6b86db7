import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FailureError } from '../../domain/failure.ts';
import type { RecordSink } from './dump.ts';
import { pieceBytesMax, type Pieces } from './pieces.ts';
import {
  frameBytes,
  frameWords,
  recordSectionBytes,
  sealSection,
  snapshotVersion,
  type SnapshotHeader,
  type SnapshotIdentity,
} from './snapshot-format.ts';
import type { StoreState } from './dump.ts';
import type { EmbeddedFeatureStore } from './store.ts';

/** Bytes that wait for the disk at most, when events write entities faster than it takes them. Beyond, the snapshot is given up. */
const waitingBytesMax = 64 * 1024 * 1024;

/** What the owner of a store has to do with a snapshot that is being written. */
export interface SnapshotOwner {
  /** Awaited first: the state that is written is the one of the moment at which it resolves. */
  readonly beforeBeginning: () => Promise<void>;
  /** From here on the store may change. */
  readonly whenBegun: () => void;
  /** Asked now and then: when the file is another's by now, no more is written. */
  readonly mayGoOn: () => boolean;
  /** What is written with it, of the same moment; absent for nothing. */
  readonly companion?: () => unknown;
  /** What is written behind it, of the same moment; absent for nothing. */
  readonly pieces?: Pieces | undefined;
  /** Awaited last: when it rejects, nothing is replaced. */
  readonly beforeReplacing: () => Promise<void>;
}

/**
 * Writes down a store as it is at one moment, while it goes on, and puts the file in the place of the former one when all of it is
 * on the disk. Rejects with what went wrong; the former file is then as it was. The file that it writes is its own: nobody else's
 * can be renamed or removed by it.
 */
export async function writeSnapshot(
  path: string,
  identity: SnapshotIdentity,
  store: EmbeddedFeatureStore,
  owner: SnapshotOwner,
): Promise<{ readonly state: StoreState; readonly bytes: number }> {
  const writer = await SnapshotWriter.create(`${path}.unfinished-${randomUUID()}`);
  try {
    await owner.beforeBeginning();
    // From here to the first step without a pause: header and records are of one moment.
    const state = store.state();
    const companion = owner.companion === undefined ? {} : { companion: owner.companion() };
    const pieces = owner.pieces?.write();
    const parts = pieces === undefined ? companion : { ...companion, hasPieces: true as const };
    writer.begin({ version: snapshotVersion, ...identity, ...state, ...parts });
    const dump = store.beginDump(writer);
    owner.whenBegun();
    const paused = async (): Promise<void> => {
      await nextTurn();
      await writer.written();
      if (!owner.mayGoOn()) throw takenOver();
    };
    try {
      while (dump.step()) await paused();
    } finally {
      store.endDump();
    }
    writer.endRecords();
    for (const piece of pieces ?? []) {
      writer.piece(piece);
      await paused();
    }
    await writer.end(pieces !== undefined);
    await owner.beforeReplacing();
    await rename(writer.path, path);
    await syncFolder(dirname(path));
    return { state, bytes: writer.bytes };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** The file belongs to another process by now. */
export function takenOver(): FailureError {
  return new FailureError({ code: 'SNAPSHOT_LOCKED', message: 'It was taken over while this process stood still.' });
}

/** Turns records into sections, and sections into a file, in the order in which they come. */
export class SnapshotWriter implements RecordSink {
  words = new Uint32Array(recordSectionBytes / 4);
  at = frameWords;
  readonly path: string;
  /** Bytes of the file so far. */
  bytes = 0;
  readonly #file: FileHandle;
  #sections = 0;
  #waitingBytes = 0;
  /** Sections that were written: new ones are made of them, since making and forgetting hundreds of megabytes costs pauses. */
  readonly #spare: Uint32Array<ArrayBuffer>[] = [];
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  /** Makes a file where there is none. */
  static async create(path: string): Promise<SnapshotWriter> {
    return new SnapshotWriter(path, await open(path, 'wx', 0o600));
  }

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** The first section. */
  begin(header: SnapshotHeader): void {
    this.#enqueue(sectionOf(header));
  }

  room(count: number): void {
    if (this.at + count > this.words.length) this.#sealRecords();
  }

  /** Resolves when nothing waits for the disk; rejects when something could not be written. */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Writes what is left of the records, and their end. */
  endRecords(): void {
    if (this.at > frameWords) this.#sealRecords();
    this.#enqueue(new Uint8Array(frameBytes));
  }

  /** A section that a companion of the store understands. */
  piece(piece: object): void {
    const section = sectionOf(piece);
    assert(section.length <= frameBytes + pieceBytesMax, 'a piece is of a size that will be read');
    this.#enqueue(section);
  }

  /** Writes the end of the pieces, where there may be some. Resolves when all of it is on the disk. */
  async end(hasPieces = false): Promise<void> {
    if (hasPieces) this.#enqueue(new Uint8Array(frameBytes));
    await this.written();
    await this.#file.sync();
    await this.#file.close();
  }

  /** Removes the file. */
  async discard(): Promise<void> {
    await this.#writing;
    await this.#file.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }

  #sealRecords(): void {
    const { words } = this;
    this.#enqueue(new Uint8Array(words.buffer, 0, this.at * 4), () => this.#spare.push(words));
    this.words = this.#spare.pop() ?? new Uint32Array(recordSectionBytes / 4);
    this.at = frameWords;
  }

  #enqueue(section: Uint8Array, whenWritten: () => void = () => undefined): void {
    if (this.#waitingBytes > waitingBytesMax) this.#failure ??= new Error('the disk does not keep up');
    if (this.#failure !== undefined) return;
    sealSection(section, this.#sections++);
    this.bytes += section.length;
    this.#waitingBytes += section.length;
    this.#writing = this.#writing.then(() => this.#write(section)).then(whenWritten);
  }

  async #write(section: Uint8Array): Promise<void> {
    try {
      if (this.#failure === undefined) await this.#file.writeFile(section);
    } catch (error) {
      this.#failure = error as Error;
    }
    this.#waitingBytes -= section.length;
  }
}

function sectionOf(content: object): Uint8Array {
  const text = Buffer.from(JSON.stringify(content));
  const section = new Uint8Array(frameBytes + text.length);
  section.set(text, frameBytes);
  return section;
}

/** A rename is on the disk when the folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
