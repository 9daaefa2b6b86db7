import { writeFileSync } from 'node:fs';
import { hotPath } from './hot-path.ts';

/**
 * Writes the dashboards' JSON: `node grafana/generate.ts`. A test fails while the files and the code differ.
 */
const directory = new URL('generated/', import.meta.url);

writeFileSync(new URL('hot-path.json', directory), `${JSON.stringify(hotPath, null, 2)}\n`);
