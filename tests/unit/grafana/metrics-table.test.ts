import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { supervisorMetrics } from '../../../src/adapters/prometheus/supervisor-metrics.ts';
import { PrometheusTelemetry } from '../../../src/adapters/prometheus/telemetry.ts';

const runbook = readFileSync(new URL('../../../grafana/README.md', import.meta.url), 'utf8');

describe('the table of metrics in grafana/README.md', () => {
  it('names every metric of Winnow, and no other', async () => {
    const telemetry = new PrometheusTelemetry({
      version: '1',
      ready: () => true,
      storeEntities: () => 0,
      history: () => undefined,
      unansweredRules: () => [],
    });
    const supervisor = await supervisorMetrics({ workers: 2, running: () => 2, restarts: () => 0 })();
    const declared = [...(await telemetry.samples()), ...supervisor]
      .map(({ name }) => name)
      .filter((name) => name.startsWith('winnow_'));
    const rows = runbook.split('\n').filter((line) => line.startsWith('| `winnow_'));
    const documented = rows.flatMap((row) =>
      [...row.split('|')[1]!.matchAll(/`(winnow_\w+)`/g)].map(([, name]) => name),
    );
    expect(new Set(documented)).toEqual(new Set(declared));
    expect(documented).toHaveLength(declared.length);
  });
});
