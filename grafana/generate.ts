import { writeFileSync } from 'node:fs';
import { buildDashboard } from './dashboard.ts';
import { dashboards } from './dashboards.ts';

/**
 * Writes the dashboards' JSON: `node grafana/generate.ts`. A test fails while the files and the code differ.
 */
const directory = new URL('generated/', import.meta.url);

for (const each of dashboards)
  writeFileSync(new URL(each.file, directory), `${JSON.stringify(buildDashboard(each), null, 2)}\n`);
