import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { campaignKinds } from '../../../src/simulation/campaigns/kinds.ts';
import { countries } from '../../../src/simulation/population/countries.ts';
import { segments } from '../../../src/simulation/segments/all.ts';

const readme = readFileSync(new URL('../../../src/simulation/README.md', import.meta.url), 'utf8');

describe('the README of the simulator', () => {
  it('has one row for each segment and each campaign kind, and no other', () => {
    const rows = Array.from(readme.matchAll(/^\| `([a-z-]+)`(?: \*)? +\|/gm), ([, name]) => name ?? '');
    expect(rows.toSorted()).toEqual([...segments.map(({ name }) => name), ...campaignKinds].toSorted());
  });

  it('counts the countries right', () => {
    expect(readme).toContain(`the habits of ${String(countries.length)} countries`);
  });
});
