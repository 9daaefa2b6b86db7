import type { ValkeySettings } from './settings.ts';

/** Of the state's and the log's layout. Another one makes Winnow forget its history. */
const stateFormat = 2;

/** [shard] key of its watermarks; entities' keys begin like it. */
export function watermarkKeys({ keyPrefix, shards }: Pick<ValkeySettings, 'keyPrefix' | 'shards'>): readonly string[] {
  return Array.from(
    { length: shards },
    (_, shard) => `${keyPrefix}${stateFormat}.${shards}{s${String(shard).padStart(2, '0')}}:watermarks`,
  );
}
