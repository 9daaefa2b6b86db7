import { ChangeFile } from '../../adapters/file/change-file.ts';
import type { Config } from '../../config/schema.ts';
import { offlineHasher } from '../../evaluation/offline.ts';
import { EntityKeyHasher } from '../../features/entity-key.ts';
import { ListBook } from '../../lists/list-book.ts';

/** The key under which entries are kept: that of the configuration, or that of offline commands where it names none. */
export function listHasher({ state: { keySecret } }: Config): EntityKeyHasher {
  return keySecret === undefined ? offlineHasher() : new EntityKeyHasher(Buffer.from(keySecret.reveal(), 'hex'));
}

/** A book that tells a person what it refuses, and nothing else. */
export function quietBook(hasher: EntityKeyHasher): ListBook {
  return new ListBook(hasher, {
    listsAway: () => undefined,
    listsBack: () => undefined,
    listEntryRefused: ({ message, path }) =>
      void process.stderr.write(`Passed over${path === undefined ? '' : ` ${path}`}: ${message}\n`),
    listsChanged: () => undefined,
  });
}

/** The lists in a file, read once. Throws `FailureError`. */
export async function listsOfFile(path: string, hasher: EntityKeyHasher): Promise<ListBook> {
  const book = quietBook(hasher);
  await new ChangeFile(path, 0).open(book);
  return book;
}
