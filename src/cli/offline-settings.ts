import type { ReferenceOptions } from '../adapters/reference/load.ts';
import { referenceOptions } from '../app/machine/reference-options.ts';
import { loadConfigOf } from './load-config.ts';

/**
 * What the configuration says of reference data, for commands over files: a matrix or a replay in which the platform's own proxies
 * are subscribers would not be what serves. Throws as `loadConfigOf` does.
 */
export function offlineSettings(configFile: string | undefined): ReferenceOptions {
  return referenceOptions(loadConfigOf(configFile, process.env, []).reference);
}
