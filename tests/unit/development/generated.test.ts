import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../../src/development/generated.ts';

describe('generated documents', async () => {
  const files = await generatedFiles();

  it.each([...files.keys()])('%s is what npm run generate writes', async (path) => {
    expect(await readFile(new URL(`../../../src/${path}`, import.meta.url), 'utf8')).toBe(files.get(path));
  });
});
