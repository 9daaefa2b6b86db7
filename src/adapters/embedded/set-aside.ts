import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Files set aside that are kept at most: what is known of people does not pile up where nobody looks. */
export const asideFilesMax = 3;
/** How long one is kept after it was written, milliseconds. */
export const asideAgeMsMax = 30 * 24 * 3_600_000;

interface Aside {
  readonly path: string;
  readonly number: number;
}

/** Gives a file that was refused a name that none has yet; returns it. */
export async function setAside(path: string, reason: 'damaged' | 'foreign'): Promise<string> {
  const number = 1 + Math.max(0, ...(await asidesOf(path)).map((aside) => aside.number));
  const aside = `${path}.${reason}-${number}`;
  await rename(path, aside);
  return aside;
}

/** Removes the files set aside of a snapshot that are too many, the oldest first, or too old. */
export async function removeOldAsides(path: string, nowMs: number): Promise<void> {
  const asides = (await asidesOf(path)).toSorted((first, second) => second.number - first.number);
  for (const [place, aside] of asides.entries()) {
    const isOld = nowMs - (await stat(aside.path)).mtimeMs > asideAgeMsMax;
    if (isOld || place >= asideFilesMax) await rm(aside.path, { force: true });
  }
}

async function asidesOf(path: string): Promise<readonly Aside[]> {
  const prefix = `${basename(path)}.`;
  return (await readdir(dirname(path))).flatMap((name) => {
    const number = name.startsWith(prefix)
      ? /^(?:damaged|foreign)-(\d+)$/.exec(name.slice(prefix.length))?.[1]
      : undefined;
    return number === undefined ? [] : [{ path: join(dirname(path), name), number: Number(number) }];
  });
}
