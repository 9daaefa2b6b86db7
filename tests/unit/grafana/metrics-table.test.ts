import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declaredMetrics } from './queries.ts';

const runbook = readFileSync(new URL('../../../grafana/README.md', import.meta.url), 'utf8');

describe('the table of metrics in grafana/README.md', () => {
  it('names every metric of Winnow, and no other', async () => {
    const declared = (await declaredMetrics()).map(({ name }) => name).filter((name) => name.startsWith('winnow_'));
    const rows = runbook.split('\n').filter((line) => line.startsWith('| `winnow_'));
    const documented = rows.flatMap((row) =>
      [...row.split('|')[1]!.matchAll(/`(winnow_\w+)`/g)].map(([, name]) => name),
    );
    expect(new Set(documented)).toEqual(new Set(declared));
    expect(documented).toHaveLength(declared.length);
  });
});
