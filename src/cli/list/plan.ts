import type { ListEntry } from '../../domain/list-entry.ts';

/** What an import comes to. */
export interface ImportPlan {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: number;
  /** Keys of entries that the file has no more, of the lists that it names; none unless the file stands for the whole of them. */
  readonly gone: readonly string[];
  /** What is to be written. */
  readonly changes: ReadonlyMap<string, ListEntry | null>;
}

/** @param isWhole whether the lists that the file names are to hold what it has and nothing else */
export function planImport(
  before: ReadonlyMap<string, ListEntry>,
  imported: ReadonlyMap<string, ListEntry>,
  isWhole: boolean,
): ImportPlan {
  const added = [...imported.keys()].filter((key) => !before.has(key));
  const changed = [...imported].flatMap(([key, entry]) => {
    const former = before.get(key);
    return former === undefined || saysTheSame(former, entry) ? [] : [key];
  });
  const lists = new Set(Array.from(imported.values(), ({ list }) => list));
  const gone = isWhole
    ? [...before].flatMap(([key, { list }]) => (lists.has(list) && !imported.has(key) ? [key] : []))
    : [];
  return {
    added,
    changed,
    unchanged: imported.size - added.length - changed.length,
    gone,
    changes: new Map<string, ListEntry | null>([
      ...[...added, ...changed].map((key) => [key, imported.get(key)!] as const),
      ...gone.map((key) => [key, null] as const),
    ]),
  };
}

/** When an entry was written is no difference: it would be another one with each import. */
function saysTheSame(former: ListEntry, entry: ListEntry): boolean {
  return (
    former.kind === entry.kind &&
    former.reason === entry.reason &&
    former.author === entry.author &&
    former.expiresMs === entry.expiresMs &&
    former.reference === entry.reference
  );
}
