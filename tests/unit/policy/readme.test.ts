import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { featureNames } from '../../../src/features/catalogue.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { describeFaults } from '../../../src/policy/policy-fault.ts';

const readme = readFileSync(new URL('../../../src/policy/README.md', import.meta.url), 'utf8');

/** The blocks of a language, in order. */
function blocksOf(language: string): string[] {
  return Array.from(readme.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g')), (match) => match[1]!);
}

const [sound, samples, faulty] = blocksOf('yaml');

describe('the README of the policy', () => {
  it('shows a document that loads', () => {
    const loaded = loadPolicy(Buffer.from(sound!), featureNames);
    expect(loaded.ok ? '' : describeFaults('policy.yaml', loaded.failure)).toBe('');
  });

  it('shows samples that load beside it', () => {
    const loaded = loadPolicy(Buffer.from(`${sound}\n${samples}`), featureNames);
    expect(loaded.ok ? '' : describeFaults('policy.yaml', loaded.failure)).toBe('');
  });

  it('shows what is said of a document with faults', () => {
    const loaded = loadPolicy(Buffer.from(faulty!), featureNames);
    expect(loaded.ok ? '' : `${describeFaults('policy.yaml', loaded.failure)}\n`).toBe(blocksOf('text')[0]);
  });
});
