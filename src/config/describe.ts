import { stringify } from 'yaml';

import type { Config } from './schema.ts';

/** The effective configuration as YAML, defaults included, secrets as `[redacted]`. */
export function describeConfig(config: Config): string {
  // By way of JSON, in which a `Secret` is what it says of itself.
  return stringify(JSON.parse(JSON.stringify(config)), { lineWidth: 0 });
}
