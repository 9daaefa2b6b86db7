import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { configReference, withReference } from '../../../src/config/reference.ts';
import { settings } from '../../../src/config/settings.ts';

const readme = readFileSync(new URL('../../../src/config/README.md', import.meta.url), 'utf8');

describe('the reference', () => {
  it('in README.md is the one that the schema gives', () => {
    expect(readme).toBe(withReference(readme));
  });

  it.each(settings.map(({ variable }) => variable))('has one row for %s', (variable) => {
    expect(configReference().split(`\`${variable}\``)).toHaveLength(2);
  });

  it('has five cells in every row', () => {
    const rows = configReference()
      .split('\n')
      .filter((line) => line.includes('<br>'));
    expect(rows).toHaveLength(settings.length);
    expect(rows.filter((row) => row.split('|').length !== 5)).toEqual([]);
  });

  it('refuses a document without markers', () => {
    expect(() => withReference('# Configuration')).toThrow('both markers');
  });
});
