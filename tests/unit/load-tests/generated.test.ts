import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedDocuments } from '../../../load-tests/generate.ts';

describe('documents of load tests', () => {
  it.each([...generatedDocuments()])('%s says what scenarios and kept results say', async (path, text) => {
    expect(await readFile(new URL(`../../../load-tests/${path}`, import.meta.url), 'utf8')).toBe(text);
  });
});
