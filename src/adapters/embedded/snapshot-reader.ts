import { AssertionError } from 'node:assert';
import { open, type FileHandle } from 'node:fs/promises';
import { FailureError } from '../../domain/failure.ts';
import {
  frameBytes,
  isIntact,
  sectionBytes,
  snapshotVersion,
  type Companion,
  type SnapshotHeader,
  type SnapshotIdentity,
} from './snapshot-format.ts';
import type { EmbeddedFeatureStore } from './store.ts';

/**
 * Reads a snapshot into a store that has observed nothing. Each section is checked before it is looked into. Rejects with
 * `FailureError` `SNAPSHOT_DAMAGED` or `SNAPSHOT_FOREIGN`, and with what the file system says: the store is then half-read, and to
 * be thrown away.
 * @returns the bytes read; 0 when there is no file.
 */
export async function readSnapshot(
  path: string,
  expected: SnapshotIdentity,
  store: EmbeddedFeatureStore,
  companion?: Companion,
): Promise<number> {
  const file = await openIfThere(path);
  if (file === null) return 0;
  try {
    const sections = new SectionReader(file);
    const header = headerOf(await sections.next(), expected);
    for (let payload = await sections.next(); payload.length > 0; payload = await sections.next()) {
      restore(store, new Uint32Array(payload.buffer, payload.byteOffset, payload.length / 4));
    }
    if (header.hasPieces === true)
      for (let piece = await sections.next(); piece.length > 0; piece = await sections.next())
        companion?.pieces?.read(contentOf(piece));
    await sections.end();
    if (store.size() !== header.entities) throw damaged('it holds another number of entities than it says');
    store.finishRestore(header);
    if (header.companion !== undefined) companion?.restore(header.companion);
    return sections.bytes;
  } finally {
    await file.close();
  }
}

class SectionReader {
  /** Bytes read so far. */
  bytes = 0;
  readonly #file: FileHandle;
  #sections = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The payload of the next section, as it was written. */
  async next(): Promise<Uint8Array> {
    const number = this.#sections++;
    const frame = new Uint8Array(frameBytes);
    const length = (await this.#read(frame)) === frameBytes ? sectionBytes(frame, number) : null;
    if (length === null) throw damaged(`section ${number} does not begin where it should`);
    const section = new Uint8Array(length);
    section.set(frame);
    const rest = section.subarray(frameBytes);
    if ((await this.#read(rest)) < rest.length) throw damaged(`it ends within section ${number}`);
    if (!isIntact(section)) throw damaged(`the checksum of section ${number} is wrong`);
    return rest;
  }

  async end(): Promise<void> {
    if ((await this.#read(new Uint8Array(1))) > 0) throw damaged('there is something behind its end');
  }

  async #read(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      const { bytesRead } = await this.#file.read(target, filled, target.length - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.bytes += filled;
    return filled;
  }
}

function headerOf(payload: Uint8Array, expected: SnapshotIdentity): SnapshotHeader {
  const header = contentOf(payload) as SnapshotHeader;
  if (header.version !== snapshotVersion) {
    throw foreign(`it is of version ${header.version}, and this program reads version ${snapshotVersion}`);
  }
  if (header.layout !== expected.layout) throw foreign('it remembers other things of entities than this program does');
  if (header.keyCheck !== expected.keyCheck) throw foreign('it was written under another state.keySecret');
  return header;
}

/** Of a header or a piece. */
function contentOf(payload: Uint8Array): object {
  return JSON.parse(Buffer.from(payload).toString()) as object;
}

/** What does not fit, although its checksum does, is damage too, and not an error of this program. */
function restore(store: EmbeddedFeatureStore, words: Uint32Array): void {
  try {
    store.restore(words);
  } catch (error) {
    throw error instanceof AssertionError ? damaged(error.message) : error;
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function damaged(reason: string): FailureError {
  return new FailureError({ code: 'SNAPSHOT_DAMAGED', message: `The snapshot cannot be trusted: ${reason}.` });
}

function foreign(reason: string): FailureError {
  return new FailureError({ code: 'SNAPSHOT_FOREIGN', message: `The snapshot cannot be used: ${reason}.` });
}
