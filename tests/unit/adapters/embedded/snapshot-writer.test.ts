import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSnapshot } from '../../../../src/adapters/embedded/snapshot-reader.ts';
import { SnapshotWriter, writeSnapshot } from '../../../../src/adapters/embedded/snapshot-writer.ts';
import { heldBy } from '../../../property/adapters/embedded/histories.ts';
import { emptyStore, identity, newPath, observeAccounts, owner } from './snapshot-files.ts';

const refusing = { ...owner, beforeReplacing: () => Promise.reject(new Error('not now')) };

describe('writeSnapshot', () => {
  it('writes the state of one moment while events come in', async () => {
    const path = await newPath();
    const store = emptyStore();
    await observeAccounts(store, 2_000);
    const isWritten = writeSnapshot(path, identity, store, owner).then(() => true);
    let rounds = 0;
    for (let isDone = false; !isDone; rounds++) {
      await observeAccounts(store, 2_000, rounds + 1);
      isDone = await Promise.race([isWritten, new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);
    }
    const copy = emptyStore();
    await readSnapshot(path, identity, copy);
    expect(rounds).toBeGreaterThan(2);
    const offset = copy.coveredOffsets()[0]!.offset;
    const undisturbed = emptyStore();
    for (let round = 0; round * 2_000 <= offset; round++) await observeAccounts(undisturbed, 2_000, round);
    expect(heldBy(copy)).toEqual(heldBy(undisturbed));
  });

  it('leaves the former file as it is when it cannot replace it, and nothing beside it', async () => {
    const path = await newPath();
    const store = emptyStore();
    await observeAccounts(store, 10);
    await writeSnapshot(path, identity, store, owner);
    const former = await readFile(path);
    await observeAccounts(store, 10, 1);
    await expect(writeSnapshot(path, identity, store, refusing)).rejects.toThrow('not now');
    expect(await readFile(path)).toEqual(former);
    expect(await readdir(dirname(path))).toEqual([basename(path)]);
  });

  it('has all of the file on the disk before it asks whether to replace the former one', async () => {
    const path = await newPath();
    const store = emptyStore();
    await observeAccounts(store, 10);
    let unfinished: Uint8Array | undefined;
    const beforeReplacing = async (): Promise<void> => {
      const [name, ...others] = await readdir(dirname(path));
      expect(others).toEqual([]);
      unfinished = await readFile(join(dirname(path), name!));
    };
    await writeSnapshot(path, identity, store, { ...owner, beforeReplacing });
    expect(await readFile(path)).toEqual(unfinished);
  });

  it('is not harmed by a writer that stood still, was taken for dead, and goes on', async () => {
    const path = await newPath();
    const store = emptyStore();
    await observeAccounts(store, 100);
    await expect(
      writeSnapshot(path, identity, emptyStore(), {
        ...owner,
        // Another process finishes in between, and this one is told that it may not.
        beforeReplacing: async () => {
          await writeSnapshot(path, identity, store, owner);
          throw new Error('taken over');
        },
      }),
    ).rejects.toThrow('taken over');
    const copy = emptyStore();
    await readSnapshot(path, identity, copy);
    expect(heldBy(copy)).toEqual(heldBy(store));
    expect(await readdir(dirname(path))).toEqual([basename(path)]);
  });

  it('ends as soon as the file is known to be another’s, and leaves nothing beside it', async () => {
    const path = await newPath();
    const store = emptyStore();
    await observeAccounts(store, 5_000);
    let asked = 0;
    const losing = { ...owner, mayGoOn: () => ++asked < 3 };
    await expect(writeSnapshot(path, identity, store, losing)).rejects.toThrow('taken over');
    expect(asked).toBe(3);
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('can be called again after it failed', async () => {
    const path = await newPath();
    const store = emptyStore();
    await observeAccounts(store, 10);
    await expect(writeSnapshot(join(path, 'no-such-folder'), identity, store, owner)).rejects.toThrow('ENOENT');
    await expect(writeSnapshot(path, identity, store, refusing)).rejects.toThrow('not now');
    await writeSnapshot(path, identity, store, owner);
    const copy = emptyStore();
    await readSnapshot(path, identity, copy);
    expect(heldBy(copy)).toEqual(heldBy(store));
  });

  it('writes no more than the owner may read', async () => {
    const path = await newPath();
    await writeSnapshot(path, identity, emptyStore(), owner);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('SnapshotWriter', () => {
  it('gives up when more than 64 MiB wait for the disk', async () => {
    const writer = await SnapshotWriter.create(await newPath());
    const wordsOfSection = writer.words.length - writer.at;
    const add = (sections: number): void => {
      for (let section = 0; section < sections; section++) {
        writer.room(wordsOfSection);
        writer.at += wordsOfSection;
      }
    };
    add(200);
    await expect(writer.written()).resolves.toBeUndefined();
    add(300);
    await expect(writer.written()).rejects.toThrow('does not keep up');
    expect(writer.bytes).toBeLessThan(120 * 1024 * 1024);
    await writer.discard();
  });
});
