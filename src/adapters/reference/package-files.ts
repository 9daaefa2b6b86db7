import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The path of a file of an installed package; throws when it is not there. */
export function resolvePackageFile(specifier: string): string {
  return require.resolve(specifier);
}

/** A JSON file of an installed package that holds a list of texts; throws when it does not. */
export async function readTextList(specifier: string): Promise<readonly string[]> {
  const content: unknown = JSON.parse(await readFile(resolvePackageFile(specifier), 'utf8'));
  if (Array.isArray(content) && content.every((item) => typeof item === 'string')) return content;
  throw new Error(`${specifier} is no list of texts`);
}
