import { readCsv } from '../../adapters/file/csv.ts';
import { FailureError } from '../../domain/failure.ts';
import { listKey, type ListEntry } from '../../domain/list-entry.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import { entryOfDraft, type ListDraft } from '../../lists/draft.ts';

/** A line that is no entry. */
export interface RefusedLine {
  readonly line: number;
  /** What is wrong, and what to write. */
  readonly message: string;
}

export interface ImportedFile {
  /** By key of their records. */
  readonly entries: ReadonlyMap<string, ListEntry>;
  /** Ids of the accounts that entries name, by key of their records. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly refused: readonly RefusedLine[];
}

const needed = ['type', 'value', 'reason', 'author'] as const;
const columns = ['list', 'kind', ...needed, 'expires', 'reference'] as const;
type Column = (typeof columns)[number];

/** What stands for columns that a file does not have. */
export type Defaults = Partial<Record<Exclude<Column, 'value'>, string>>;

/**
 * Reads entries as CSV: the columns in any order, as spreadsheets and databases write them. Throws `FailureError` `INPUT_UNREADABLE`
 * where it is no CSV with such a header; what is wrong with one line alone is told beside the others.
 */
export async function readImport(
  path: string,
  defaults: Defaults,
  hasher: EntityKeyHasher,
  nowMs: number,
): Promise<ImportedFile> {
  const entries = new Map<string, ListEntry>();
  const accounts = new Map<string, string>();
  const lineOfKey = new Map<string, number>();
  const refused: RefusedLine[] = [];
  const refuse = (line: number, message: string): never => {
    throw new FailureError({ code: 'INPUT_UNREADABLE', message: `${message}.`, path: `${path}:${line}` });
  };
  let header: readonly string[] | undefined;
  for await (const { line, fields } of readCsv(path, refuse)) {
    if (header === undefined) {
      header = checkedHeader(fields, defaults, (message) => refuse(line, message));
      continue;
    }
    const draft = fields.length === header.length ? draftOf(header, fields, defaults) : undefined;
    const result =
      draft !== undefined
        ? entryOfDraft(draft, hasher, nowMs)
        : {
            ok: false as const,
            failure: { message: `it has ${fields.length} fields, and the header ${header.length}.` },
          };
    if (!result.ok) {
      refused.push({ line, message: result.failure.message });
      continue;
    }
    const key = listKey(result.value);
    const before = lineOfKey.get(key);
    if (before === undefined) {
      lineOfKey.set(key, line);
      entries.set(key, result.value);
      if (result.value.type === 'account') accounts.set(key, draft!.value.trim());
    } else
      refused.push({ line, message: `value is the same as in line ${before}, perhaps in another spelling: keep one.` });
  }
  if (header === undefined) refuse(1, 'it is empty');
  return { entries, accounts, refused };
}

function checkedHeader(
  fields: readonly string[],
  defaults: Defaults,
  refuse: (message: string) => never,
): readonly string[] {
  const known = new Set<string>(columns);
  const names = fields.map((field) => field.trim());
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) refuse(`the header has ${unknown}; columns are ${columns.join(', ')}`);
  if (new Set(names).size < names.length) refuse('the header has a column twice');
  const missing = ([...needed, 'list', 'kind'] as const).find(
    (name) => !names.includes(name) && (name === 'value' || defaults[name] === undefined),
  );
  if (missing !== undefined) refuse(`the header has no ${missing}; columns are ${columns.join(', ')}`);
  return names;
}

function draftOf(header: readonly string[], fields: readonly string[], defaults: Defaults): ListDraft {
  const at = (column: Column): string => {
    const own = fields[header.indexOf(column)] ?? '';
    return own === '' && column !== 'value' ? (defaults[column] ?? '') : own;
  };
  return Object.fromEntries(columns.map((column) => [column, at(column)])) as unknown as ListDraft;
}
