import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  frameBytes,
  sealSection,
  snapshotVersion,
  type SnapshotIdentity,
} from '../../../../src/adapters/embedded/snapshot-format.ts';
import { readSnapshot } from '../../../../src/adapters/embedded/snapshot-reader.ts';
import { writeSnapshot } from '../../../../src/adapters/embedded/snapshot-writer.ts';
import { FailureError, type FailureCode } from '../../../../src/domain/failure.ts';
import { heldBy } from '../../../property/adapters/embedded/histories.ts';
import { emptyStore, identity, newPath, observeAccounts, owner } from './snapshot-files.ts';

/** A snapshot of some accounts, and its bytes. */
async function written(accounts: number) {
  const path = await newPath();
  const store = emptyStore();
  await observeAccounts(store, accounts);
  await writeSnapshot(path, identity, store, owner);
  return { path, store, bytes: await readFile(path) };
}

async function read(path: string, bytes: Uint8Array, expected: SnapshotIdentity = identity): Promise<number> {
  await writeFile(path, bytes);
  return readSnapshot(path, expected, emptyStore());
}

/** The codes with which files are refused, each an altered one; several at a time, since there is little to do but wait. */
async function codesOf(path: string, files: number, alter: (file: number) => Uint8Array): Promise<readonly string[]> {
  const codes: string[] = [];
  const next = Array.from({ length: files }, (_, file) => file).values();
  const work = async (name: string): Promise<void> => {
    for (const file of next) {
      codes[file] = await read(name, alter(file)).then(
        () => 'taken',
        (error: unknown) => (error instanceof FailureError ? error.failure.code : String(error)),
      );
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, worker) => work(`${path}-${worker}`)));
  return codes;
}

function refusal(code: FailureCode, message: RegExp) {
  return expect.objectContaining({ failure: { code, message: expect.stringMatching(message) } });
}

/** A file of sections with these payloads. */
function fileOf(...payloads: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    payloads.map((payload, number) => {
      const section = new Uint8Array(frameBytes + payload.length);
      section.set(payload, frameBytes);
      sealSection(section, number);
      return section;
    }),
  );
}

function headerOf(changes: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const header = { version: snapshotVersion, ...identity, ...emptyStore().state(), ...changes };
  return Buffer.from(JSON.stringify(header));
}

const nothing = new Uint8Array(0);

describe('readSnapshot', () => {
  it.each([0, 1, 3, 3_000])('gives back all that was written of %i accounts', async (accounts) => {
    const { path, store, bytes } = accounts === 0 ? await writtenEmpty() : await written(accounts);
    const copy = emptyStore();
    expect(await readSnapshot(path, identity, copy)).toBe(bytes.length);
    expect(heldBy(copy)).toEqual(heldBy(store));
  });

  it('finds nothing where there is no file', async () => {
    expect(await readSnapshot(await newPath(), identity, emptyStore())).toBe(0);
  });

  it('reads a file of several sections', async () => {
    const { bytes } = await written(3_000);
    expect(bytes.length).toBeGreaterThan(3 * 256 * 1024);
  });

  it('refuses a file with any byte altered', async () => {
    const { path, bytes } = await written(1);
    const refusals = await codesOf(path, bytes.length, (at) => {
      const altered = Uint8Array.from(bytes);
      altered[at]! ^= 1 << (at % 8);
      return altered;
    });
    expect(refusals).toEqual(Array.from(bytes, () => 'SNAPSHOT_DAMAGED'));
  });

  it('refuses a file that ends too early, wherever', async () => {
    const { path, bytes } = await written(1);
    const refusals = await codesOf(path, bytes.length, (length) => bytes.subarray(0, length));
    expect(refusals).toEqual(Array.from(bytes, () => 'SNAPSHOT_DAMAGED'));
  });

  it.each([
    ['a section is missing', (sections: Uint8Array[]) => sections.toSpliced(2, 1)],
    [
      'two sections changed places',
      ([header, first, second, ...rest]: Uint8Array[]) => [header!, second!, first!, ...rest],
    ],
    ['a section comes twice', ([header, first, ...rest]: Uint8Array[]) => [header!, first!, first!, ...rest]],
    ['something follows the end', (sections: Uint8Array[]) => [...sections, Uint8Array.of(0)]],
  ])('refuses a file in which %s', async (_, alter) => {
    const { path, bytes } = await written(3_000);
    const altered = Buffer.concat(alter(sectionsOf(bytes)));
    await expect(read(path, altered)).rejects.toEqual(refusal('SNAPSHOT_DAMAGED', /does not begin|behind its end/));
  });

  it.each([
    [
      'another version',
      { version: snapshotVersion + 1 },
      new RegExp(`version ${snapshotVersion + 1}.*version ${snapshotVersion}`),
    ],
    ['another layout of records', { layout: 'layout-1' }, /other things/],
    ['another key secret', { keyCheck: 'key-1' }, /state\.keySecret/],
  ])('refuses a file of %s', async (_, changes, message) => {
    const path = await newPath();
    await expect(read(path, fileOf(headerOf(), nothing))).resolves.toBeGreaterThan(0);
    await expect(read(path, fileOf(headerOf(changes), nothing))).rejects.toEqual(refusal('SNAPSHOT_FOREIGN', message));
  });

  it.each([
    ['fewer entities than the header says', fileOf(headerOf({ entities: 1 }), nothing), /number of entities/],
    [
      'a record of no kind',
      fileOf(headerOf({ entities: 1 }), new Uint8Array(new Uint32Array([99]).buffer), nothing),
      /kind/,
    ],
    ['half a record', fileOf(headerOf({ entities: 1 }), new Uint8Array(8), nothing), /entries|whole/],
  ])('refuses a file that holds %s', async (_, bytes, message) => {
    await expect(read(await newPath(), bytes)).rejects.toEqual(refusal('SNAPSHOT_DAMAGED', message));
  });
});

async function writtenEmpty() {
  const path = await newPath();
  const store = emptyStore();
  await writeSnapshot(path, identity, store, owner);
  return { path, store, bytes: await readFile(path) };
}

/** The file's sections, frames among them. */
function sectionsOf(bytes: Uint8Array): Uint8Array[] {
  const sections: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += sections.at(-1)!.length) {
    const length = frameBytes + new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(8, true);
    sections.push(bytes.subarray(at, at + length));
  }
  return sections;
}
