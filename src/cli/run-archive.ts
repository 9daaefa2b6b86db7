import { keepDocuments } from '../app/archive/documents.ts';
import { openArchive, openExistingArchive } from '../app/archive/open.ts';
import type { Archive } from '../archive/archive.ts';
import { FailureError } from '../domain/failure.ts';
import { loadConfigOf } from './load-config.ts';
import { formatCount } from './style.ts';

/** Where a command finds the archive. */
export interface ArchivePlace {
  readonly config?: string;
  readonly archive?: string;
}

/** Opens the archive, works with it, and closes it. Throws `FailureError`. @param open refuses one that is not there, unless it is told */
export async function withArchive<T>(
  place: ArchivePlace,
  work: (archive: Archive) => Promise<T>,
  open = openExistingArchive,
): Promise<T> {
  const archive = await open(loadConfigOf(place.config, process.env, []), place.archive);
  try {
    return await work(archive);
  } finally {
    await archive.close();
  }
}

/** The options of `winnow archive add`. */
export interface AddOptions extends ArchivePlace {
  readonly policy?: string;
  readonly norms?: string;
  readonly bundle?: readonly string[];
}

/** Keeps documents, in an archive that is made where there is none. Throws `FailureError` `INPUT_UNREADABLE` for one that cannot be read. */
export async function runAdd({ policy, norms, bundle = [], ...place }: AddOptions): Promise<void> {
  const places = { policyFile: policy, normsFile: norms, bundles: bundle };
  const [unread] = await withArchive(place, (archive) => keepDocuments(archive, places), openArchive);
  if (unread !== undefined)
    throw new FailureError({ code: 'INPUT_UNREADABLE', message: 'it is no such document.', path: unread });
}

/** Prints what the archive holds. */
export async function runVerify(place: ArchivePlace): Promise<void> {
  const { sha256, ...counts } = await withArchive(place, (archive) => archive.verify());
  for (const [name, count] of Object.entries(counts))
    process.stdout.write(`${name.padEnd(10)} ${formatCount(count).padStart(12)}\n`);
  process.stdout.write(`content    ${sha256}\n`);
}
