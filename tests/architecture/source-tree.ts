import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Reads the source tree and the tables of `src/README.md`; the linter's configuration and the architecture tests share it. */

export const sourceFolder = fileURLToPath(new URL('../../src/', import.meta.url));

export interface Room {
  readonly name: string;
  /** Paths below `src/`: a folder ends in a slash. */
  readonly paths: readonly string[];
  readonly mayImport: ReadonlySet<string>;
}

/** The rows of the table of rooms. */
export function readRooms(): readonly Room[] {
  return tableRows('| room | files | may import |').map(([name, paths, mayImport]) => ({
    name: name!,
    paths: codeSpans(paths!),
    mayImport: new Set(mayImport === 'nothing' ? [] : mayImport!.split(', ')),
  }));
}

/** The only folder that may import each library. */
export function readLibraryRooms(): ReadonlyMap<string, string> {
  return new Map(
    tableRows('| library | room |').flatMap(([libraries, room]) =>
      codeSpans(libraries!).map((library): [string, string] => [library, codeSpans(room!)[0]!]),
    ),
  );
}

/** Paths of all source files below `src/`. */
export function sourceFiles(): readonly string[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
}

/** What a file imports: paths below `src/` for its own, package names for libraries. Type imports count too. */
export function importsOf(path: string): { readonly own: readonly string[]; readonly libraries: readonly string[] } {
  const text = readFileSync(join(sourceFolder, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm)].map((match) => match[1]!);
  const own = specifiers.filter((specifier) => specifier.startsWith('.'));
  return {
    own: own.map((specifier) => relative(sourceFolder, join(sourceFolder, dirname(path), specifier))),
    libraries: specifiers.filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:')),
  };
}

function tableRows(header: string): string[][] {
  const lines = readFileSync(join(sourceFolder, 'README.md'), 'utf8').split('\n');
  const start = lines.indexOf(header);
  if (start < 0) throw new Error(`src/README.md has no table ${header}`);
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

function codeSpans(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}
