import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readSurvived } from '../campaign/survived.ts';
import { tableOf, withTable } from '../campaign/table.ts';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));

it('the table of faults that were survived is the one that the code and the results give', () => {
  const document = readFileSync(readme, 'utf8');
  const expected = withTable(document, tableOf(readSurvived()));
  if (process.env['WINNOW_CAMPAIGN_TABLE'] === 'write') writeFileSync(readme, expected);
  else expect(document).toBe(expected);
});
